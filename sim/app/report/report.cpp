// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/report.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sim/app/report/results_json.hpp"
#include "sim/app/report/tables.hpp"
#include "sim/app/scenario/resolved_yaml.hpp"
#include "sim/core/config/diagnostics.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kExpected = "; expected a directory for the results that can be written";

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
  if (::access(nearest.c_str(), W_OK | X_OK) != 0) {
    const std::string why = std::generic_category().message(errno);
    refuse(directory, itself ? "cannot be written (" + why + ")"
                             : "cannot be created in '" + nearest.string() + "' (" + why + ")");
  }
}

void write_results(const Plan& plan, const RunResult& result, const std::filesystem::path& directory) {
  OutputFiles files(directory);
  files.add("resolved.yaml", resolved_yaml(plan));
  files.add("steps.csv", steps_csv(result));
  files.add("components.csv", components_csv(result));
  files.add("results.json", results_json(plan, result));  // last: who sees it may rely on the others
  files.commit();
}

}  // namespace decodesim
