// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/token_routing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace decodesim {
namespace {

using Rows = std::vector<std::int64_t>;

// A rank for each expert, and a replica a rank: where a token goes says which experts it has, but for its own rank's.
TokenLayout one_expert_a_rank(std::int32_t ranks) { return {{0, 1, ranks}, ranks, ranks}; }

// How often tokens go to each rank.
Rows visits(const ExpertExchange& exchange) {
  Rows out(static_cast<std::size_t>(exchange.group.size));
  for (const auto& tokens : exchange.ranks_of_token)
    for (const auto& ranks : tokens)
      for (const std::int32_t rank : ranks) ++out[static_cast<std::size_t>(exchange.group.position_of(rank))];
  return out;
}

TEST(TokenRoutingTest, EvenRowsDifferByOneAtMost) {
  const Rows rows = even_expert_rows(10, 3, 8, 1);  // 30 = 8 x 3 + 6
  EXPECT_EQ(std::accumulate(rows.begin(), rows.end(), std::int64_t{0}), 30);
  EXPECT_EQ(std::count(rows.begin(), rows.end(), 4), 6);
  EXPECT_EQ(std::count(rows.begin(), rows.end(), 3), 2);
}

// Sixteen tokens of replica 0 alone, so that no visit but those of rank 0 to itself is left out.
TEST(TokenRoutingTest, EveryExpertGetsItsRows) {
  const Rows rows{5, 16, 0, 1, 9, 3, 14, 16};  // 64 = 16 x 4
  TokenLayout layout{{0, 1, 8}, 8, 8};
  const ExpertExchange exchange = route_tokens(layout, 16, 4, rows, 7);
  Rows at = visits(exchange);
  for (std::int32_t rank = 0; rank < 8; ++rank) {
    // Tokens whose home has one of their experts do not travel for it.
    std::int64_t stayed = 0;
    for (const auto& ranks : exchange.ranks_of_token[static_cast<std::size_t>(rank)])
      stayed += 4 - static_cast<std::int64_t>(ranks.size());
    EXPECT_EQ(at[static_cast<std::size_t>(rank)] + stayed, rows[static_cast<std::size_t>(rank)]) << rank;
  }
}

TEST(TokenRoutingTest, EveryTokenHasDifferentExperts) {
  const ExpertExchange exchange = route_tokens(one_expert_a_rank(16), 64, 4, even_expert_rows(64, 4, 16, 3), 3);
  for (std::int32_t home = 0; home < 16; ++home) {
    const auto& tokens = exchange.ranks_of_token[static_cast<std::size_t>(home)];
    ASSERT_EQ(tokens.size(), 4U);
    for (const auto& ranks : tokens) {
      EXPECT_GE(ranks.size(), 3U);  // four, or three and its own
      EXPECT_LE(ranks.size(), 4U);
      EXPECT_EQ(std::set(ranks.begin(), ranks.end()).size(), ranks.size());
      EXPECT_TRUE(std::is_sorted(ranks.begin(), ranks.end()));
      EXPECT_EQ(std::count(ranks.begin(), ranks.end(), home), 0);
    }
  }
}

// Eight ranks from number 8 on, two replicas of four, four parts of two: an expert is on both ranks of its part.
TEST(TokenRoutingTest, APartOfSeveralRanksIsVisitedWhole) {
  const TokenLayout layout{{8, 1, 8}, 2, 4};
  const Rows rows{0, 0, 0, 0, 0, 4, 0, 0};  // expert 5 of 8: the third part, ranks 12 and 13
  const ExpertExchange exchange = route_tokens(layout, 4, 1, rows, 1);
  // Tokens 0 and 2 are in replica 0, on its first and second rank; 1 and 3 in replica 1, ranks 12 and 13.
  using Tokens = std::vector<std::vector<std::int32_t>>;
  const std::vector<Tokens> expected{{{12, 13}}, {{12, 13}}, {}, {}, {{13}}, {{12}}, {}, {}};
  EXPECT_EQ(exchange.ranks_of_token, expected);
}

TEST(TokenRoutingTest, TokensBeyondTheRowsStayAtHome) {
  const ExpertExchange exchange = route_tokens(one_expert_a_rank(4), 4, 2, Rows{1, 1, 1, 1}, 1);  // of two tokens
  for (std::size_t home = 2; home < 4; ++home) {
    ASSERT_EQ(exchange.ranks_of_token[home].size(), 1U);
    EXPECT_TRUE(exchange.ranks_of_token[home][0].empty());
  }
}

TEST(TokenRoutingTest, ASeedMakesARouting) {
  const auto drawn = [](std::uint64_t seed) {
    return route_tokens(one_expert_a_rank(16), 64, 4, even_expert_rows(64, 4, 16, seed), seed).ranks_of_token;
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

}  // namespace
}  // namespace decodesim
