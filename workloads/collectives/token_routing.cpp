// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/token_routing.hpp"

#include <algorithm>
#include <numeric>

#include "sim/core/component/random.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr const char* kWho = "token_routing";

std::vector<std::int32_t> shuffled(std::int64_t count, RandomStream& random) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), 0);
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[random.below(i)]);
  return out;
}

// Ranks with a part of `expert`.
void add_ranks(const TokenLayout& layout, std::int64_t expert, std::int64_t experts, std::vector<std::int32_t>& out) {
  const std::int64_t block = checked::narrow(checked::divide_up(experts, layout.parts));
  const std::int64_t width = layout.group.size / layout.parts;
  for (std::int64_t i = 0; i < width; ++i)
    out.push_back(layout.group.rank_at(static_cast<std::int32_t>(expert / block * width + i)));
}

// Position in the group of the rank that has token `token`.
std::int32_t home_of(const TokenLayout& layout, std::int64_t token) {
  const std::int64_t each = layout.group.size / layout.replicas;
  return static_cast<std::int32_t>(token % layout.replicas * each + token / layout.replicas % each);
}

}  // namespace

std::vector<std::int64_t> even_expert_rows(std::int64_t tokens, std::int64_t top_k, std::int64_t experts,
                                           std::uint64_t seed) {
  const std::int64_t rows = checked::multiply(tokens, top_k);
  std::vector<std::int64_t> out(static_cast<std::size_t>(experts), rows / experts);
  RandomStream random(seed, kWho, "experts with one row more");
  const std::vector<std::int32_t> order = shuffled(experts, random);
  for (std::int64_t i = 0; i < rows % experts; ++i) ++out[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
  return out;
}

ExpertExchange route_tokens(const TokenLayout& layout, std::int64_t tokens, std::int64_t top_k,
                            std::span<const std::int64_t> rows_of_expert, std::uint64_t seed) {
  const std::int64_t rows = std::accumulate(rows_of_expert.begin(), rows_of_expert.end(), std::int64_t{0});
  const std::int64_t routed = rows / top_k;
  require(rows == routed * top_k && routed <= tokens, kWho, "rows are not those of whole tokens");
  RandomStream random(seed, kWho, "experts of tokens");
  const auto experts = static_cast<std::int64_t>(rows_of_expert.size());
  const std::vector<std::int32_t> line = shuffled(experts, random);
  const std::vector<std::int32_t> turns = shuffled(routed, random);
  std::vector<std::vector<std::int32_t>> ranks(static_cast<std::size_t>(tokens));  // by token
  std::size_t taken = 0;
  for (const std::int32_t expert : line) {
    const std::int64_t each = rows_of_expert[static_cast<std::size_t>(expert)];
    require(each <= routed, kWho, "an expert has more rows than there are tokens");
    for (std::int64_t i = 0; i < each; ++i, ++taken)
      add_ranks(layout, expert, experts, ranks[static_cast<std::size_t>(turns[taken % turns.size()])]);
  }
  ExpertExchange out{layout.group, {}};
  out.ranks_of_token.resize(static_cast<std::size_t>(layout.group.size));
  for (std::int64_t token = 0; token < tokens; ++token) {
    std::vector<std::int32_t>& to = ranks[static_cast<std::size_t>(token)];
    const std::int32_t home = home_of(layout, token);
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
    std::erase(to, layout.group.rank_at(home));
    out.ranks_of_token[static_cast<std::size_t>(home)].push_back(std::move(to));
  }
  return out;
}

}  // namespace decodesim
