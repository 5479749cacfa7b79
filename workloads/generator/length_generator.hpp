// SPDX-License-Identifier: Apache-2.0
// Seeded requests with given statistics of prompt and output length. Distributions are tables of quantiles, inverted
// with integer linear interpolation, so that a seed gives the same requests on every machine.
//
// Prompt and output length are drawn independently; correlation between the two is not modelled.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/component/random.hpp"
#include "workloads/batching/request.hpp"

namespace decodesim {

/// `share` (of kShareScale) of all requests have at most `tokens` tokens.
struct Quantile {
  std::int64_t share = 0;
  std::int64_t tokens = 0;

  friend bool operator==(const Quantile&, const Quantile&) = default;
};

/// How many tokens: any distribution that is piecewise uniform.
class LengthDistribution {
 public:
  static constexpr std::int64_t kShareScale = 1000;

  /// Always `tokens`; 0 <= tokens <= kMostRequestTokens.
  static LengthDistribution fixed(std::int64_t tokens);
  /// Every whole number in [low, high] with the same chance; 0 <= low <= high <= kMostRequestTokens.
  static LengthDistribution uniform(std::int64_t low, std::int64_t high);
  /// From quantiles: at least two, shares strictly rising from 0 to kShareScale, tokens not falling. Throws
  /// InternalError otherwise.
  static LengthDistribution quantiles(std::vector<Quantile> table);

  /// One length.
  [[nodiscard]] std::int64_t draw(RandomStream& random) const;

 private:
  explicit LengthDistribution(std::vector<Quantile> table) : table_(std::move(table)) {}

  std::vector<Quantile> table_;  // two equal shares 0 and 1000 for fixed and uniform
};

/// Lengths of both sides of a kind of request, and where the figures come from.
struct LengthModel {
  std::string_view name;
  std::string_view source;
  LengthDistribution prompt;
  LengthDistribution output;
};

/// The shipped models: "azure_conversation_2023", "azure_code_2023".
std::vector<LengthModel> length_models();

/// `count` requests, all there from the start (arrival 0). The same seed gives the same requests, and the first n of a
/// longer series are the series of n. Outputs of zero tokens become one: a request generates something.
std::vector<Request> generate_requests(const LengthDistribution& prompt, const LengthDistribution& output,
                                       std::int64_t count, std::uint64_t seed);

}  // namespace decodesim
