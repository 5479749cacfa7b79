// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/memory_metrics.hpp"

#include <algorithm>

namespace decodesim {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }

AccessLatency latency_of(const Histogram& latency) {
  const auto at = [&](std::int64_t ppm) { return Duration(latency.percentile(ppm)); };
  return {Duration(latency.mean()), at(500'000), at(900'000), at(990'000), at(999'000), Duration(latency.most())};
}

// Clocks of all data pins' pseudo-channels within the phase; zero for a memory that has none.
double pin_clocks(const MemoryPlan& plan, Duration elapsed) {
  if (!plan.dram) return 0;
  return static_cast<double>(checked::multiply(plan.dram->units(), plan.stacks)) * seconds(elapsed) *
         static_cast<double>(plan.dram->clock.count());
}

std::array<LossShare, 7> losses(const MemoryPlan& plan, const MemoryPhase& phase, double utilisation) {
  const BusClocks& bus = phase.activity.bus;
  const double clocks = pin_clocks(plan, phase.elapsed);
  const auto lost = [&](BusLoss cause) {
    return LossShare{name_of(cause), ratio(static_cast<double>(bus.of(cause)), clocks)};
  };
  // Bytes that moved and nobody asked for: whole numbers, so that none is exactly none. A sample scaled to a run may
  // count a little less than was asked for.
  const Bytes asked = phase.bytes_read + phase.bytes_written;
  const Bytes moved =
      plan.dram ? Bytes(checked::multiply(bus.data, plan.dram->width_bits * plan.dram->transfers_per_clock) / 8)
                : Bytes();
  const double unasked = moved > asked ? to_double(moved - asked) : 0.0;
  const double partial = ratio(unasked, to_double(plan.peak()) * seconds(phase.elapsed));
  std::array<LossShare, 7> out{lost(BusLoss::kRefresh),
                               lost(BusLoss::kRow),
                               lost(BusLoss::kBankGroup),
                               lost(BusLoss::kTurnaround),
                               lost(BusLoss::kActivation),
                               {"partial_burst", partial},
                               {"idle", 0}};
  double rest = phase.elapsed.is_zero() ? 0 : 1 - utilisation;
  for (const LossShare& loss : out) rest -= loss.share;
  out.back().share = std::max(0.0, rest);
  return out;
}

}  // namespace

MemoryPhaseMetrics memory_phase_metrics(const MemoryPlan& plan, const MemoryPhase& phase) {
  MemoryPhaseMetrics out;
  out.offered = phase.offered;
  out.elapsed = phase.elapsed;
  out.bytes_read = phase.bytes_read;
  out.bytes_written = phase.bytes_written;
  out.accesses = phase.accesses;
  out.address_errors = phase.address_errors;
  const auto bytes = static_cast<double>((phase.bytes_read + phase.bytes_written).count());
  out.bandwidth = ratio(bytes, seconds(phase.elapsed));
  out.utilisation = ratio(out.bandwidth, static_cast<double>(plan.peak().count()));
  out.lost = losses(plan, phase, out.utilisation);
  out.row_hit_rate = ratio(static_cast<double>(phase.activity.outcome(RowOutcome::kHit)),
                           static_cast<double>(phase.activity.bursts()));
  out.latency = latency_of(phase.activity.latency_ps);
  out.energy = phase.energy;
  out.energy_pj_per_bit = ratio(static_cast<double>(phase.energy.total().count()), 8 * bytes);
  return out;
}

MemoryMetrics memory_metrics(const Plan& plan, const RunResult& result) {
  const MemoryPlan& memory = plan.memory.front();
  MemoryMetrics out;
  out.peak = memory.peak();
  const std::vector<MemoryPhase>& phases = result.memory_phases;
  out.measurement = memory_phase_metrics(memory, phases.empty() ? MemoryPhase() : phases.front());
  for (std::size_t i = 1; i < phases.size(); ++i) out.load_curve.push_back(memory_phase_metrics(memory, phases[i]));
  return out;
}

}  // namespace decodesim
