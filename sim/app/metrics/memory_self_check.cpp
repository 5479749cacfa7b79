// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/memory_self_check.hpp"

#include <cmath>
#include <string>

#include "sim/app/metrics/memory_metrics.hpp"
#include "sim/core/component/require.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

constexpr double kRounding = 1e-3;  // a phase's ends fall between clock edges

void check_bytes(const std::string& name, const MemoryPhase& phase) {
  const Bytes moved = phase.bytes_read + phase.bytes_written;
  if (phase.bytes_asked == moved + phase.bytes_refused) return;
  throw InternalError(name, "asked for " + std::to_string(phase.bytes_asked.count()) + " B but " +
                                std::to_string(moved.count()) + " B were delivered and " +
                                std::to_string(phase.bytes_refused.count()) + " B refused");
}

void check_accesses(const std::string& name, const MemoryPhase& phase, bool interrupted) {
  const std::int64_t answered = phase.accesses + phase.address_errors;
  if (interrupted ? answered <= phase.accesses_asked : answered == phase.accesses_asked) return;
  throw InternalError(name, std::to_string(answered) + " accesses were answered of " +
                                std::to_string(phase.accesses_asked) + " asked for");
}

void check_shares(const std::string& name, const MemoryPlan& plan, const MemoryPhase& phase) {
  if (phase.elapsed.is_zero()) return;
  const Bytes moved = phase.bytes_read + phase.bytes_written;
  if (moved / plan.peak() > phase.elapsed + Duration(1))
    throw InternalError(name, "moved " + std::to_string(moved.count()) + " B in " + to_text(phase.elapsed) +
                                  ", faster than its peak of " + to_text(plan.peak()));
  const MemoryPhaseMetrics metrics = memory_phase_metrics(plan, phase);
  double sum = metrics.utilisation;
  for (const LossShare& loss : metrics.lost) sum += loss.share;
  if (std::abs(sum - 1) > kRounding)
    throw InternalError(name, "its pins' time adds up to " + std::to_string(sum * 100) + " percent of what there was");
}

}  // namespace

void memory_self_check(const Plan& plan, const RunResult& result) {
  const MemoryPlan& memory = plan.memory.front();
  for (std::size_t i = 0; i < result.memory_phases.size(); ++i) {
    const std::string name = i == 0 ? "memory " + memory.name : "load point " + std::to_string(i);
    const MemoryPhase& phase = result.memory_phases[i];
    check_bytes(name, phase);
    check_accesses(name, phase, result.interrupted);
    check_shares(name, memory, phase);
  }
}

}  // namespace decodesim
