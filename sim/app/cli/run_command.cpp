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
  check_expectations(plan.expectations, diagnostics);
  diagnostics.throw_if_any();
  return plan;
}

// Before simulated time: a run of hours shall not end with nowhere to put its results.
void make_output_directory(const std::filesystem::path& directory) {
  check_output_directory(directory);
  try {
    OutputFiles probe(directory);
    probe.add("probe", "");  // never committed: removed again
  } catch (const OutputError&) {
    throw ConfigError(whole_file(directory.string()),
                      "cannot be written; expected a directory for the results that can be written");
  }
}

int report_expectations(const Plan& plan, const RunResult& result, Log& log) {
  const std::vector<std::string> missed = missed_expectations(plan, result);
  for (const std::string& line : missed) log.error("expectation missed: " + line);
  return missed.empty() ? kDone : kFailed;
}

}  // namespace

int run_command(const RunOptions& options, std::ostream& out) {
  const InterruptGuard guard;
  Log log(options.verbosity);
  const std::filesystem::path directory =
      options.out.empty() ? std::filesystem::path("results") / std::filesystem::path(options.scenario).stem()
                          : std::filesystem::path(options.out);
  const Plan plan = checked_plan(options);
  make_output_directory(directory);
  log.detail("read " + options.scenario + ": " + std::to_string(plan.resolved.size()) + " values, sha256 " +
             plan.scenario_sha256);
  log.detail("memory:\n" + capacity_text(capacity_table(plan)));
  TerminalProgress progress(options.verbosity != Verbosity::kQuiet && ::isatty(STDERR_FILENO) == 1);
  const RunResult result = simulate(plan, progress);
  progress.clear();
  self_check(plan, result);
  write_results(plan, result, directory);
  if (options.verbosity != Verbosity::kQuiet) print_summary(plan, result, out);
  out.flush();
  log.detail("results are in " + directory.string());
  if (result.interrupted) {
    log.error("interrupted: " + std::to_string(result.steps.size()) + " of " + std::to_string(result.steps_asked) +
              " steps finished; their results are in " + directory.string());
    return kInterrupted;
  }
  return report_expectations(plan, result, log);
}

}  // namespace decodesim
