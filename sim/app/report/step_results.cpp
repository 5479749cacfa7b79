// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/step_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/metrics/step_metrics.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }

Json latency(const DurationSummary& summary) {
  return {{"mean", seconds(summary.mean)},
          {"p50", seconds(summary.p50)},
          {"p99", seconds(summary.p99)},
          {"max", seconds(summary.max)}};
}

Json window(const WindowMetrics& metrics) {
  Json flash = Json::array();
  for (const TierCondition& tier : metrics.flash)
    flash.push_back({{"name", tier.tier},
                     {"pe_cycles", tier.flash.cycles},
                     {"age_s", tier.flash.age_s},
                     {"block_reads", tier.flash.reads},
                     {"retry_rate", static_cast<double>(tier.flash.retry.count()) / kPartsPerMillion},
                     {"state", tier.flash.state}});
  return {{"first_step", metrics.first_step},
          {"steps", metrics.steps},
          {"days", metrics.days},
          {"step_latency_s", latency(metrics.latency)},
          {"flash", std::move(flash)}};
}

}  // namespace

void add_step_results(const Plan& plan, const RunResult& result, Json& root) {
  for (const WindowMetrics& metrics : window_metrics(plan, result))
    root["decode"]["windows"].push_back(window(metrics));
  if (const auto prefill = prefill_metrics(plan, result)) {
    root["prefill"] = {{"prompt_tokens", prefill->prompt_tokens},
                       {"chunks", prefill->chunks},
                       {"ttft_s", prefill->time_to_first ? Json(seconds(*prefill->time_to_first)) : Json(nullptr)},
                       {"prompt_tokens_per_s", prefill->prompt_tokens_per_s}};
  }
  if (const auto speculation = speculation_metrics(plan, result)) {
    root["speculative"] = {{"drafted_tokens", speculation->drafted},
                           {"accepted_tokens", speculation->accepted},
                           {"tokens_per_step", speculation->tokens_per_step},
                           {"drafting_s", seconds(speculation->drafting)}};
  }
  if (const auto diffusion = diffusion_metrics(plan, result)) {
    root["diffusion"] = {{"blocks", diffusion->blocks},
                         {"block_s", seconds(diffusion->block)},
                         {"tokens_per_step", diffusion->tokens_per_step}};
  }
}

}  // namespace decodesim
