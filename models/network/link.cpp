// SPDX-License-Identifier: Apache-2.0
#include "models/network/link.hpp"

#include <algorithm>

namespace decodesim {

Schema<LinkParams> LinkParams::schema() {
  return std::move(
      Schema<LinkParams>("link", "A serial link, one direction; several lanes that a message is striped over are one")
          .field("bandwidth", &LinkParams::bandwidth, {1_MBps, 1'000'000 * 1_TBps},
                 "Raw rate, one direction, headers included",
                 derived("H100 SXM: 18 NVLink 4 links of 25 GB/s a direction (NVIDIA H100 white paper, 2022)"))
          .field("latency", &LinkParams::latency, {0_ps, 10_ms}, "Flight of a byte: PHYs and wire",
                 assumed("two links and a 100 ns switch inside half of a relaxed 8-GPU barrier, 0.359 us"))
          .field("fec_latency", &LinkParams::fec_latency, {0_ps, 10_ms},
                 "What forward error correction adds to the flight", assumed("in latency"))
          .field("bit_errors", &LinkParams::bit_errors, {0, kMostBitErrors},
                 "Errors that FEC leaves in 10^18 bits; each is repaired by a repetition", assumed("off"))
          .field("retry_bytes", &LinkParams::retry_bytes, {1_B, 8_KiB}, "What is sent again for an error",
                 assumed("a flit of 256 B"))
          .field("retry_latency", &LinkParams::retry_latency, {0_ps, 10_ms},
                 "From an error to its repetition, beyond the way there and back", assumed("none")));
}

Link::Link(const sc_core::sc_module_name& name, Context& context, const LinkParams& params, std::int32_t channels)
    : Component(name, context), params_(params), channels_(static_cast<std::size_t>(channels)) {
  SC_HAS_PROCESS(Link);
  SC_METHOD(deliver);
  sensitive << head_arrives_;
  dont_initialize();
  if (params.bit_errors > 0) errors_ = std::make_unique<BitErrors>(params.bit_errors, random("bit errors"));
}

// The whole journey is computed here: one timed event a train.
std::optional<TimePoint> Link::try_push(const PacketTrain& train) {
  const TimePoint time = now();
  const Bytes buffer = longest_train();
  Channel& through = channel(train.channel);
  invariant(train.wire <= buffer, "a train longer than the receiver's buffer can never be accepted");
  collect_credits(time);
  if (failed_ > 0 || through.outstanding + train.wire > buffer) {
    refused.add(1);
    through.refused = true;
    announce_space();
    return std::nullopt;
  }
  through.refused = false;
  through.outstanding += train.wire;

  const TimePoint start = std::max(time, wire_free_);
  const TimePoint end = std::max(start + train.wire / params_.bandwidth, train.tail) + repetitions(train.wire);
  if (trains.value() == 0) first_start_ = start;
  last_start_ = start;
  last_wire_ = train.wire;
  wire_free_ = end;
  trains.add(1);
  wire_bytes.add(train.wire.count());
  payload_bytes.add(train.payload.count());
  busy.add((end - start).count());
  queueing.record((start - time).count());
  invariant(static_cast<Int128>(wire_bytes.value()) * kPicosecondsPerSecond <=
                static_cast<Int128>((end - first_start_).count()) * params_.bandwidth.count(),
            "the wire beat its bandwidth");

  PacketTrain& sent = in_flight_.push_back(train);
  sent.head = start + flight();
  sent.tail = end + flight();
  if (in_flight_.size() == 1) head_arrives_.notify(to_sc_time(sent.head - time));
  trace(EventKind::kTrainDepart, static_cast<std::uint64_t>(train.wire.count()));
  return end;
}

// Whether its head has been handed over or not: the receiver hears of it, or never knew.
TimePoint Link::cut(const TrainCut& cut) {
  invariant(cut.wire < last_wire_ && wire_free_ >= now(), "a train is cut that is not leaving");
  last_wire_ -= cut.wire;
  const TimePoint end =
      std::max(last_start_ + last_wire_ / params_.bandwidth, cut.train.tail) + repetitions_again(last_wire_);
  busy.add((end - wire_free_).count());
  wire_free_ = end;
  wire_bytes.add(-cut.wire.count());
  payload_bytes.add(-cut.payload.count());
  channel(cut.train.channel).outstanding -= cut.wire;
  TrainCut far = cut;
  far.train.tail = end + flight();
  if (in_flight_.empty()) {
    delivered_bytes.add(-cut.wire.count());
    out->cut(far, *this);
  } else {
    PacketTrain& sent = in_flight_[in_flight_.size() - 1];
    sent.payload -= cut.payload;
    sent.wire -= cut.wire;
    sent.tail = far.train.tail;
    sent.last = false;
  }
  if (refused_someone()) space_.notify(sc_core::SC_ZERO_TIME);
  return end;
}

void Link::cut_credit(Bytes wire, TimePoint freed, std::int32_t channel, Bytes rest, TimePoint now_freed) {
  for (std::size_t i = returning_.size(); i-- > 0;) {
    const Credit& credit = returning_[i];
    if (credit.back != freed + flight() || credit.wire != wire || credit.channel != channel) continue;
    returning_.erase(i);
    return return_credit(wire - rest, now_freed, channel);
  }
  invariant(false, "a credit is cut that is not on its way");
}

Duration Link::repetitions(Bytes wire) {
  if (!errors_) return 0_ps;
  errors_before_ = *errors_;
  const std::int64_t pieces = errors_->pieces_to_repeat(wire, params_.retry_bytes);
  repeated_ = (flight() * 2 + params_.retry_latency + params_.retry_bytes / params_.bandwidth) * pieces;
  repeated_pieces_ = pieces;
  retries.add(pieces);
  retry_time.add(repeated_.count());
  return repeated_;
}

// Of the same bits, as far as they go, as for the last train.
Duration Link::repetitions_again(Bytes wire) {
  if (!errors_) return 0_ps;
  retries.add(-repeated_pieces_);
  retry_time.add(-repeated_.count());
  *errors_ = *errors_before_;
  return repetitions(wire);
}

void Link::deliver() {
  const TimePoint time = now();
  while (!in_flight_.empty() && in_flight_.front().head <= time) {
    const PacketTrain train = in_flight_.front();
    in_flight_.pop_front();
    delivered_bytes.add(train.wire.count());
    trace(EventKind::kTrainArrive, static_cast<std::uint64_t>(train.wire.count()));
    out->receive(train, *this);
  }
  if (!in_flight_.empty()) head_arrives_.notify(to_sc_time(in_flight_.front().head - time));
}

void Link::return_credit(Bytes wire, TimePoint freed, std::int32_t channel) {
  returning_.insert_ordered({freed + flight(), wire, channel},
                            [](const Credit& a, const Credit& b) { return a.back < b.back; });
  if (refused_someone()) announce_space();
}

Bytes Link::outstanding() {
  collect_credits(now());
  Bytes all;
  for (const Channel& one : channels_) all += one.outstanding;
  return all;
}

bool Link::refused_someone() const {
  return std::any_of(channels_.begin(), channels_.end(), [](const Channel& c) { return c.refused; });
}

void Link::collect_credits(TimePoint time) {
  while (!returning_.empty() && returning_.front().back <= time) {
    Channel& through = channel(returning_.front().channel);
    invariant(returning_.front().wire <= through.outstanding, "more credits came back than were spent");
    through.outstanding -= returning_.front().wire;
    returning_.pop_front();
  }
}

void Link::repair() {
  invariant(failed_ > 0, "it is repaired without having failed");
  if (--failed_ == 0) space_.notify(sc_core::SC_ZERO_TIME);
}

void Link::announce_space() {
  if (returning_.empty()) return;  // a later return_credit announces
  space_.notify(to_sc_time(std::max(returning_.front().back, now()) - now()));
}

}  // namespace decodesim
