// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>
#include <ostream>

#include "sim/app/build/simulate.hpp"
#include "sim/app/cli/commands.hpp"
#include "sim/app/cli/exit_status.hpp"
#include "sim/app/cli/interrupt.hpp"
#include "sim/app/cli/progress.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "sim/app/report/expectations.hpp"
#include "sim/app/report/output_files.hpp"
#include "sim/app/report/report.hpp"
#include "sim/app/scenario/capacity.hpp"
#include "sim/app/scenario/scenario.hpp"
#include "sim/core/units/checked.hpp"

namespace decodesim {
namespace {

std::vector<Assignment> assignments_of(const RunOptions& options) {
  std::vector<Assignment> out;
  for (const std::string& text : options.set) out.push_back(parse_assignment(text));
  if (!options.seed.empty()) out.push_back({"run.seed", options.seed});
  if (!options.fold.empty()) out.push_back({"run.fold", options.fold});
  return out;
}

// Every mistake in the scenario is found here, before anything is written.
Plan checked_plan(const RunOptions& options) {
  const Catalog catalog(find_data_folders());
  Plan plan = read_scenario(options.scenario, catalog, assignments_of(options));
  Diagnostics diagnostics;
  check_simulated(plan);
  check_expectations(plan, diagnostics);
  diagnostics.throw_if_any();
  return plan;
}

// What overflows while the machine is built, before simulated time, is a value that nobody can mean.
RunResult simulated(const Plan& plan, ProgressListener& progress) {
  try {
    return simulate(plan, progress);
  } catch (const OverflowError& error) {
    throw ConfigError(whole_file(plan.file), std::string("values whose product does not fit 64 bits (") + error.what() +
                                                 "); expected magnitudes that exist");
  }
}

// A run of hours whose results cannot be written still has its summary to show.
bool wrote_results(const Plan& plan, const RunResult& result, const std::filesystem::path& directory, Log& log) {
  try {
    write_results(plan, result, directory);
    return true;
  } catch (const OutputError& error) {
    log.error(std::string("failed: ") + error.what());
    return false;
  }
}

int report_expectations(const Plan& plan, const RunResult& result, Log& log) {
  const std::vector<std::string> missed = missed_expectations(plan, result);
  for (const std::string& line : missed) log.error("expectation missed: " + line);
  return missed.empty() ? kDone : kFailed;
}

// "3 of 64 steps"; of a memory workload the accesses of the phase that was cut off.
std::string finished_text(const RunResult& result) {
  if (!result.operators.empty())
    return std::to_string(result.operators.size()) + " of " + std::to_string(result.steps_asked) + " rows";
  if (result.traffic)
    return std::to_string(result.traffic->points.size()) + " of " + std::to_string(result.steps_asked) + " loads";
  if (result.memory_phases.empty())
    return std::to_string(result.steps.size()) + " of " + std::to_string(result.steps_asked) + " steps";
  const MemoryPhase& last = result.memory_phases.back();
  return std::to_string(last.accesses + last.address_errors) + " of " + std::to_string(last.accesses_asked) +
         " accesses";
}

}  // namespace

int run_command(const RunOptions& options, std::ostream& out) {
  Log log(options.verbosity);
  const std::filesystem::path directory =
      options.out.empty() ? std::filesystem::path("results") / std::filesystem::path(options.scenario).stem()
                          : std::filesystem::path(options.out);
  const Plan plan = checked_plan(options);
  const InterruptGuard guard;  // until here there is nothing to finish: a signal ends the program at once
  // Before simulated time: a run of hours shall not end with nowhere to put its results.
  const OutputDirectory made(directory, plan);
  log.detail("read " + options.scenario + ": " + std::to_string(plan.resolved.size()) + " values, sha256 " +
             plan.scenario_sha256);
  const WorkloadKind kind = plan.workload.kind;
  if (kind == WorkloadKind::kDecode) log.detail("memory:\n" + capacity_text(capacity_table(plan)));
  TerminalProgress progress(options.verbosity != Verbosity::kQuiet && ::isatty(STDERR_FILENO) == 1,
                            kind == WorkloadKind::kMemory       ? "accesses"
                            : kind == WorkloadKind::kOperators  ? "rows"
                            : kind == WorkloadKind::kCollective ? "sizes"
                            : kind == WorkloadKind::kTraffic    ? "loads"
                                                                : "steps");
  const RunResult result = simulated(plan, progress);
  progress.clear();
  self_check(plan, result);
  const bool written = wrote_results(plan, result, directory, log);
  if (options.verbosity != Verbosity::kQuiet) print_summary(plan, result, out);
  out.flush();
  if (!written) return result.interrupted ? kInterrupted : kFailed;
  log.detail("results are in " + directory.string());
  if (result.interrupted) {
    log.error("interrupted: " + finished_text(result) + " finished; their results are in " + directory.string());
    return kInterrupted;
  }
  return report_expectations(plan, result, log);
}

}  // namespace decodesim
