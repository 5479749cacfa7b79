// SPDX-License-Identifier: Apache-2.0
// Dispatch and combine of a mixture of experts as message programs: each token goes to the ranks that have its experts,
// and their results for it come back added up. Plainly, as an all-to-all of what each pair of ranks has for each other;
// or by the network, which copies a token on the way there and adds up its results on the way back.
//
// k_t = ranks other than its own that token t goes to, S = bytes of a token or of a result:
//
//   program               payload out of a rank               payload into a rank
//   dispatch_plain        sum of k_t S over its tokens        S for every token of others that comes to it
//   dispatch_in_network   S for every token with k_t > 0      likewise
//   combine_plain         S for every token it worked on      sum of k_t S over its tokens
//   combine_in_network    likewise                            S for every token with k_t > 0
//
// These are laws: test/collectives/expert_exchange_test.cpp counts the bytes, on the links too.
// Sources: the two halves are those of DeepEP (DeepSeek, MIT licence, described and not copied); graham2020 (see
// models/network/switch.hpp) for what the switch does.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "sim/core/work/message_program.hpp"

namespace decodesim {

/// How a step's tokens travel.
enum class TokenTravel : std::uint8_t {
  kEven,      ///< as many bytes between every two ranks: the mean
  kPlain,     ///< each token where it is routed to, as messages between pairs of ranks
  kInNetwork  ///< likewise, copied and added up by the network
};
std::vector<Choice<TokenTravel>> token_travel_choices();
std::string_view name_of(TokenTravel travel);

/// Which ranks tokens go to.
struct ExpertExchange {
  RankGroup group;
  /// By position of the token's rank and by token: ranks with its experts, ascending, the token's own left out.
  std::vector<std::vector<std::vector<std::int32_t>>> ranks_of_token;
};

/// `bytes`: of a token.
MessageProgram dispatch_plain(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes);
MessageProgram dispatch_in_network(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes);
/// `bytes`: of one rank's result for a token.
MessageProgram combine_plain(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes);
MessageProgram combine_in_network(const ExpertExchange& exchange, std::int32_t rank, Bytes bytes);

}  // namespace decodesim
