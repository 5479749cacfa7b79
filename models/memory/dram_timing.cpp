// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_timing.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

// Fixed-point picoseconds: averages of bursts need fractions.
constexpr std::int64_t kFraction = 1 << 16;

// b x (1 - (1 - 1/b)^visits), in millionths: how many of b banks some of `visits` random visits fall on.
std::int64_t distinct_banks_ppm(std::int64_t b, std::int64_t visits) {
  std::int64_t missed = kPartsPerMillion;  // share of banks that no visit fell on; b is at most 64 x 64
  for (std::int64_t i = 0; i < visits && missed > 0; ++i) missed = missed * (b - 1) / b;
  return (kPartsPerMillion - missed) * b;
}

}  // namespace

DramTiming::DramTiming(const DramParameters& parameters, std::int64_t stacks)
    : parameters_(parameters),
      stacks_(stacks),
      peak_(parameters.peak() * stacks),
      burst_bytes_(parameters.burst_bytes()),
      burst_time_(parameters.burst_time()) {
  require(stacks > 0, "DramTiming", "at least one stack");
  require(parameters.problems().empty(), "DramTiming", "the part contradicts itself");
}

// A run that covers a whole row of every pseudo-channel is read row by row; of a shorter one a pseudo-channel's share
// lies in pieces of the interleave, in different banks.
bool DramTiming::is_scattered(const StreamShape& stream) const {
  return stream.run < parameters_.row_bytes * (parameters_.units() * stacks_);
}

Bytes DramTiming::contiguous_here(const StreamShape& stream) const {
  return is_scattered(stream) ? std::min(stream.run, parameters_.interleave) : parameters_.row_bytes;
}

std::int64_t DramTiming::bursts_per_visit(const StreamShape& stream, std::int64_t streams) const {
  const std::int64_t row = parameters_.row_bytes / burst_bytes_;
  const std::int64_t run = divide_up(contiguous_here(stream), burst_bytes_);
  // First-ready scheduling sees only this stream's share of the queue.
  const std::int64_t seen = std::max<std::int64_t>(1, parameters_.queue_depth / streams);
  return std::max<std::int64_t>(1, std::min({row, run, streams > 1 ? seen : row}));
}

// In millionths of a bank.
std::int64_t DramTiming::busy_banks(std::int64_t bursts, bool scattered) const {
  const std::int64_t banks = parameters_.banks();
  if (!scattered) return banks * kPartsPerMillion;
  return distinct_banks_ppm(banks, std::max<std::int64_t>(1, parameters_.queue_depth / bursts));
}

Duration DramTiming::visit_time(std::int64_t bursts, bool write, bool scattered) const {
  const DramParameters& p = parameters_;
  // Consecutive bursts of a stream go to different bank groups, so tCCD_L is spread over them.
  const std::int64_t groups = std::min(p.bank_groups, scattered ? p.queue_depth : p.bank_groups);
  const Duration spacing_same_group = cycles_at(p.ccd_l, p.clock);
  const Duration spacing = std::max({burst_time_, cycles_at(p.ccd_s, p.clock), spacing_same_group / groups});
  const Duration bus = spacing * bursts;
  const Duration activation = std::max(p.rrd_s, p.faw / 4);
  const Duration within_bank = std::max(spacing_same_group, scattered ? spacing : spacing * groups);
  const Duration recovery = write ? p.write_latency + burst_time_ + p.wr : p.rtp;
  const Duration open = (write ? p.rcd_write : p.rcd_read) + within_bank * (bursts - 1) + recovery;
  const Duration cycle = std::max(p.ras, open) + p.rp;
  const Duration bank(checked::multiply_divide_up(cycle.count(), kPartsPerMillion, busy_banks(bursts, scattered)));
  return std::max({bus, activation, bank});
}

Ratio DramTiming::refresh_share(Duration visit) const {
  const DramParameters& p = parameters_;
  if (p.refresh == RefreshMode::kAllBank) {
    const std::int64_t taken = checked::multiply_divide_up(p.rfc.count(), kPartsPerMillion, p.refi.count());
    return Ratio(std::max<std::int64_t>(1, kPartsPerMillion - taken));  // tRFC < tREFI leaves something
  }
  // A visit finds its bank in refresh with probability tRFCpb / tREFI and then waits half of tRFCpb, less what the
  // rest of the queue keeps the bus busy with.
  const Duration slack = burst_time_ * (p.queue_depth / 2);
  const Duration wait = p.rfc_per_bank / 2 > slack ? p.rfc_per_bank / 2 - slack : Duration();
  const std::int64_t loss = checked::multiply_divide_up(wait.count(), p.rfc_per_bank.count(), p.refi.count());
  return Ratio(checked::multiply_divide(visit.count(), kPartsPerMillion, checked::add(visit.count(), loss)));
}

Bandwidth DramTiming::sustained(std::span<const StreamShape> streams) const {
  require(!streams.empty(), "DramTiming", "sustained() needs a stream");
  const auto count = static_cast<std::int64_t>(streams.size());
  Int128 burst_sum = 0;  // fixed-point picoseconds a burst, summed over the streams
  std::int64_t writes = 0;
  for (const StreamShape& stream : streams) {
    const std::int64_t bursts = bursts_per_visit(stream, count);
    const Duration visit = visit_time(bursts, stream.write, is_scattered(stream));
    const Int128 with_refresh =
        static_cast<Int128>(visit.count()) * kFraction * kPartsPerMillion / refresh_share(visit).count();
    burst_sum += with_refresh / bursts;
    writes += stream.write ? 1 : 0;
  }
  if (writes > 0 && writes < count) {
    burst_sum += static_cast<Int128>(turnaround().count()) * kFraction * writes / parameters_.write_drain;
  }
  const Int128 bytes_per_second = static_cast<Int128>(burst_bytes_.count()) * kPicosecondsPerSecond * kFraction /
                                  burst_sum * count * parameters_.units() * stacks_;
  // The streams take turns burst by burst, so each one's waste counts the same, however long its runs are.
  Int128 rate = 0;
  for (const StreamShape& stream : streams) {
    const Bytes run = std::min(stream.run, stream.length);
    const Int128 moved = static_cast<Int128>(divide_up(run, burst_bytes_)) * burst_bytes_.count();
    rate += moved > 0 ? bytes_per_second * run.count() / moved : bytes_per_second;
  }
  return std::min(peak_, Bandwidth(checked::narrow(rate / count)));
}

// Of the bus, there and back. tRTW and CWL + burst + tWTR are from command to command, of which a burst would have
// taken one slot anyway.
Duration DramTiming::turnaround() const {
  const DramParameters& p = parameters_;
  const Duration slot = std::max(burst_time_, cycles_at(p.ccd_s, p.clock));
  return (std::max(p.rtw, slot) - slot) + (std::max(p.write_latency + burst_time_ + p.wtr_l, slot) - slot);
}

Bandwidth DramTiming::reach(const StreamShape& stream) const {
  const std::int64_t units = parameters_.units() * stacks_;
  const std::int64_t reached = std::min(units, divide_up(stream.length, parameters_.interleave));
  return Bandwidth(checked::multiply_divide(peak_.count(), std::max<std::int64_t>(1, reached), units));
}

Duration DramTiming::idle_latency(bool write) const {
  const DramParameters& p = parameters_;
  return write ? p.rcd_write + p.write_latency + burst_time_ : p.rcd_read + p.read_latency + burst_time_;
}

}  // namespace decodesim
