// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/report.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "sim/app/report/collective_results.hpp"
#include "sim/app/report/memory_results.hpp"
#include "sim/app/report/operator_results.hpp"
#include "sim/app/report/results_json.hpp"
#include "sim/app/report/tables.hpp"
#include "sim/app/report/traffic_results.hpp"
#include "sim/app/scenario/resolved_yaml.hpp"
#include "sim/core/config/diagnostics.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kExpected = "; expected a directory for the results that can be written";

// What write_results may write.
constexpr std::array kFiles{"resolved.yaml", "steps.csv",       "latency.csv",    "load_curve.csv", "operators.csv",
                            "traffic.csv",   "collectives.csv", "components.csv", "results.json"};

[[noreturn]] void refuse(const std::filesystem::path& directory, const std::string& why) {
  throw ConfigError(whole_file(directory.string()), why + std::string(kExpected));
}

}  // namespace

void check_output_directory(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  if (directory.empty()) refuse(directory, "the output directory has no name");
  std::error_code error;
  fs::path nearest = fs::absolute(directory, error);
  if (error) refuse(directory, "cannot be resolved (" + error.message() + ")");
  nearest = nearest.lexically_normal();
  if (nearest.filename().empty()) nearest = nearest.parent_path();  // a slash at the end
  bool itself = true;
  for (; !fs::exists(fs::symlink_status(nearest, error)); nearest = nearest.parent_path()) {
    if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
      refuse(directory, "cannot be looked up (" + error.message() + ")");
    if (nearest == nearest.parent_path()) refuse(directory, "cannot be created");
    itself = false;
  }
  if (!fs::is_directory(nearest, error))
    refuse(directory,
           itself ? "is not a directory" : "cannot be created: '" + nearest.string() + "' is not a directory");
  for (const char* name : kFiles)
    if (itself && fs::is_directory(nearest / name, error))
      refuse(directory, "has a directory '" + std::string(name) + "' in the place of a file");
  if (::access(nearest.c_str(), W_OK | X_OK) != 0) {
    const std::string why = std::generic_category().message(errno);
    refuse(directory, itself ? "cannot be written (" + why + ")"
                             : "cannot be created in '" + nearest.string() + "' (" + why + ")");
  }
}

OutputDirectory::OutputDirectory(std::filesystem::path directory, const Plan& plan) : directory_(std::move(directory)) {
  namespace fs = std::filesystem;
  check_output_directory(directory_);
  std::error_code error;
  for (fs::path at = fs::absolute(directory_).lexically_normal(); !fs::exists(at, error); at = at.parent_path())
    made_.push_back(at);
  try {
    OutputFiles probe(directory_);
    probe.add("probe", resolved_yaml(plan));  // never committed: removed again
  } catch (const OutputError& failure) {
    remove_what_is_empty();
    refuse(directory_, "cannot be written (" + failure.reason() + ")");
  }
}

OutputDirectory::~OutputDirectory() { remove_what_is_empty(); }

void OutputDirectory::remove_what_is_empty() const {
  std::error_code ignored;
  for (const std::filesystem::path& path : made_) std::filesystem::remove(path, ignored);
}

void write_results(const Plan& plan, const RunResult& result, const std::filesystem::path& directory) {
  OutputFiles files(directory);
  files.add("resolved.yaml", resolved_yaml(plan));
  if (plan.workload.kind == WorkloadKind::kDecode) files.add("steps.csv", steps_csv(result));
  if (plan.workload.memory) {
    files.add("latency.csv", latency_csv(result));
    if (plan.workload.memory->load_points > 0) files.add("load_curve.csv", load_curve_csv(plan, result));
  }
  if (plan.workload.kind == WorkloadKind::kOperators) files.add("operators.csv", operators_csv(plan, result));
  if (plan.workload.kind == WorkloadKind::kCollective) files.add("collectives.csv", collectives_csv(plan, result));
  if (plan.workload.traffic) files.add("traffic.csv", traffic_csv(plan, result));
  files.add("components.csv", components_csv(result));
  // Last: who sees it may rely on the others.
  files.add("results.json", results_json(plan, result));
  files.commit();
}

}  // namespace decodesim
