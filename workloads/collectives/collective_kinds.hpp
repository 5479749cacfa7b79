// SPDX-License-Identifier: Apache-2.0
// The words of collectives: operations, algorithms and protocols, which of them go together, and how sizes are counted.
//
// The size S of a collective of n ranks is counted as nccl-tests counts it, and its bus bandwidth is S / time x factor,
// which a link's bandwidth bounds whatever n is (NVIDIA/nccl-tests, doc/PERFORMANCE.md):
//
//   operation        S                                             factor
//   all_reduce       the vector of every rank                      2 (n - 1) / n
//   all_gather       what every rank has at the end                (n - 1) / n
//   reduce_scatter   what every rank has at the start              (n - 1) / n
//   all_to_all       what every rank has, a part for each rank     (n - 1) / n
//   broadcast        the vector                                    1
//   send_recv        what every rank sends to the next             1
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/config/schema.hpp"

namespace decodesim {

enum class CollectiveOp : std::uint8_t { kAllReduce, kAllGather, kReduceScatter, kAllToAll, kBroadcast, kSendReceive };

enum class CollectiveAlgorithm : std::uint8_t {
  kAuto,
  kOneShot,          ///< everything at once: each rank exchanges with every other
  kOneShotPush,      ///< of all-reduce: the same, written instead of read
  kTwoShot,          ///< of all-reduce: in parts, combined once and then read by all
  kRing,             ///< parts around a ring, or a chain
  kHalvingDoubling,  ///< partners at doubling distances
  kTree,             ///< two binary trees, each rank inside one of them at most
  kHierarchical,     ///< inside each domain, then between the domains, then inside
  kInNetwork,        ///< combined by the switch
  kLibrary           ///< whatever a collective library chooses: no scenario names it
};

/// How a library's messages announce themselves.
enum class CollectiveProtocol : std::uint8_t {
  kAuto,
  kLl,      ///< a flag beside every word: lowest latency, half of the bandwidth
  kLl128,   ///< a flag in every 128-byte line
  kSimple,  ///< a flag after the data
};

std::vector<Choice<CollectiveOp>> collective_op_choices();
/// All that a scenario can name; of `op` those that it has.
std::vector<Choice<CollectiveAlgorithm>> collective_algorithm_choices();
std::vector<Choice<CollectiveAlgorithm>> collective_algorithm_choices(CollectiveOp op);
std::vector<Choice<CollectiveProtocol>> collective_protocol_choices();
std::string_view name_of(CollectiveOp op);
std::string_view name_of(CollectiveAlgorithm algorithm);
std::string_view name_of(CollectiveProtocol protocol);

/// The algorithms that `op` has, kAuto among them.
std::vector<CollectiveAlgorithm> algorithms_of(CollectiveOp op);

/// Numerator and denominator of the bus bandwidth's factor.
struct BusFactor {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
};
BusFactor bus_factor(CollectiveOp op, std::int64_t ranks);

/// The least that has to cross the link of some rank in one direction, whatever the algorithm. `reduced_in_network`:
/// the switch may combine.
Bytes least_traffic(CollectiveOp op, std::int64_t ranks, Bytes size, bool reduced_in_network);

}  // namespace decodesim
