// SPDX-License-Identifier: Apache-2.0
// DramTiming: train fidelity of a DRAM tier: sustained bandwidth in closed form from the timing parameters, instead of
// a state machine a bank.
//
// What a pseudo-channel does is a series of row visits: open a row of a bank, move n bursts, close it. In the steady
// state a visit takes the longest of
//   bus        n x max(burst, tCCD_S, tCCD_L / bank groups in use)
//   activation max(tRRD_S, tFAW / 4)
//   bank       bank cycle / banks that the queue keeps busy,
//              with bank cycle = max(tRAS, tRCD + (n - 1) tCCD_L + recovery) + tRP
// plus what refresh takes, plus the bus turnarounds of mixed reads and writes, plus the bank conflicts of several
// streams.
//
// Laws, each a test in test/models/memory/dram_timing_test.cpp:
//   1. peak = channels x pseudo-channels x bytes a burst / burst time, and nothing exceeds it.
//   2. A long sequential read loses what refresh takes and nothing else, when banks interleave.
//   3. Runs of fewer bursts are never faster on a part whose queue sees many banks, as the shipped ones; random short
//      reads are bound by banks or activations; a run that does not fill its bursts moves the rest for nothing.
//   4. Mixed reads and writes pay tRTW + CWL + burst + tWTR, less the two bursts' own slots, once a drained batch.
//   5. There, two streams are never faster together than the faster one alone.
//
// Where runs are scattered and a row visit fills much of the queue, too few banks are seen and laws 3 and 5 fail
// (docs/modelling/memory.md).
//
// Not modelled here: the order of individual commands (command fidelity), temperature, ranks on a shared bus.
//
// Sources: JESD235, JESD238 for the meaning of the parameters; the form is ours.
#pragma once

#include "models/memory/dram_parameters.hpp"
#include "models/memory/memory_timing.hpp"

namespace decodesim {

class DramTiming : public MemoryTiming {
 public:
  /// `stacks` equal stacks, interleaved. REQUIRES parameters.problems() empty.
  DramTiming(const DramParameters& parameters, std::int64_t stacks);

  [[nodiscard]] Bandwidth peak() const override { return peak_; }
  [[nodiscard]] Bandwidth sustained(std::span<const StreamShape> streams) const override;
  [[nodiscard]] Bandwidth reach(const StreamShape& stream) const override;
  [[nodiscard]] Duration idle_latency(bool write) const override;
  [[nodiscard]] Bytes capacity() const override { return parameters_.capacity * stacks_; }

  /// Share of time that refresh leaves to a stream whose row visits take `visit`.
  [[nodiscard]] Ratio refresh_share(Duration visit) const;
  /// Bursts of one row visit of a stream among `streams` that share the queue.
  [[nodiscard]] std::int64_t bursts_per_visit(const StreamShape& stream, std::int64_t streams) const;
  /// Steady-state time of one row visit of `bursts` on one pseudo-channel, refresh and turnaround aside.
  [[nodiscard]] Duration visit_time(std::int64_t bursts, bool write, bool scattered) const;

 private:
  [[nodiscard]] std::int64_t busy_banks(std::int64_t bursts, bool scattered) const;
  [[nodiscard]] Duration turnaround() const;
  [[nodiscard]] bool is_scattered(const StreamShape& stream) const;
  /// Bytes of a run that lie together in one row of one pseudo-channel.
  [[nodiscard]] Bytes contiguous_here(const StreamShape& stream) const;

  DramParameters parameters_;
  std::int64_t stacks_;
  Bandwidth peak_;
  Bytes burst_bytes_;
  Duration burst_time_;
};

}  // namespace decodesim
