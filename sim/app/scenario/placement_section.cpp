// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/placement_section.hpp"

#include <algorithm>

#include "sim/core/units/text.hpp"

namespace decodesim {

Schema<HotExpertsKeys> HotExpertsKeys::schema() {
  using K = HotExpertsKeys;
  return std::move(
      Schema<K>("hot_experts", "Routed experts that most steps read, in a tier of their own")
          .field("tier", &K::tier, "Tier of the hot experts", derived("the first tier that is not that of the experts"))
          .field("share", &K::share, {Ratio(0), Ratio(kPartsPerMillion)},
                 "Of the routed experts of a layer on each rank, those that are hot",
                 assumed("20 percent: a start for a sweep")));
}

Schema<RecentKvKeys> RecentKvKeys::schema() {
  using K = RecentKvKeys;
  return std::move(
      Schema<K>("recent_kv", "The newest tokens of each sequence's cache, in a tier of their own")
          .field("tier", &K::tier, "Tier of the recent tokens", derived("the first tier that is not that of the cache"))
          .field("tokens", &K::tokens, {1, kLongestContext}, "Newest tokens of each sequence that are kept there",
                 assumed("4096: a start for a sweep"))
          .field("block", &K::block, {1, 65'536}, "Tokens of a sequence that are moved together once they are older",
                 assumed("64: one to four pages of the caches of runtimes, which have 16 to 64 tokens")));
}

Schema<PlacementKeys> PlacementKeys::schema(const PlacementGiven& given) {
  using K = PlacementKeys;
  const Provenance first = derived("the first tier of system.memory");
  Schema<K> schema("placement", "Which memory tier holds what");
  schema.field("weights", &K::weights, "Tier of the weights", first);
  if (given.experts)
    schema.field("experts", &K::experts, "Tier of the experts that tokens are routed to",
                 derived("the tier of the weights"));
  schema.field("kv_cache", &K::kv_cache, "Tier of the cached keys and values", first)
      .field("activations", &K::activations, "Tier of activations and logits", first);
  if (given.hot_experts) schema.nested("hot_experts", &K::hot_experts, HotExpertsKeys::schema());
  if (given.recent_kv) schema.nested("recent_kv", &K::recent_kv, RecentKvKeys::schema());
  if (given.corpus) schema.field("corpus", &K::corpus, "Tier of the corpus of workload.retrieval", first);
  return schema;
}

const Node* PlacementSection::at(std::string_view path) const { return find_path(node_, path); }

PlacementGiven PlacementSection::given() const {
  return {at("experts") != nullptr, at("hot_experts") != nullptr, at("recent_kv") != nullptr,
          reading_.plan.workload.decode.retrieval.present()};
}

void PlacementSection::read(const Node* node, PlacementKeys& keys, const std::vector<std::string>& tiers) {
  tiers_ = tiers;
  if (node != nullptr) node_ = *node;
  if (tiers.empty()) return;  // reported where they should be
  PlacementPlan& plan = reading_.plan.placement;
  plan.weights = tier_of("weights", keys.weights, tiers.front());
  plan.experts = tier_of("experts", keys.experts, keys.weights);
  plan.kv_cache = tier_of("kv_cache", keys.kv_cache, tiers.front());
  plan.activations = tier_of("activations", keys.activations, tiers.front());
  plan.corpus = tier_of("corpus", keys.corpus, tiers.front());
  if (at("hot_experts") != nullptr) read_hot_experts(keys.hot_experts);
  if (at("recent_kv") != nullptr) read_recent_kv(keys.recent_kv);
}

std::int32_t PlacementSection::tier_of(const std::string& path, std::string& name, const std::string& fallback) {
  const Node* node = at(path);
  if (node == nullptr) name = fallback;
  const auto it = std::find(tiers_.begin(), tiers_.end(), name);
  if (it != tiers_.end()) return static_cast<std::int32_t>(it - tiers_.begin());
  if (node == nullptr || reading_.diagnostics.has_error_at(node->position())) return 0;
  reading_.diagnostics.error(node->position(), path + ": '" + name + "' is no memory tier" + suggestion(name, tiers_));
  return 0;
}

std::int32_t PlacementSection::other_tier(const std::string& key, std::string& name, std::int32_t taken) {
  if (at(key + ".tier") != nullptr) return tier_of(key + ".tier", name, "");
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    if (static_cast<std::int32_t>(i) == taken) continue;
    name = tiers_[i];
    return static_cast<std::int32_t>(i);
  }
  reading_.diagnostics.error(at(key)->position(), key + ": there is no memory tier but '" + tiers_.front() +
                                                      "'; expected a second one in system.memory");
  return taken;
}

void PlacementSection::read_hot_experts(HotExpertsKeys& keys) {
  Plan& plan = reading_.plan;
  HotExperts& hot = plan.placement.hot_experts.emplace();
  hot.tier = other_tier("hot_experts", keys.tier, plan.placement.experts);
  hot.share = plan.workload.decode.hot_experts = keys.share;
}

void PlacementSection::read_recent_kv(RecentKvKeys& keys) {
  Plan& plan = reading_.plan;
  plan.placement.recent_kv = other_tier("recent_kv", keys.tier, plan.placement.kv_cache);
  plan.workload.decode.kv_ages = {keys.tokens, keys.block};
}

void PlacementSection::check(const SourcePosition& fallback) {
  const Plan& plan = reading_.plan;
  // Every kernel rewrites its activations.
  const MemoryPlan& tier = plan.memory.at(static_cast<std::size_t>(plan.placement.activations));
  const Node* node = at("activations");
  if (tier.hbf)
    reading_.diagnostics.error(node != nullptr ? node->position() : fallback,
                               "activations: '" + tier.name +
                                   "' is flash, which is written a page at a time and wears; expected a tier of DRAM "
                                   "or SRAM");
  if (plan.placement.hot_experts) check_hot_experts();
  if (plan.placement.recent_kv) check_recent_kv();
  check_corpus(fallback);
}

void PlacementSection::check_other_tier(const std::string& key, std::int32_t tier, std::int32_t taken,
                                        const char* others) {
  const Node* node = at(key + ".tier");
  if (node == nullptr || tier != taken || reading_.diagnostics.has_error_at(node->position())) return;
  reading_.diagnostics.error(node->position(), key + ".tier: the other " + others + " lie in '" + node->text() +
                                                   "', too; expected another tier");
}

void PlacementSection::check_hot_experts() {
  const PlacementPlan& placement = reading_.plan.placement;
  const Architecture& model = reading_.plan.workload.decode.architecture;
  if (!model.moe.present() && !model.name.empty())
    reading_.diagnostics.error(at("hot_experts")->position(), "hot_experts: " + model.name +
                                                                  " has no experts; expected no hot_experts, or a "
                                                                  "model with experts");
  check_other_tier("hot_experts", placement.hot_experts->tier, placement.experts, "experts");
}

// What is drafted or refined may be discarded: what comes of age is then known a step later.
void PlacementSection::check_recent_kv() {
  const PlacementPlan& placement = reading_.plan.placement;
  const StepKinds& kinds = reading_.plan.workload.kinds;
  check_other_tier("recent_kv", *placement.recent_kv, placement.kv_cache, "tokens");
  if (kinds.speculation || kinds.diffusion)
    reading_.diagnostics.error(at("recent_kv")->position(),
                               "recent_kv: not available with " +
                                   std::string(kinds.speculation ? "speculative" : "diffusion") +
                                   ", whose tokens may be discarded; expected no recent_kv");
}

// What of a page is read and not asked for is not modelled.
void PlacementSection::check_corpus(const SourcePosition& fallback) {
  const Node* node = at("corpus");
  const Retrieval& retrieval = reading_.plan.workload.decode.retrieval;
  const MemoryPlan& tier = reading_.plan.memory.at(static_cast<std::size_t>(reading_.plan.placement.corpus));
  if (node != nullptr && !retrieval.present())
    reading_.diagnostics.error(node->position(),
                               "corpus: no step reads one; expected no corpus, or workload.retrieval");
  if (retrieval.present() && tier.hbf && retrieval.run < tier.hbf->page)
    reading_.diagnostics.error(node != nullptr ? node->position() : fallback,
                               "corpus: runs of " + to_short_text(retrieval.run) + " are less than a page of '" +
                                   tier.name + "', " + to_short_text(tier.hbf->page) + "; expected at least a page");
}

void PlacementSection::check_operators() {
  for (const char* key : {"hot_experts", "recent_kv", "corpus"})
    if (const Node* node = at(key))
      reading_.diagnostics.error(node->position(), std::string(key) +
                                                       ": a table of operators does not say what lies where; expected "
                                                       "workload.kind: decode");
}

}  // namespace decodesim
