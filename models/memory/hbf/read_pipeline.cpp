// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/read_pipeline.hpp"

#include <algorithm>
#include <bit>

namespace decodesim {

ReadPipeline::ReadPipeline(const HbfParameters& parameters, Ratio retry)
    : page_(parameters.page),
      rank_(parameters.page * parameters.dies),
      host_(parameters.host),
      transfer_(parameters.page / parameters.channel),
      channel_(rank_ / (parameters.channel * parameters.channels)),
      ecc_(parameters.ecc),
      planes_free_(parameters.plane_reads == PlaneReads::kSingle ? 1 : static_cast<std::size_t>(parameters.planes)) {
  set_retry(parameters, retry);
}

// A retry senses again after the page has been over the channel and through the decoder in vain.
void ReadPipeline::set_retry(const HbfParameters& parameters, Ratio retry) {
  const Duration once = parameters.mean_sense_time();
  const std::int64_t more = parameters.retry.mean_senses_ppm(retry) - kPartsPerMillion;
  sense_ = once + Duration(checked::multiply_divide_up((once + transfer_ + ecc_).count(), more, kPartsPerMillion));
  held_ = (parameters.cached_reads ? Duration() : transfer_) + parameters.rest();
}

TimePoint ReadPipeline::sense_page(TimePoint issued, TimePoint& plane, TimePoint& channel) const {
  const TimePoint sensed = std::max(issued, plane) + sense_;
  plane = sensed + held_;
  const TimePoint start = std::max(sensed, channel);
  channel = start + channel_;
  return start + transfer_ + ecc_;
}

PageTimes ReadPipeline::sense(const PageTimes& issued) {
  PageTimes& planes = planes_free_[next_];
  next_ = next_ + 1 == planes_free_.size() ? 0 : next_ + 1;
  const TimePoint first = sense_page(issued.first, planes.first, channels_free_.first);
  const TimePoint last = sense_page(std::max(issued.first, issued.last), planes.last, channels_free_.last);
  idle_from_ = std::max({idle_from_, planes.first, planes.last});
  return {first, std::max(first, last)};
}

PageTimes ReadPipeline::deliver(const PageTimes& ready, Bytes bytes) {
  const Bytes page = std::min(page_, bytes);
  const TimePoint first = std::max(ready.first, link_free_) + page / host_;
  link_free_ = std::max(first + (bytes - page) / host_, ready.last + page / host_);
  return {first, link_free_};
}

void ReadPipeline::block(TimePoint t) {
  for (PageTimes& planes : planes_free_) planes = {std::max(planes.first, t), std::max(planes.last, t)};
  idle_from_ = std::max(idle_from_, t);
}

RankTimes::RankTimes(Bytes page, Bytes rank, Bytes depth)
    : page_(page), rank_(rank), times_(std::bit_ceil(static_cast<std::size_t>(depth / rank) + 4)) {}

TimePoint RankTimes::when(Bytes bytes) const {
  if (bytes.count() <= 0) return {};
  const std::int64_t number = (bytes - Bytes(1)) / rank_;
  const PageTimes& rank = times_[index(number)];
  const Bytes rest = bytes - rank_ * number;
  if (rest <= page_) return rank.first;
  if (rest == rank_) return rank.last;
  const Duration step = rank.last - rank.first;
  return rank.first + Duration(checked::multiply_divide(step.count(), (rest - page_).count(), (rank_ - page_).count()));
}

}  // namespace decodesim
