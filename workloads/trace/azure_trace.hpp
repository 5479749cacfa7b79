// SPDX-License-Identifier: Apache-2.0
// Importer of the Azure LLM inference traces (Azure/AzurePublicDataset, CC-BY; Patel et al., "Splitwise", ISCA 2024):
// a CSV with a header of TIMESTAMP, ContextTokens and GeneratedTokens in any order, other columns ignored, one request
// a line in order of arrival. Timestamps: "2023-11-16 18:15:46.6805900", up to seven decimals kept, an optional zone
// ("+00:00" or "Z") that must be UTC.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "workloads/batching/continuous_batching.hpp"

namespace decodesim {

/// Reads and checks a whole file; keeps the first `most_requests` of it (0: all). Throws ConfigError with file, line
/// and column of each mistake: missing or empty file, missing column, malformed or absurd number, time that runs
/// backwards.
std::vector<Request> read_azure_trace(const std::string& path, std::int64_t most_requests = 0);
/// The same from a stream; `name` stands for the file in messages.
std::vector<Request> read_azure_trace(std::istream& in, const std::string& name, std::int64_t most_requests = 0);

}  // namespace decodesim
