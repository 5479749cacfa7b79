// SPDX-License-Identifier: Apache-2.0
// Lowering: operators -> commands, as a software profile has it: which kernels an operator becomes, what each starts
// and ends with, and where its operands lie.
#pragma once

#include <cstdint>
#include <vector>

#include "models/compute/command.hpp"
#include "sim/app/build/placement.hpp"
#include "sim/app/build/software_profile.hpp"
#include "workloads/operator.hpp"

namespace decodesim {

class Lowering {
 public:
  /// `load_run`: contiguous bytes of weights that a core asks for at a time. `placement` must outlive it.
  Lowering(const KernelParameters& kernels, Bytes load_run, const Placement& placement);

  /// Fills `commands` with the step's kernels in order on queue 0, and the host's work at its end; among several stages
  /// it stands before every micro-batch's embedding. Collectives get Command::program from
  /// `program_of_operator` (by operator index; -1 for others). Allocates nothing once it has been filled before.
  void lower(const StepProgram& step, const std::vector<std::int32_t>& program_of_operator,
             std::vector<Command>& commands) const;

 private:
  void host_work(std::vector<Command>& commands) const;
  void append(const Operator& op, std::size_t index, std::int32_t program, std::vector<Command>& commands) const;
  void gemm(const Operator& op, std::size_t index, std::vector<Command>& commands) const;
  void attention(const Operator& op, std::size_t index, std::vector<Command>& commands) const;
  void kv_append(const Operator& op, std::size_t index, std::vector<Command>& commands) const;
  void elementwise(const Operator& op, std::size_t index, std::vector<Command>& commands) const;
  void row_wise(const Operator& op, std::size_t index, std::vector<Command>& commands) const;
  void sampling(const Operator& op, std::vector<Command>& commands) const;
  [[nodiscard]] Command kernel(const Operator& op) const;
  [[nodiscard]] Transfer weights(const Operator& op, std::size_t index) const;

  KernelParameters kernels_;
  Bytes load_run_;
  const Placement& placement_;
};

}  // namespace decodesim
