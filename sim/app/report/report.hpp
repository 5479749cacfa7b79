// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind: files in its output directory and a summary on the terminal.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/report/output_files.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// For before simulated time: throws ConfigError naming `directory` when results could not be written there later. A
/// directory that does not exist yet is not made: the nearest one above it that exists must be writable.
void check_output_directory(const std::filesystem::path& directory);

/// Writes results.json, resolved.yaml, steps.csv and components.csv into `directory`, which is made if need be. Each
/// file appears whole or not at all. Throws OutputError.
void write_results(const Plan& plan, const RunResult& result, const std::filesystem::path& directory);

/// The summary of a run for people, some twenty lines of plain text.
void print_summary(const Plan& plan, const RunResult& result, std::ostream& out);

}  // namespace decodesim
