// SPDX-License-Identifier: Apache-2.0
// PassProgram: one model of a decode run, its place in memory, and the commands of a pass through it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/lowering.hpp"
#include "sim/app/build/placement.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

class PassProgram {
 public:
  /// The plan's model, or what drafts for it, which is placed behind the model's `before`.
  explicit PassProgram(const Plan& plan) : PassProgram(plan, plan.workload.decode, PassOf::kModel, nullptr) {}
  PassProgram(const Plan& plan, const PassProgram& before)
      : PassProgram(plan, plan.workload.draft.value(), PassOf::kDraft, &before.placement_) {}
  PassProgram(const PassProgram&) = delete;
  PassProgram& operator=(const PassProgram&) = delete;

  /// Fills `commands` with a pass over `sequences`. True when `programs` have new ones for it.
  bool prepare(std::span<const SequenceStep> sequences, CollectivePrograms& programs, std::vector<Command>& commands);

  // Of the pass that was prepared last, one rank.
  [[nodiscard]] Flops flops() const { return flops_; }
  [[nodiscard]] Bytes weights() const { return weights_; }

 private:
  PassProgram(const Plan& plan, const DecodeConfig& config, PassOf of, const Placement* before);
  [[nodiscard]] Placement place(const Plan& plan, PassOf of, const Placement* before);

  DecodeStepBuilder builder_;
  StepProgram step_;
  Placement placement_;
  Lowering lowering_;
  std::vector<std::int32_t> program_of_operator_;
  Flops flops_;
  Bytes weights_;
};

}  // namespace decodesim
