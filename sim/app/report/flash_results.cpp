// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/flash_results.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

// Quotients: see results_json.cpp.
double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }
double joules(Energy energy) { return static_cast<double>(energy.count()) / 1e12; }

// JSON has no infinity: what never wears out has no number of years.
Json years(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

std::string key_of(std::string_view words) {
  std::string out(words);
  for (char& c : out) c = c == ' ' ? '_' : c;
  return out;
}

void add_activity(const FlashRecord& flash, Json& tier) {
  const FlashActivity& a = flash.activity;
  tier["pages_read"] = a.read_pages;
  tier["pages_sensed"] = a.senses;
  tier["pages_retried"] = a.retries;
  tier["staged_share"] = a.read_pages > 0 ? static_cast<double>(a.staged) / static_cast<double>(a.read_pages) : 0.0;
  tier["pages_programmed"] = a.programs;
  tier["pages_refreshed"] = a.refreshed;
  tier["blocks_erased"] = a.erases;
  tier["suspends"] = a.suspends;
  tier["waited_for_writes_s"] = seconds(a.waited_for_writes);
  tier["energy_j"] = {{"read", joules(flash.energy.read)},
                      {"program", joules(flash.energy.program)},
                      {"erase", joules(flash.energy.erase)},
                      {"idle", joules(flash.energy.idle)},
                      {"total", joules(flash.energy.total())}};
}

Json endurance_json(const FlashRecord& flash, const std::string& name) {
  const FlashWear& wear = flash.wear;
  const auto stacks = static_cast<double>(flash.stacks);
  Json out = {{"tier", name}, {"years", years(wear.life.years)}, {"cause", std::string(name_of(wear.life.cause))}};
  for (std::size_t c = 0; c < kWearCauses; ++c)
    out["years_by_cause"][key_of(name_of(static_cast<WearCause>(c)))] = years(wear.life.years_by_cause[c]);
  for (std::size_t t = 0; t < kTrafficClasses; ++t) {
    const std::string traffic(name_of(static_cast<TrafficClass>(t)));
    out["years_by_class"][traffic] = years(wear.life.years_by_class[t]);
    out["bytes_programmed"][traffic] = wear.bytes_written[t] * stacks;
  }
  out["refresh_share"] = wear.refresh_share;
  out["write_amplification"] = wear.write_amplification;
  Json histogram = Json::array();
  for (const FlashWear::Bucket& bucket : wear.cycles)
    histogram.push_back({{"cycles", bucket.cycles}, {"blocks", bucket.blocks}});
  out["pe_cycles"] = {{"min", wear.cycles.empty() ? 0 : wear.cycles.front().cycles},
                      {"max", wear.cycles.empty() ? 0 : wear.cycles.back().cycles},
                      {"histogram", std::move(histogram)}};
  out["state"] = wear.state;
  out["refused_bytes"] = wear.refused.count() * flash.stacks;
  return out;
}

}  // namespace

void add_flash_results(const Plan& plan, const RunResult& result, Json& root) {
  const FlashRecord* shortest = nullptr;
  std::string name;
  for (std::size_t i = 0; i < plan.memory.size() && i < result.memory.size(); ++i) {
    if (!plan.memory[i].hbf) continue;
    static const FlashRecord nothing;  // for paths of a run that has not been
    const FlashRecord& flash = result.memory[i].flash ? *result.memory[i].flash : nothing;
    add_activity(flash, root["memory"][i]);
    if (shortest != nullptr && flash.wear.life.years >= shortest->wear.life.years) continue;
    shortest = &flash;
    name = plan.memory[i].name;
  }
  if (shortest != nullptr) root["endurance"] = endurance_json(*shortest, name);
}

}  // namespace decodesim
