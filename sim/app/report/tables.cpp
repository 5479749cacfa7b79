// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/tables.hpp"

#include <initializer_list>
#include <string_view>

#include "sim/app/report/number_text.hpp"

namespace decodesim {
namespace {

// Quoted only where it has to be (RFC 4180).
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

void append_row(std::string& out, std::initializer_list<std::string> cells) {
  bool first = true;
  for (const std::string& text : cells) {
    if (!first) out += ',';
    out += cell(text);
    first = false;
  }
  out += '\n';
}

}  // namespace

std::string steps_csv(const RunResult& result) {
  std::string out =
      "step,begin_s,latency_s,sequences,kv_tokens,longest_context,memory_s,compute_s,network_s,overhead_s,"
      "tokens,new_tokens,drafting_s\n";
  for (const StepRecord& step : result.steps) {
    append_row(out,
               {std::to_string(step.step), exact_seconds(step.begin.since_start()), exact_seconds(step.latency),
                std::to_string(step.sequences), std::to_string(step.kv_tokens), std::to_string(step.longest_context),
                exact_seconds(step.breakdown.memory), exact_seconds(step.breakdown.compute),
                exact_seconds(step.breakdown.network), exact_seconds(step.breakdown.overhead),
                std::to_string(step.tokens), std::to_string(step.new_tokens), exact_seconds(step.drafting)});
  }
  return out;
}

std::string components_csv(const RunResult& result) {
  std::string out = "component,statistic,unit,value\n";
  for (const ComponentRecord& record : result.components)
    append_row(out, {record.component, record.statistic, record.unit, std::to_string(record.value)});
  return out;
}

}  // namespace decodesim
