// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind: files in its output directory and a summary on the terminal.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/report/output_files.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// For before simulated time: throws ConfigError naming `directory` when results could not be written there later. A
/// directory that does not exist yet is not made: the nearest one above it that exists must be writable.
void check_output_directory(const std::filesystem::path& directory);

/// The output directory while a run lasts. Made, with those above it, when it does not exist; in the end those that
/// were made are removed again unless something lies in them, so that a run that fails leaves nothing behind.
class OutputDirectory {
 public:
  /// Does what check_output_directory does, makes the directory and tries to write a file of the size of the plan's
  /// resolved.yaml. Throws ConfigError.
  OutputDirectory(std::filesystem::path directory, const Plan& plan);
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;
  ~OutputDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return directory_; }

 private:
  void remove_what_is_empty() const;

  std::filesystem::path directory_;
  std::vector<std::filesystem::path> made_;  // the deepest first
};

/// Writes results.json, resolved.yaml, components.csv and what the kind of workload has (steps.csv; latency.csv,
/// load_curve.csv; operators.csv; collectives.csv; traffic.csv) into `directory`, which is made if need be. Each
/// file appears whole or not at all. Throws OutputError.
void write_results(const Plan& plan, const RunResult& result, const std::filesystem::path& directory);

/// The summary of a run for people, some twenty lines of plain text.
void print_summary(const Plan& plan, const RunResult& result, std::ostream& out);

}  // namespace decodesim
