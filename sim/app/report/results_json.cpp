// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/results_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/app/metrics/decode_metrics.hpp"
#include "sim/app/metrics/limiter.hpp"
#include "sim/app/metrics/network_energy_metrics.hpp"
#include "sim/app/report/collective_results.hpp"
#include "sim/app/report/flash_results.hpp"
#include "sim/app/report/memory_results.hpp"
#include "sim/app/report/network_results.hpp"
#include "sim/app/report/operator_results.hpp"
#include "sim/app/report/placement_results.hpp"
#include "sim/app/report/step_results.hpp"
#include "sim/app/report/traffic_results.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

// A quotient, so that the shortest text that reads back as it is the decimal that it stands for: 0.0092, where a
// product with 1e-12 would say 0.009200000000000001.
double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }

Json provenance(const Plan& plan, const BuildInfo& build) {
  return {{"version", build.version},
          {"git", build.git},
          {"scenario_sha256", plan.scenario_sha256},
          {"seed", plan.run.seed}};
}

Json simulation(const RunResult& result) {
  const double simulated = seconds(result.simulated);
  return {{"simulated_s", simulated},
          {"wall_s", result.wall_seconds},
          {"real_time_factor", result.wall_seconds > 0 ? simulated / result.wall_seconds : 0.0},
          {"events", result.events},
          {"peak_rss_bytes", result.peak_rss_bytes},
          {"fingerprint", result.fingerprint},
          {"folded_ranks", result.folded_ranks},
          {"interrupted", result.interrupted}};
}

Json decode(const DecodeMetrics& metrics) {
  const DurationSummary& latency = metrics.step_latency;
  Json breakdown;
  for (const BreakdownPart& part : parts_of(metrics.mean_breakdown))
    breakdown[std::string(part.name)] = seconds(part.time);
  return {{"steps", metrics.steps},
          {"tokens", metrics.tokens},
          {"step_latency_s",
           {{"mean", seconds(latency.mean)},
            {"p50", seconds(latency.p50)},
            {"p90", seconds(latency.p90)},
            {"p99", seconds(latency.p99)},
            {"max", seconds(latency.max)}}},
          {"tokens_per_s", metrics.tokens_per_s},
          {"tokens_per_s_per_user", metrics.tokens_per_s_per_user},
          {"breakdown_s", breakdown},
          {"mbu", metrics.mbu},
          {"mfu", metrics.mfu}};
}

Json memory(const DecodeMetrics& metrics) {
  Json tiers = Json::array();
  for (const TierMetrics& tier : metrics.tiers) {
    tiers.push_back({{"name", tier.name},
                     {"part", tier.part},
                     {"bytes_read", tier.bytes_read.count()},
                     {"bytes_written", tier.bytes_written.count()},
                     {"bandwidth_bytes_per_s", tier.bandwidth},
                     {"peak_bytes_per_s", tier.peak.count()},
                     {"utilisation", tier.utilisation}});
  }
  return tiers;
}

Json faults(const Plan& plan, const FaultRecord& record) {
  Json out{{"failures", record.failures},
           {"spares_used", record.spares_used},
           {"stragglers", record.stragglers},
           {"link_failures", record.link_failures},
           {"rerouted_trains", record.rerouted_trains},
           {"steps_repeated", record.steps_repeated},
           {"down_s", seconds(record.down)},
           {"inexact_collectives", record.inexact_collectives},
           {"late_messages", record.late_messages}};
  const auto of_switch = [](const FaultEvent& event) { return event.kind == FaultKind::kSwitch; };
  if (std::any_of(plan.faults.events.begin(), plan.faults.events.end(), of_switch))
    out["switch_failures"] = record.switch_failures;
  return out;
}

// Where the scenario names them.
void add_named_collectives(const Plan& plan, const RunResult& result, Json& network) {
  if (plan.software.all_gather != CollectiveAlgorithm::kAuto) network["all_gather"] = "";
  if (plan.software.expert_exchange != TokenTravel::kEven) {
    network["expert_exchange"] = "";
    network["cable_bytes"] = cable_bytes(plan, result).count();
  }
  for (const auto& [collective, algorithm] : result.named_collectives) network[collective] = algorithm;
}

void add_decode_results(const Plan& plan, const RunResult& result, Json& root) {
  const DecodeMetrics metrics = decode_metrics(plan, result);
  root["decode"] = decode(metrics);
  add_step_results(plan, result, root);
  root["memory"] = memory(metrics);
  add_placement_results(plan, result, root);
  if (result.faults) root["faults"] = faults(plan, *result.faults);
  add_flash_results(plan, result, root);
  if (plan.network) {
    root["network"] = {{"topology", plan.network->topology},
                       {"all_reduce", result.all_reduce_algorithm},
                       {"payload_bytes", result.network_payload.count()}};
    add_named_collectives(plan, result, root["network"]);
    add_network_energy(plan, result, root["network"]);
  }
}

}  // namespace

std::string results_json(const Plan& plan, const RunResult& result, const BuildInfo& build) {
  Json root;
  root["schema"] = "decodesim.results/1";
  root["provenance"] = provenance(plan, build);
  root["simulation"] = simulation(result);
  if (plan.workload.kind == WorkloadKind::kMemory)
    add_memory_results(plan, result, root);
  else if (plan.workload.kind == WorkloadKind::kOperators)
    add_operator_results(plan, result, root);
  else if (plan.workload.kind == WorkloadKind::kCollective)
    add_collective_results(plan, result, root);
  else if (plan.workload.kind == WorkloadKind::kTraffic)
    add_traffic_results(plan, result, root);
  else
    add_decode_results(plan, result, root);
  // Names come from files: what is not UTF-8 in them must not lose the results.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace decodesim
