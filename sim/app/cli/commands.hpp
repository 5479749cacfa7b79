// SPDX-License-Identifier: Apache-2.0
// The program's subcommands. Each prints its result on `out`, returns an exit status and throws ConfigError for bad
// input.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "sim/app/cli/log.hpp"

namespace decodesim {

struct RunOptions {
  std::string scenario;
  std::vector<std::string> set;  ///< "path=value"
  std::string out;               ///< empty: results/<scenario file's stem>
  std::string seed;              ///< empty: as the scenario says
  std::string fold;              ///< likewise
  Verbosity verbosity = Verbosity::kNormal;
};
int run_command(const RunOptions& options, std::ostream& out);

struct CheckOptions {
  std::string scenario;
  std::vector<std::string> set;
  std::string path;  ///< `explain` only
};
int check_command(const CheckOptions& options, std::ostream& out);
int explain_command(const CheckOptions& options, std::ostream& out);

struct CatalogOptions {
  std::string kind;  ///< empty: list the kinds
  std::string name;  ///< empty: list the parts of the kind
  // `topology` only.
  std::vector<std::string> settings;  ///< "key=value"
  std::string dot;                    ///< file to write; empty: none
  std::string svg;
};
int catalog_command(const CatalogOptions& options, std::ostream& out);
/// Kinds of topologies; keys of one; with settings its measures and drawings.
int topology_command(const CatalogOptions& options, std::ostream& out);

struct TraceOptions {
  std::string source;  ///< file to import, or name of the lengths to draw from
  std::int64_t requests = 0;
  std::int64_t concurrency = 1;
  std::int64_t steps = 0;  ///< 0: all
  std::int64_t seed = 1;
  std::string out;
};
/// Azure LLM trace file -> decode trace file.
int trace_import_command(const TraceOptions& options, std::ostream& out);
/// Requests drawn from a distribution -> decode trace file.
int trace_generate_command(const TraceOptions& options, std::ostream& out);

}  // namespace decodesim
