// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/programs.hpp"

#include <utility>

namespace decodesim {
namespace {

using namespace literals;

MessageProgram empty_program(const CollectiveShape& shape) {
  MessageProgram program;
  program.rank = shape.rank;
  program.group = shape.group;
  return program;
}

/// One message of `kind` to every other rank, the next one first, and as many back.
MessagePhase exchange(const CollectiveShape& shape, MessageKind kind, Bytes bytes, SyncKind sync, Bytes reduced) {
  MessagePhase phase;
  const std::int32_t self = shape.group.position_of(shape.rank);
  for (std::int32_t step = 1; step < shape.group.size; ++step)
    phase.sends.push_back({kind, shape.group.rank_at(self + step), bytes});
  phase.receives = shape.group.size - 1;
  phase.sync = sync;
  phase.reduced = reduced;
  return phase;
}

MessagePhase barrier(const CollectiveShape& shape, SyncKind sync) {
  return exchange(shape, MessageKind::kFlag, 0_B, sync, 0_B);
}

MessagePhase through_switch(const CollectiveShape& shape, Bytes bytes, SyncKind sync) {
  MessagePhase phase;
  phase.sends.push_back({MessageKind::kReduceInSwitch, shape.rank, bytes});
  phase.receives = 1;
  phase.sync = sync;
  return phase;
}

Bytes part_of(const CollectiveShape& shape) {
  return Bytes(checked::narrow(checked::divide_up(shape.bytes.count(), shape.group.size)));
}

}  // namespace

MessageProgram one_shot_all_reduce(const CollectiveShape& shape, bool barrier_at_end) {
  MessageProgram program = empty_program(shape);
  if (shape.group.size == 1) return program;
  program.phases.push_back(barrier(shape, SyncKind::kRelaxed));
  program.phases.push_back(
      exchange(shape, MessageKind::kRead, shape.bytes, SyncKind::kNone, shape.bytes * shape.group.size));
  if (barrier_at_end) program.phases.push_back(barrier(shape, SyncKind::kRelaxed));
  return program;
}

MessageProgram one_shot_push_all_reduce(const CollectiveShape& shape) {
  MessageProgram program = empty_program(shape);
  if (shape.group.size == 1) return program;
  program.phases.push_back(barrier(shape, SyncKind::kRelaxed));
  program.phases.push_back(
      exchange(shape, MessageKind::kData, shape.bytes, SyncKind::kRelaxed, shape.bytes * shape.group.size));
  return program;
}

MessageProgram two_shot_all_reduce(const CollectiveShape& shape) {
  MessageProgram program = empty_program(shape);
  if (shape.group.size == 1) return program;
  const Bytes part = part_of(shape);
  program.phases.push_back(barrier(shape, SyncKind::kRelaxed));
  program.phases.push_back(exchange(shape, MessageKind::kRead, part, SyncKind::kNone, part * shape.group.size));
  program.phases.push_back(barrier(shape, SyncKind::kSystemFence));
  program.phases.push_back(exchange(shape, MessageKind::kRead, part, SyncKind::kNone, 0_B));
  return program;
}

MessageProgram ring_all_reduce(const CollectiveShape& shape, std::int64_t wire_factor, bool library_setup) {
  MessageProgram program = empty_program(shape);
  const std::int32_t ranks = shape.group.size;
  if (ranks == 1) return program;
  if (library_setup) program.phases.push_back({{}, 0, 0_B, SyncKind::kLibrarySetup});
  const Bytes part = part_of(shape);
  const std::int32_t next = shape.group.rank_at(shape.group.position_of(shape.rank) + 1);
  for (std::int32_t step = 0; step < 2 * (ranks - 1); ++step) {
    MessagePhase phase;
    phase.sends.push_back({MessageKind::kData, next, part * wire_factor});
    phase.receives = 1;
    phase.sync = SyncKind::kRelaxed;
    if (step < ranks - 1) phase.reduced = part * 2;
    program.phases.push_back(std::move(phase));
  }
  return program;
}

MessageProgram in_network_all_reduce(const CollectiveShape& shape) {
  MessageProgram program = empty_program(shape);
  if (shape.group.size == 1) return program;
  program.phases.push_back(through_switch(shape, 0_B, SyncKind::kRelaxed));
  program.phases.push_back(through_switch(shape, shape.bytes, SyncKind::kNone));
  return program;
}

MessageProgram one_shot_all_gather(const CollectiveShape& shape) {
  MessageProgram program = empty_program(shape);
  if (shape.group.size == 1) return program;
  program.phases.push_back(barrier(shape, SyncKind::kRelaxed));
  program.phases.push_back(exchange(shape, MessageKind::kData, shape.bytes, SyncKind::kRelaxed, 0_B));
  return program;
}

MessageProgram one_shot_all_to_all(const CollectiveShape& shape) { return one_shot_all_gather(shape); }

MessageProgram send_program(const CollectiveShape& shape) {
  MessageProgram program = empty_program(shape);
  MessagePhase phase;
  phase.sends.push_back({MessageKind::kData, shape.group.rank_at(1), shape.bytes});
  program.phases.push_back(std::move(phase));
  return program;
}

MessageProgram receive_program(const CollectiveShape& shape) {
  MessageProgram program = empty_program(shape);
  MessagePhase phase;
  phase.receives = 1;
  phase.sync = SyncKind::kRelaxed;
  program.phases.push_back(std::move(phase));
  return program;
}

// By symmetry what comes in is what the rank's own messages bring about elsewhere.
Bytes payload_received(const MessageProgram& program) {
  Bytes total;
  for (const MessagePhase& phase : program.phases)
    for (const Message& message : phase.sends)
      if (message.kind != MessageKind::kFlag) total += message.bytes;
  return total;
}

}  // namespace decodesim
