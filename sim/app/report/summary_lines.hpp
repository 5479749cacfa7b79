// SPDX-License-Identifier: Apache-2.0
// How the summaries of all kinds of run look. Internal to sim/app/report.
#pragma once

#include <iosfwd>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// "  label           text".
void print_line(std::ostream& out, const std::string& label, const std::string& text);

/// `text` with blanks before it up to `width`.
[[nodiscard]] std::string right_aligned(const std::string& text, std::size_t width);

/// `share` of a bar of 40 characters; empty when it is nothing.
[[nodiscard]] std::string bar_text(double share);

/// Four digits, or all those before the point.
[[nodiscard]] std::string rate_text(double value);
[[nodiscard]] std::string gigabytes(double bytes_per_second);

/// Accelerators, memory, network and software.
[[nodiscard]] std::string machine_text(const Plan& plan);

/// What was simulated in what time.
[[nodiscard]] std::string simulation_text(const RunResult& result);

/// What the steps of a decode workload are: batch and context, prompts, drafting, blocks.
[[nodiscard]] std::string steps_text(const WorkloadPlan& workload);

/// The lines that prefill, speculative decoding and block diffusion have for themselves; none otherwise.
void print_step_summary(const Plan& plan, const RunResult& result, std::ostream& out);

/// As print_summary, for a plan of WorkloadKind::kMemory.
void print_memory_summary(const Plan& plan, const RunResult& result, std::ostream& out);

/// As print_summary, for a plan of WorkloadKind::kTraffic.
void print_traffic_summary(const Plan& plan, const RunResult& result, std::ostream& out);

/// As print_summary, for a plan of WorkloadKind::kOperators.
void print_operator_summary(const Plan& plan, const RunResult& result, std::ostream& out);

/// As print_summary, for a plan of WorkloadKind::kCollective.
void print_collective_summary(const Plan& plan, const RunResult& result, std::ostream& out);

}  // namespace decodesim
