// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/placement_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/report/number_text.hpp"
#include "sim/app/report/summary_lines.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

const std::string& name_of(const Plan& plan, std::int32_t tier) {
  return plan.memory.at(static_cast<std::size_t>(tier)).name;
}

double share(Int128 part, Int128 whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

Json experts_json(const Plan& plan, const ExpertReads& reads) {
  const std::string& tier = name_of(plan, plan.placement.experts);
  const std::string& hot_tier = name_of(plan, plan.placement.hot_experts->tier);
  const DecodeStepBuilder builder(plan.workload.decode);
  return {{"tier", tier},
          {"hot_tier", hot_tier},
          {"on_a_rank", builder.shape().experts},
          {"hot_on_a_rank", builder.hot_experts()},
          {"matrices_read", checked::narrow(reads.all)},
          {"hot_share_of_reads", share(reads.hot, reads.all)},
          {"bytes_read",
           {{tier, checked::narrow(reads.bytes - reads.hot_bytes)}, {hot_tier, checked::narrow(reads.hot_bytes)}}}};
}

Json cache_json(const Plan& plan, const CacheTraffic& traffic) {
  const std::string& tier = name_of(plan, plan.placement.kv_cache);
  const std::string& recent_tier = name_of(plan, *plan.placement.recent_kv);
  return {
      {"tier", tier},
      {"recent_tier", recent_tier},
      {"old_share_of_reads", share(traffic.old_read, traffic.read)},
      {"bytes_read",
       {{tier, checked::narrow(traffic.old_read)}, {recent_tier, checked::narrow(traffic.read - traffic.old_read)}}},
      {"bytes_appended", checked::narrow(traffic.appended)}};
}

// What a corpus on flash is worn by is of the class `other`.
Json corpus_json(const Plan& plan, const CacheTraffic& traffic) {
  return {{"tier", name_of(plan, plan.placement.corpus)},
          {"bytes", plan.workload.decode.retrieval.corpus.count()},
          {"traffic_class", std::string(name_of(TrafficClass::kOther))},
          {"bytes_read", checked::narrow(traffic.retrieved)}};
}

}  // namespace

void add_placement_results(const Plan& plan, const RunResult& result, Json& root) {
  if (plan.placement.hot_experts) root["placement"]["experts"] = experts_json(plan, result.expert_reads);
  if (plan.workload.decode.retrieval.present()) root["placement"]["corpus"] = corpus_json(plan, result.cache_traffic);
  if (!plan.placement.recent_kv) return;
  root["placement"]["kv_cache"] = cache_json(plan, result.cache_traffic);
  root["placement"]["bytes_migrated"] = {
      {std::string(name_of(TrafficClass::kKvCache)), checked::narrow(result.cache_traffic.moved)}};
}

void print_placement_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  const PlacementPlan& placement = plan.placement;
  if (placement.hot_experts)
    print_line(out, "experts",
               percent_text(share(result.expert_reads.hot, result.expert_reads.all)) + " of reads from " +
                   name_of(plan, placement.hot_experts->tier) + ", which holds " +
                   percent_text(to_double(placement.hot_experts->share)) + " of them");
  if (const Retrieval& retrieval = plan.workload.decode.retrieval; retrieval.present())
    print_line(out, "corpus",
               to_short_text(retrieval.corpus) + " in " + name_of(plan, placement.corpus) + ", of which " +
                   to_short_text(retrieval.read) + " are read in a step");
  if (!placement.recent_kv) return;
  const CacheTraffic& cache = result.cache_traffic;
  print_line(out, "KV cache",
             percent_text(share(cache.old_read, cache.read)) + " of reads from " + name_of(plan, placement.kv_cache) +
                 ", to which " + to_short_text(Bytes(checked::narrow(cache.moved))) + " were moved");
}

}  // namespace decodesim
