// SPDX-License-Identifier: Apache-2.0
// Lowering: operators -> commands, as a software profile has it: which kernels an operator becomes, what each starts
// and ends with, where its operands lie and how long ago they were used.
//
// Reuse: weights and cached tokens come round once a step, so that all operands of a step pass through the cache
// between two uses (times the copies that a benchmark cycles through). What a kernel hands to the next has only itself
// in between. On a part whose on-chip memory is a scratchpad, activations that fit stay there.
#pragma once

#include <cstdint>
#include <vector>

#include "models/compute/accelerator_parameters.hpp"
#include "models/compute/command.hpp"
#include "sim/app/build/placement.hpp"
#include "sim/app/build/software_profile.hpp"
#include "workloads/operator.hpp"

namespace decodesim {

class Lowering {
 public:
  /// `placement` must outlive it, and it the commands that it makes.
  Lowering(KernelLibrary library, const AcceleratorParameters& accelerator, const Placement& placement);

  /// Fills `commands` with the step's kernels in order on queue 0, and the host's work at its end; among several stages
  /// it stands before every micro-batch's embedding. Collectives get Command::program from
  /// `program_of_operator` (by operator index; -1 for others). Allocates nothing once it has been filled before.
  void lower(const StepProgram& step, const std::vector<std::int32_t>& program_of_operator,
             std::vector<Command>& commands) const;

 private:
  // Where an operator stands in its step.
  struct Place {
    std::size_t tensor = 0;  // whose weights and addresses it has
    Bytes step_operands;     // of all operators, times the copies that the step cycles through
    bool first = false;
    bool last = false;
  };

  void host_work(std::vector<Command>& commands) const;
  void append(const Operator& op, const Place& place, std::int32_t program, std::vector<Command>& commands) const;
  void gemm(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void quantise(const Operator& op, const Place& place, const MatrixKernel& kernel, std::int64_t rows,
                std::vector<Command>& commands) const;
  void attention(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void kv_append(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void kv_move(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void retrieval(const Operator& op, std::vector<Command>& commands) const;
  // Cached tokens, old or recent.
  [[nodiscard]] Transfer cached(const Region& region, Bytes bytes, Bytes run, const Place& place) const;
  void elementwise(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void row_wise(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void routing(const Operator& op, const Place& place, std::vector<Command>& commands) const;
  void sampling(const Operator& op, std::vector<Command>& commands) const;
  [[nodiscard]] Command kernel(const Operator& op) const;
  [[nodiscard]] Command vector_kernel(const Operator& op, const VectorWork& work) const;
  // From one tier, or two where experts are hot.
  void add_weights(Command& command, const Operator& op, const Place& place) const;
  // Reads and writes the activations of a kernel, unless they stay in the scratchpad.
  void add_input(Command& command, Bytes bytes, const Place& place) const;
  void add_output(Command& command, Bytes bytes, const Place& place) const;
  void add_activations(Command& command, Bytes bytes, bool write, Bytes reuse_distance) const;

  KernelLibrary library_;
  Bytes load_run_;
  Bytes scratchpad_;  // zero: a cache
  const Placement& placement_;
};

}  // namespace decodesim
