// SPDX-License-Identifier: Apache-2.0
// StepTeam: the ranks that run one program: those of one replica in one pipeline stage; or, folded, one rank for all.
// It holds what they share: the operators of a pass, where their operands lie, and their commands. What drafts for a
// model has teams of its own, of the same ranks.
#pragma once

#include <memory>
#include <vector>

#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/lowering.hpp"
#include "sim/app/build/machine.hpp"
#include "sim/app/metrics/run_result.hpp"

namespace decodesim {

class StepTeam {
 public:
  /// `ranks` of `machine` run `part` of the plan's model.
  StepTeam(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, Machine& machine,
           std::vector<std::int32_t> ranks);
  /// The ranks of `model` run what drafts for it, which `builder` builds and which is placed behind it.
  StepTeam(const Plan& plan, const DecodeStepBuilder& builder, const StepTeam& model);
  StepTeam(const StepTeam&) = delete;
  StepTeam& operator=(const StepTeam&) = delete;

  /// See CollectivePrograms::route().
  void route(std::span<const std::int64_t> expert_rows) { programs_->route(expert_rows); }
  /// Makes the commands of a pass over `sequences`. REQUIRES all ranks to have finished the one before.
  void prepare(std::span<const SequenceStep> sequences, const StepPart& part);
  /// Hands them to the ranks.
  void start(StepListener& listener);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ranks_.size()); }
  [[nodiscard]] const Accelerator& front() const;
  /// Of the pass that was prepared, one rank.
  [[nodiscard]] Flops flops() const { return flops_; }
  [[nodiscard]] Bytes weights() const { return weights_; }
  [[nodiscard]] const ExpertReads& experts() const { return experts_; }
  [[nodiscard]] const CacheTraffic& cache() const { return cache_; }
  [[nodiscard]] const CollectivePrograms& programs() const { return *programs_; }

 private:
  void hold_data();

  const DecodeStepBuilder& builder_;
  Machine& machine_;
  std::vector<std::int32_t> ranks_;
  StepProgram step_;
  Placement placement_;
  Lowering lowering_;
  std::shared_ptr<CollectivePrograms> programs_;  ///< of these ranks
  std::vector<std::int32_t> program_of_operator_;
  std::vector<Command> commands_;
  Flops flops_;
  Bytes weights_;
  ExpertReads experts_;
  CacheTraffic cache_;
  bool programs_set_ = false;
};

}  // namespace decodesim
