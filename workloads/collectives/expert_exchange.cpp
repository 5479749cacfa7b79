// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/expert_exchange.hpp"

#include <algorithm>
#include <utility>

namespace decodesim {
namespace {

using namespace literals;

MessageProgram begun(const ExpertExchange& exchange, std::int32_t rank, MessagePhase barrier) {
  MessageProgram program;
  program.rank = rank;
  program.group = exchange.group;
  program.symmetric = false;
  barrier.sync = SyncKind::kRelaxed;
  program.phases.push_back(std::move(barrier));
  return program;
}

// A flag to every other rank.
MessagePhase flags(const ExpertExchange& exchange, std::int32_t rank) {
  MessagePhase phase;
  const std::int32_t self = exchange.group.position_of(rank);
  for (std::int32_t step = 1; step < exchange.group.size; ++step)
    phase.sends.push_back({MessageKind::kFlag, exchange.group.rank_at(self + step), 0_B});
  phase.receives = exchange.group.size - 1;
  return phase;
}

MessagePhase barrier_in_network(std::int32_t rank) {
  MessagePhase phase;
  phase.sends.push_back({MessageKind::kReduceInSwitch, rank, 0_B});
  phase.receives = 1;
  return phase;
}

const std::vector<std::vector<std::int32_t>>& tokens_of(const ExpertExchange& exchange, std::int32_t rank) {
  return exchange.ranks_of_token.at(static_cast<std::size_t>(exchange.group.position_of(rank)));
}

// Tokens of `from` that go to `to`.
std::int64_t tokens_between(const ExpertExchange& exchange, std::int32_t from, std::int32_t to) {
  const auto& tokens = tokens_of(exchange, from);
  return std::count_if(tokens.begin(), tokens.end(),
                       [to](const auto& ranks) { return std::binary_search(ranks.begin(), ranks.end(), to); });
}

std::int64_t tokens_that_leave(const ExpertExchange& exchange, std::int32_t rank) {
  const auto& tokens = tokens_of(exchange, rank);
  return std::count_if(tokens.begin(), tokens.end(), [](const auto& ranks) { return !ranks.empty(); });
}

// To each other rank, the next one first, a message of `bytes` for each of the tokens that `count(self, other)` says; a
// message comes from each that has some here.
template <class Count>
MessagePhase all_to_all(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes, Count count) {
  MessagePhase phase;
  const std::int32_t self = exchange.group.position_of(rank);
  for (std::int32_t step = 1; step < exchange.group.size; ++step) {
    const std::int32_t peer = exchange.group.rank_at(self + step);
    if (const std::int64_t tokens = count(rank, peer); tokens > 0)
      phase.sends.push_back({MessageKind::kData, peer, bytes * tokens});
    if (count(peer, rank) > 0) ++phase.receives;
  }
  phase.sync = SyncKind::kRelaxed;
  return phase;
}

}  // namespace

std::vector<Choice<TokenTravel>> token_travel_choices() {
  return {{"even", TokenTravel::kEven}, {"plain", TokenTravel::kPlain}, {"in_network", TokenTravel::kInNetwork}};
}

std::string_view name_of(TokenTravel travel) {
  for (const auto& choice : token_travel_choices())
    if (choice.value == travel) return choice.name;
  return "";
}

MessageProgram dispatch_plain(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes) {
  MessageProgram program = begun(exchange, rank, flags(exchange, rank));
  program.phases.push_back(all_to_all(
      exchange, rank, bytes, [&](std::int32_t from, std::int32_t to) { return tokens_between(exchange, from, to); }));
  return program;
}

MessageProgram combine_plain(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes) {
  MessageProgram program = begun(exchange, rank, flags(exchange, rank));
  program.phases.push_back(all_to_all(
      exchange, rank, bytes, [&](std::int32_t from, std::int32_t to) { return tokens_between(exchange, to, from); }));
  for (const auto& ranks : tokens_of(exchange, rank))
    program.phases.back().reduced += bytes * static_cast<std::int64_t>(ranks.size());
  return program;
}

MessageProgram dispatch_in_network(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes) {
  MessageProgram program = begun(exchange, rank, barrier_in_network(rank));
  MessagePhase phase;
  for (const auto& ranks : tokens_of(exchange, rank)) {
    if (ranks.empty()) continue;
    phase.sends.push_back({MessageKind::kMulticast, rank, bytes, static_cast<std::int32_t>(program.sets.size())});
    program.sets.push_back(ranks);
  }
  const std::int32_t self = exchange.group.position_of(rank);
  for (std::int32_t step = 1; step < exchange.group.size; ++step)
    phase.receives += tokens_between(exchange, exchange.group.rank_at(self + step), rank);
  phase.sync = SyncKind::kRelaxed;
  program.phases.push_back(std::move(phase));
  return program;
}

MessageProgram combine_in_network(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes) {
  MessageProgram program = begun(exchange, rank, barrier_in_network(rank));
  MessagePhase phase;
  const std::int32_t self = exchange.group.position_of(rank);
  for (std::int32_t step = 1; step < exchange.group.size; ++step) {
    const std::int32_t peer = exchange.group.rank_at(self + step);
    std::int32_t token = -1;
    for (const auto& ranks : tokens_of(exchange, peer)) {
      ++token;
      if (!std::binary_search(ranks.begin(), ranks.end(), rank)) continue;
      phase.sends.push_back(
          {MessageKind::kCombine, peer, bytes, static_cast<std::int32_t>(program.sets.size()), token});
      program.sets.push_back(ranks);
    }
  }
  phase.receives = tokens_that_leave(exchange, rank);
  phase.sync = SyncKind::kRelaxed;
  program.phases.push_back(std::move(phase));
  return program;
}

}  // namespace decodesim
