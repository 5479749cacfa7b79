// SPDX-License-Identifier: Apache-2.0
// TokenRouting: which ranks the tokens of a step go to, when it is known how many rows each expert gets.
//
// Experts stand in a line in random order, each as often as it has rows; the tokens, in random order too, take from it
// one after the other, round and round. No expert has more rows than there are tokens, so no token gets one twice.
//
// Laws, each one a test in test/collectives/token_routing_test.cpp:
//   1. Every expert gets its rows; every token as many different experts as it asks for.
//   2. A token goes to the ranks that have a part of one of its experts, its own left out, each once.
//   3. The same for one seed.
//
// Not modelled: experts that tokens choose together more often than their rows say.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/collectives/expert_exchange.hpp"

namespace decodesim {

/// Where tokens and experts lie.
struct TokenLayout {
  RankGroup group;
  std::int64_t replicas = 1;  ///< blocks of the group's positions; token t is in block t mod replicas, dealt out there
  std::int64_t parts = 1;     ///< the same positions as parts that the experts are dealt to, in blocks of their numbers
};

/// Rows of each expert when `tokens` tokens choose `top_k` of `experts` as evenly as can be; who gets one more is
/// drawn.
std::vector<std::int64_t> even_expert_rows(std::int64_t tokens, std::int64_t top_k, std::int64_t experts,
                                           std::uint64_t seed);

/// The ranks of `tokens` tokens of which each takes `top_k` experts; rows of each expert: at most `tokens`. Where there
/// are fewer than tokens x top_k, the last tokens take none.
ExpertExchange route_tokens(const TokenLayout& layout, std::int64_t tokens, std::int64_t top_k,
                            std::span<const std::int64_t> rows_of_expert, std::uint64_t seed);

}  // namespace decodesim
