// SPDX-License-Identifier: Apache-2.0
// Collectives as a library runs them: algorithm and protocol as a message program for any group of ranks.
//
// S = size as nccl-tests counts it, n = ranks, c = S / n rounded up, d = ranks of a domain, p = 2^floor(log2 n),
// D = depth of a tree of n (n <= 2^D: at most ceil(log2(n + 1)) - 1 below its root... see tree_shape.hpp):
//
//   operation, algorithm              a rank sends                       steps
//   all_reduce ring                   2 (n - 1) c                        2 (n - 1)
//   all_reduce halving_doubling       2 (p - 1) S / p, n = p             2 log2 p; 2 more for other n
//   all_reduce tree                   2 S on average, 2 S (n - 1) in all 2 D
//   all_reduce hierarchical           2 (d - 1) S / d inside, then the tree's share of S / d between domains
//   all_reduce in_network             S (1 + 1 / n) / share              1 a chunk, between two copies
//   all_gather, reduce_scatter ring   (n - 1) c                          n - 1
//     halving_doubling (n = p)        (n - 1) c                          log2 n
//     one_shot                        (n - 1) c                          1
//   all_to_all one_shot               (n - 1) c                          2: a handshake, all messages at once
//   broadcast ring                    S (but the last)                   n - 1, a chunk behind the other
//   broadcast tree                    S on average                       1 + D
//   send_recv one_shot                S                                  2: a handshake, the message
//
// Bytes on the wire are the protocol's line / line_data times these. Tests count them: test/collectives/.
// Sources: P. Patarasuk, X. Yuan, JPDC 2009 (ring); R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of collective
// communication operations in MPICH", IJHPCA 2005 (halving and doubling); P. Sanders, J. Speck, J. Traff, "Two-tree
// algorithms for full bandwidth broadcast, reduction and scan", Parallel Computing 2009 (trees); NVIDIA/nccl
// (BSD-3-Clause), described and not copied: protocols, NVLS, exchanges between pairs.
#pragma once

#include <string>

#include "workloads/collectives/step_writer.hpp"

namespace decodesim {

struct CollectiveRequest {
  CollectiveOp op = CollectiveOp::kAllReduce;
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::kRing;  ///< not kAuto
  CollectiveProtocol protocol = CollectiveProtocol::kSimple;   ///< not kAuto
  Bytes bytes;                                                 ///< S

  /// "ring ll128".
  [[nodiscard]] std::string text() const;
  friend bool operator==(const CollectiveRequest&, const CollectiveRequest&) = default;
};

struct LibraryProgram {
  MessageProgram program;
  Duration estimate;
};

/// The program of `team.rank`, and what it should take.
LibraryProgram library_program(const CollectiveRequest& request, const CollectiveTeam& team,
                               const CollectiveLibrary& library, const MachineCosts& costs);

/// Why a library has no such program for the team; empty: it has.
std::string library_problem(CollectiveOp op, CollectiveAlgorithm algorithm, const CollectiveTeam& team);

/// What a library weighs for `op`: each algorithm with each protocol. `asked`: an algorithm or protocol other than
/// kAuto leaves only that. `reduces`: the network can combine.
std::vector<CollectiveRequest> library_candidates(const CollectiveRequest& asked, const CollectiveTeam& team,
                                                  const CollectiveLibrary& library, bool reduces);

/// Whether the program is the same on all ranks but for a rotation, for ranks in the order of their numbers.
bool is_symmetric(CollectiveOp op, CollectiveAlgorithm algorithm);

}  // namespace decodesim
