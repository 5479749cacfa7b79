// SPDX-License-Identifier: Apache-2.0
#include "workloads/generator/length_generator.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kWho = "LengthDistribution";

}  // namespace

LengthDistribution LengthDistribution::fixed(std::int64_t tokens) { return uniform(tokens, tokens); }

LengthDistribution LengthDistribution::uniform(std::int64_t low, std::int64_t high) {
  return quantiles({{0, low}, {kShareScale, high}});
}

LengthDistribution LengthDistribution::quantiles(std::vector<Quantile> table) {
  require(table.size() >= 2 && table.front().share == 0 && table.back().share == kShareScale, kWho,
          "quantiles span all shares");
  require(table.front().tokens >= 0 && table.back().tokens <= kMostRequestTokens, kWho, "lengths are within bounds");
  for (std::size_t i = 1; i < table.size(); ++i)
    require(table[i - 1].share < table[i].share && table[i - 1].tokens <= table[i].tokens, kWho, "quantiles rise");
  return LengthDistribution(std::move(table));
}

// First the piece by its share, then a whole number within it: both draws are exact, nothing is rounded. Pieces that
// follow another one leave out their lower end, which belongs to that one.
std::int64_t LengthDistribution::draw(RandomStream& random) const {
  const auto share = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(kShareScale)));
  const auto above = std::upper_bound(table_.begin() + 1, table_.end() - 1, share,
                                      [](std::int64_t value, const Quantile& q) { return value < q.share; });
  const auto below = above - 1;
  const bool first = below == table_.begin();
  const std::int64_t low = first ? below->tokens : std::min(below->tokens + 1, above->tokens);
  return random.between(low, above->tokens);
}

std::vector<LengthModel> length_models() {
  using D = LengthDistribution;
  return {
      {"azure_conversation_2023",
       "quantiles of Azure/AzurePublicDataset AzureLLMInferenceTrace_conv.csv (CC-BY), 19,366 requests; medians as in "
       "Patel et al., Splitwise, ISCA 2024, arXiv 2311.18677: 1020 and 129 tokens",
       D::quantiles({{0, 2},
                     {50, 181},
                     {100, 207},
                     {200, 387},
                     {300, 403},
                     {400, 703},
                     {500, 1020},
                     {600, 1071},
                     {700, 1130},
                     {800, 1315},
                     {900, 2734},
                     {950, 4083},
                     {990, 4142},
                     {999, 6122},
                     {1000, 14050}}),
       D::quantiles({{0, 7},
                     {50, 41},
                     {100, 54},
                     {200, 77},
                     {300, 91},
                     {400, 103},
                     {500, 129},
                     {600, 177},
                     {700, 384},
                     {800, 400},
                     {900, 424},
                     {950, 451},
                     {990, 601},
                     {999, 954},
                     {1000, 1000}})},
      {"azure_code_2023",
       "medians of 1500 and 13 tokens: Patel et al., Splitwise, ISCA 2024, arXiv 2311.18677; assumed: everything else, "
       "namely a quarter within half the median, a tenth within an eighth, and octaves up to eight times the median",
       D::quantiles({{0, 23}, {100, 187}, {250, 750}, {500, 1500}, {750, 3000}, {900, 6000}, {1000, 12000}}),
       D::quantiles({{0, 2}, {100, 3}, {250, 6}, {500, 13}, {750, 26}, {900, 52}, {1000, 104}})},
  };
}

std::vector<Request> generate_requests(const LengthDistribution& prompt, const LengthDistribution& output,
                                       std::int64_t count, std::uint64_t seed) {
  require(count >= 0, "generate_requests", "a count is not negative");
  RandomStream prompts(seed, "workload", "prompt_length");
  RandomStream outputs(seed, "workload", "output_length");
  std::vector<Request> requests;
  requests.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t context = prompt.draw(prompts);
    requests.push_back({Duration(), context, std::max<std::int64_t>(1, output.draw(outputs))});
  }
  return requests;
}

}  // namespace decodesim
