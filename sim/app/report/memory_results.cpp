// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/memory_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/metrics/memory_metrics.hpp"
#include "sim/app/report/flash_results.hpp"
#include "sim/app/report/number_text.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

// Quotients: see results_json.cpp.
double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }
double joules(Energy energy) { return static_cast<double>(energy.count()) / 1e12; }

Json losses_json(const MemoryPhaseMetrics& metrics) {
  Json out;
  for (const LossShare& loss : metrics.lost) out[std::string(loss.name)] = loss.share;
  return out;
}

Json commands_json(const CommandCounts& counts) {
  Json out;
  for (std::size_t i = 0; i < kCommands; ++i) {
    const auto command = static_cast<DramCommand>(i);
    out[std::string(name_of(command))] = counts.of(command);
  }
  return out;
}

Json energy_json(const DramEnergy& energy) {
  return {{"activate", joules(energy.activate)}, {"read", joules(energy.read)},
          {"write", joules(energy.write)},       {"io", joules(energy.io)},
          {"refresh", joules(energy.refresh)},   {"background", joules(energy.background)},
          {"total", joules(energy.total())}};
}

Json load_curve_json(const MemoryMetrics& metrics) {
  Json out = Json::array();
  for (const MemoryPhaseMetrics& point : metrics.load_curve) {
    out.push_back({{"offered_bytes_per_s", point.offered.count()},
                   {"bandwidth_bytes_per_s", point.bandwidth},
                   {"utilisation", point.utilisation},
                   {"latency_s",
                    {{"mean", seconds(point.latency.mean)},
                     {"p50", seconds(point.latency.p50)},
                     {"p99", seconds(point.latency.p99)}}}});
  }
  return out;
}

std::string fidelity_text(Fidelity fidelity) {
  return fidelity == Fidelity::kCommand ? "command" : fidelity == Fidelity::kPage ? "page" : "train";
}

Json tier_json(const MemoryPlan& plan, const MemoryMetrics& metrics, const CommandCounts& counts) {
  const MemoryPhaseMetrics& m = metrics.measurement;
  return {{"name", plan.name},
          {"part", plan.part},
          {"fidelity", fidelity_text(plan.fidelity)},
          {"elapsed_s", seconds(m.elapsed)},
          {"bytes_read", m.bytes_read.count()},
          {"bytes_written", m.bytes_written.count()},
          {"bandwidth_bytes_per_s", m.bandwidth},
          {"peak_bytes_per_s", metrics.peak.count()},
          {"utilisation", m.utilisation},
          {"lost", losses_json(m)},
          {"row_hit_rate", m.row_hit_rate},
          {"latency_s",
           {{"mean", seconds(m.latency.mean)},
            {"p50", seconds(m.latency.p50)},
            {"p90", seconds(m.latency.p90)},
            {"p99", seconds(m.latency.p99)},
            {"p999", seconds(m.latency.p999)},
            {"max", seconds(m.latency.max)}}},
          {"accesses", m.accesses},
          {"address_errors", m.address_errors},
          {"commands", commands_json(counts)},
          {"energy_j", energy_json(m.energy)},
          {"energy_pj_per_bit", m.energy_pj_per_bit}};
}

}  // namespace

void add_memory_results(const Plan& plan, const RunResult& result, Json& root) {
  const MemoryMetrics metrics = memory_metrics(plan, result);
  const CommandCounts counts =
      result.memory_phases.empty() ? CommandCounts() : result.memory_phases.front().activity.counts;
  Json tier = tier_json(plan.memory.front(), metrics, counts);
  if (plan.workload.memory->load_points > 0) tier["load_curve"] = load_curve_json(metrics);
  root["memory"] = Json::array({std::move(tier)});
  root["energy_j"] = {{"total", joules(metrics.measurement.energy.total())}};
  if (result.memory.empty() || !result.memory.front().flash) return;
  // Flash counts over the whole run, the curve's points among it.
  const MemoryRecord& record = result.memory.front();
  const Energy total = record.flash->energy.total();
  const auto bits = 8 * to_double(record.bytes_read + record.bytes_written);
  add_flash_results(plan, result, root);
  root["memory"][0]["energy_pj_per_bit"] = bits > 0 ? static_cast<double>(total.count()) / bits : 0.0;
  root["energy_j"]["total"] = joules(total);
}

std::string latency_csv(const RunResult& result) {
  std::string out = "first_s,last_s,count\n";
  if (result.memory_phases.empty()) return out;
  for (const Histogram::Bucket& bucket : result.memory_phases.front().activity.latency_ps.buckets())
    out += exact_seconds(Duration(bucket.first)) + "," + exact_seconds(Duration(bucket.last)) + "," +
           std::to_string(bucket.count) + "\n";
  return out;
}

std::string load_curve_csv(const Plan& plan, const RunResult& result) {
  std::string out =
      "offered_bytes_per_s,bandwidth_bytes_per_s,utilisation,accesses,latency_mean_s,latency_p50_s,latency_p99_s\n";
  for (const MemoryPhaseMetrics& point : memory_metrics(plan, result).load_curve)
    out += std::to_string(point.offered.count()) + "," + fixed_text(point.bandwidth, 0) + "," +
           fixed_text(point.utilisation, 6) + "," + std::to_string(point.accesses) + "," +
           exact_seconds(point.latency.mean) + "," + exact_seconds(point.latency.p50) + "," +
           exact_seconds(point.latency.p99) + "\n";
  return out;
}

}  // namespace decodesim
