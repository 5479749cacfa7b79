// SPDX-License-Identifier: Apache-2.0
// StepTeam: the ranks that run one program: those of one replica in one pipeline stage; or, folded, one rank for all.
// It holds what they share: the step's operators, where their operands lie, and their commands.
#pragma once

#include <vector>

#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/lowering.hpp"
#include "sim/app/build/machine.hpp"

namespace decodesim {

class StepTeam {
 public:
  /// `ranks` of `machine` run `part`; `first` are the sequences of the first step.
  StepTeam(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, Machine& machine,
           std::vector<std::int32_t> ranks, std::span<const SequenceStep> first);
  StepTeam(const StepTeam&) = delete;
  StepTeam& operator=(const StepTeam&) = delete;

  /// Makes the commands of a step of `sequences`. REQUIRES all ranks to have finished the one before.
  void prepare(std::span<const SequenceStep> sequences, const StepPart& part);
  /// Hands them to the ranks.
  void start(StepListener& listener);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ranks_.size()); }
  [[nodiscard]] const Accelerator& front() const;
  /// Of the step that was prepared, one rank.
  [[nodiscard]] Flops flops() const { return flops_; }
  [[nodiscard]] Bytes weights() const { return weights_; }
  [[nodiscard]] const CollectivePrograms& programs() const { return programs_; }

 private:
  const DecodeStepBuilder& builder_;
  Machine& machine_;
  std::vector<std::int32_t> ranks_;
  StepProgram step_;
  Placement placement_;
  Lowering lowering_;
  CollectivePrograms programs_;
  std::vector<std::int32_t> program_of_operator_;
  std::vector<Command> commands_;
  Flops flops_;
  Bytes weights_;
  bool programs_set_ = false;
};

}  // namespace decodesim
