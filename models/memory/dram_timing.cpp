// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_timing.hpp"

#include <algorithm>
#include <numeric>

#include "sim/core/component/require.hpp"

namespace decodesim {

DramTiming::DramTiming(const DramParameters& parameters, std::int64_t stacks, Duration way)
    : parameters_(parameters), stacks_(stacks), peak_(parameters.peak() * stacks), steady_(parameters, stacks, way) {
  require(stacks > 0, "DramTiming", "at least one stack");
}

void DramTiming::rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out) {
  mix_ = &steady_.rates(trains, out);
}

// A short train does not reach every pseudo-channel.
Bandwidth DramTiming::cap(const StreamShape& train) const {
  const std::int64_t reached = std::min(units(), divide_up(train.length, parameters_.interleave));
  const Bandwidth reach(checked::multiply_divide(peak_.count(), std::max<std::int64_t>(1, reached), units()));
  return std::max(Bandwidth(1), train.offered.is_zero() ? reach : std::min(reach, train.offered));
}

Duration DramTiming::idle_latency(bool write) const {
  const DramParameters& p = parameters_;
  return (write ? p.rcd_write + p.write_latency : p.rcd_read + p.read_latency) + p.burst_time();
}

Duration DramTiming::ending(const StreamShape& train, Bandwidth rate) const {
  return idle_latency(train.write) + steady_.uneven_end(train, rate);
}

// Of a train's accesses those that fill its window wait for fewer before them: with n of N outstanding, access k of the
// first n waits for k - 1 rather than n - 1, so n (n - 1) / 2 accesses less over the rate, once in N. A train that
// never waits for its window has all its accesses queued from the start: they take half of it on average.
Duration DramTiming::shorter_wait(const StreamShape& train, Bandwidth rate) const {
  if (train.contiguous() || !train.offered.is_zero()) return {};
  const Bytes run = train.access();
  if (train.in_flight.is_zero() || train.in_flight >= train.length) {
    const Duration half = std::max(idle_latency(train.write), (train.length + run) / 2 / rate);
    return Duration(mix_->activity.latency_ps.mean()) - half;
  }
  const Bytes fewer = std::max(Bytes(), train.in_flight - run);
  return Bytes(checked::multiply_divide(train.in_flight.count(), fewer.count(), train.length.count()) / 2) / rate;
}

void DramTiming::moved(std::span<const StreamShape> trains, Int128 moved) {
  if (moved == 0) return;
  require(mix_ != nullptr, "DramTiming", "bytes have moved without a mix");
  auto share = std::find_if(shares_.begin(), shares_.end(), [this](const Share& s) { return s.mix == mix_; });
  if (share == shares_.end()) share = shares_.insert(shares_.end(), Share{mix_, 0, 0});
  share->moved += moved;
  const Bandwidth rate = std::accumulate(mix_->rates.begin(), mix_->rates.end(), Bandwidth());
  share->less_wait += moved * shorter_wait(trains.front(), rate / static_cast<std::int64_t>(trains.size())).count();
}

DramActivity DramTiming::activity(Duration elapsed) const {
  DramActivity sum;
  for (const Share& share : shares_) {
    DramActivity part;
    part.add_scaled(share.mix->activity, share.moved,
                    static_cast<Int128>(share.mix->bytes.count()) * kPicosecondsPerSecond);
    part.latency_ps = part.latency_ps.shifted(-checked::narrow(share.less_wait / share.moved));
    sum += part;
  }
  // Refreshes go on whether anything moves or not.
  const bool all = parameters_.refresh == RefreshMode::kAllBank;
  const Duration interval = parameters_.above_85c ? parameters_.refi / 2 : parameters_.refi;
  const std::int64_t each = parameters_.ranks * (all ? 1 : parameters_.banks());
  sum.counts.set(all ? DramCommand::kRefreshAll : DramCommand::kRefreshPerBank, elapsed / interval * each * units());
  return sum;
}

DramEnergy DramTiming::energy(const DramActivity& activity, Duration elapsed) const {
  return energy_of(parameters_, activity.counts, units(), elapsed);
}

}  // namespace decodesim
