// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/page_train.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

PageTrain::PageTrain(const HbfParameters& parameters, Bandwidth host, std::int64_t window, Ratio retry)
    : page_(parameters.page) {
  require(parameters.problems().empty(), "PageTrain", "parameters contradict themselves");
  const Duration transfer = page_ / parameters.channel;
  const Duration once = parameters.mean_sense_time();
  const std::int64_t more = parameters.retry.mean_senses_ppm(retry) - kPartsPerMillion;
  const Duration again = once + transfer + parameters.ecc;
  const Duration sense = once + Duration(checked::multiply_divide_up(again.count(), more, kPartsPerMillion));
  latency_ = sense + transfer + parameters.ecc + page_ / host;
  const Duration period = parameters.cached_reads ? sense + parameters.rest() : sense + transfer + parameters.rest();
  const std::int64_t at_once =
      parameters.plane_reads == PlaneReads::kSingle ? parameters.dies : parameters.total_planes();
  std::int64_t credits = parameters.staging / page_;
  if (window > 0) credits = std::min(credits, window);
  rate_ = std::min({page_ * at_once / period, parameters.channel * parameters.channels, host});
  // A half that is asked for at once comes a latency later and takes its own time at the rate of the rest.
  if (parameters.double_buffered)
    rate_ = std::min(rate_, parameters.staging / (latency_ + parameters.staging / 2 / rate_));
  rate_ = std::min(rate_, page_ * credits / latency_);
}

// The last page leaves a latency after its turn came.
Duration PageTrain::time(std::int64_t pages) const { return latency_ + page_ * (pages - 1) / rate_; }

Bytes staging_for(Bandwidth rate, Duration latency) { return 2 * (rate * latency); }

}  // namespace decodesim
