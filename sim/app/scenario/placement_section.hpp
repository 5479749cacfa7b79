// SPDX-License-Identifier: Apache-2.0
// `mapping.placement`: which memory tier holds what. Internal to sim/app/scenario.
//
//   placement: {weights: hbf, experts: hbf, kv_cache: hbf, activations: hbm,
//               hot_experts: {tier: hbm, share: 20%}, recent_kv: {tier: hbm, tokens: 4096}, corpus: hbf}
#pragma once

#include <string>
#include <vector>

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

struct HotExpertsKeys {
  std::string tier;
  Ratio share{200'000};
  static Schema<HotExpertsKeys> schema();
};

struct RecentKvKeys {
  std::string tier;
  std::int64_t tokens = 4096;
  std::int64_t block = 64;
  static Schema<RecentKvKeys> schema();
};

/// Keys of the placement that only count where they are given.
struct PlacementGiven {
  bool experts = true;
  bool hot_experts = true;
  bool recent_kv = true;
  bool corpus = true;
};

/// Names of memory tiers.
struct PlacementKeys {
  std::string weights;
  std::string experts;
  std::string kv_cache;
  std::string activations;
  HotExpertsKeys hot_experts;
  RecentKvKeys recent_kv;
  std::string corpus;
  static Schema<PlacementKeys> schema(const PlacementGiven& given = {});
};

class PlacementSection {
 public:
  explicit PlacementSection(Reading& reading) : reading_(reading) {}

  /// `keys` as read from `node`, which may be null; fills in what is not given. `tiers`: their names.
  void read(const Node* node, PlacementKeys& keys, const std::vector<std::string>& tiers);
  /// Whether placement, memory and model go together; `fallback` is the place when the scenario says nothing.
  void check(const SourcePosition& fallback);
  /// What does not go with a table of operators.
  void check_operators();
  [[nodiscard]] PlacementGiven given() const;

 private:
  [[nodiscard]] const Node* at(std::string_view path) const;
  std::int32_t tier_of(const std::string& path, std::string& name, const std::string& fallback);
  void read_hot_experts(HotExpertsKeys& keys);
  void read_recent_kv(RecentKvKeys& keys);
  // The tier that `key` names, or the first that is not `taken`; reports that there is none.
  std::int32_t other_tier(const std::string& key, std::string& name, std::int32_t taken);
  void check_hot_experts();
  void check_recent_kv();
  void check_corpus(const SourcePosition& fallback);
  // Reports a tier of `key` that holds `others`, too.
  void check_other_tier(const std::string& key, std::int32_t tier, std::int32_t taken, const char* others);

  Reading& reading_;
  Node node_;
  std::vector<std::string> tiers_;
};

}  // namespace decodesim
