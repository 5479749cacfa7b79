// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include "sim/app/cli/commands.hpp"
#include "sim/app/cli/exit_status.hpp"
#include "sim/core/config/diagnostics.hpp"
#include "workloads/batching/continuous_batching.hpp"
#include "workloads/generator/length_generator.hpp"
#include "workloads/trace/azure_trace.hpp"

namespace decodesim {
namespace {

int write_steps(const std::vector<Request>& requests, const TraceOptions& options, std::ostream& out) {
  const BatchingOptions batching{options.concurrency, options.steps};
  check_requests(requests, batching, whole_file(options.source));
  const DecodeTrace trace = continuous_batching(requests, batching);
  write_decode_trace(trace, options.out);
  out << options.out << ": " << requests.size() << " requests, " << trace.steps() << " steps, " << trace.tokens()
      << " tokens, at most " << trace.largest_batch() << " sequences and " << trace.peak_cached_tokens()
      << " cached tokens in a step\n";
  return kDone;
}

}  // namespace

int trace_import_command(const TraceOptions& options, std::ostream& out) {
  return write_steps(read_azure_trace(options.source, options.requests), options, out);
}

int trace_generate_command(const TraceOptions& options, std::ostream& out) {
  std::vector<std::string> known;
  for (const LengthModel& model : length_models()) {
    known.emplace_back(model.name);
    if (model.name != options.source) continue;
    return write_steps(
        generate_requests(model.prompt, model.output, options.requests, static_cast<std::uint64_t>(options.seed)),
        options, out);
  }
  throw ConfigError(whole_file("trace generate"),
                    "'" + options.source + "' is no distribution of lengths" + suggestion(options.source, known));
}

}  // namespace decodesim
