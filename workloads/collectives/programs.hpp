// SPDX-License-Identifier: Apache-2.0
// Collectives as message programs: what one rank sends, waits for and combines. Plain functions; the machine decides
// how long it takes.
//
// Every program is the same on all ranks but for a rotation of the group: a rank addresses the next one first, then the
// one after it, and so on, so that no two ranks send to the same one in the same turn.
//
// S = bytes of the vector, N = ranks, c = S / N rounded up (the part of every rank; the last is padded):
//
//   program                payload into each rank     phases
//   one_shot               (N - 1) S                  barrier, read every peer's S and combine N S [, barrier]
//   one_shot_push          (N - 1) S                  barrier, write S to every peer, combine N S
//   two_shot               2 (N - 1) c                barrier, read c of every peer and combine, fenced barrier, read c
//   ring                   2 (N - 1) c x lines        2 (N - 1) steps to the neighbour, the first N - 1 combine
//   in_network             S                          barrier in the switch, S through the switch
//   all_gather             (N - 1) S                  barrier, write own S to every peer
//   all_to_all             (N - 1) S                  barrier, write S of one's own to every peer, a different S to
//   each send, receive          S                          write S to the peer; wait for it
//
// These are laws: test/collectives/programs_test.cpp counts the bytes.
// Sources: one-shot and two-shot with flags in peer memory: vLLM custom_all_reduce.cuh and TensorRT-LLM
// customAllReduceKernels.cu, Apache-2.0, described and not copied; ring: P. Patarasuk, X. Yuan, "Bandwidth optimal
// all-reduce algorithms for clusters of workstations", JPDC 2009; in-network: graham2020 (see
// models/network/switch.hpp).
#pragma once

#include <cstdint>

#include "sim/core/work/message_program.hpp"

namespace decodesim {

/// Who takes part, who this program is for, and how long the vector is.
struct CollectiveShape {
  RankGroup group;
  std::int32_t rank = 0;
  Bytes bytes;  ///< all-reduce: of the vector; all-gather: of this rank's part; all-to-all: for each other rank
};

/// All-reduce: every rank reads the whole vector of every other and combines for itself.
/// `barrier_at_end`: nobody goes on before all have read (the vectors may be overwritten at once).
MessageProgram one_shot_all_reduce(const CollectiveShape& shape, bool barrier_at_end);

/// All-reduce: every rank writes its whole vector to every other, each combines for itself.
MessageProgram one_shot_push_all_reduce(const CollectiveShape& shape);

/// All-reduce: every rank combines its part of the vector, reading it from all others; then reads all other parts.
MessageProgram two_shot_all_reduce(const CollectiveShape& shape);

/// All-reduce: parts go around the ring twice, to be combined and to be spread. `wire_factor`: bytes written for a byte
/// of data (2 for lines that are half flag); `library_setup`: run by a library that has to prepare itself first.
MessageProgram ring_all_reduce(const CollectiveShape& shape, std::int64_t wire_factor, bool library_setup);

/// All-reduce in the switch, after a barrier that is an empty reduction there.
MessageProgram in_network_all_reduce(const CollectiveShape& shape);

/// All-gather: every rank writes its part to every other.
MessageProgram one_shot_all_gather(const CollectiveShape& shape);

/// All-to-all: every rank writes to every other what is for it. On the wire it is an all-gather.
MessageProgram one_shot_all_to_all(const CollectiveShape& shape);

/// A message to the next member of a group of two, and its counterpart. The sender goes on at once.
MessageProgram send_program(const CollectiveShape& shape);
MessageProgram receive_program(const CollectiveShape& shape);

/// Payload that comes to this rank when the program runs.
Bytes payload_received(const MessageProgram& program);

}  // namespace decodesim
