// SPDX-License-Identifier: Apache-2.0
// DecodeDriver: the host of a decode run. Step by step it fills the operators for the batch, lowers them to commands,
// hands them to every rank, waits until all have finished and records what the step took.
#pragma once

#include <vector>

#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/lowering.hpp"
#include "sim/app/build/machine.hpp"
#include "sim/app/build/simulate.hpp"

namespace decodesim {

class DecodeDriver : public Component, public StepListener {
 public:
  DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
               ProgressListener& progress);

  [[nodiscard]] const std::vector<StepRecord>& steps() const { return records_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] const CollectivePrograms& programs() const { return programs_; }
  /// FLOPs of the mathematics of all finished steps, one rank.
  [[nodiscard]] Int128 flops() const { return flops_; }
  /// Weights that one rank reads in a step.
  [[nodiscard]] Bytes weights_per_step() const { return weights_per_step_; }

  Counter steps_done{statistics(), "steps", "1", "Decode steps finished"};
  Counter tokens{statistics(), "tokens", "1", "Tokens produced"};

 private:
  void start_of_simulation() override;
  void begin_step();  // SC_METHOD
  void step_done(std::int32_t rank) override;
  [[nodiscard]] std::span<const std::int64_t> contexts_of(std::int64_t step) const;
  void prepare(std::span<const std::int64_t> contexts);
  void record();

  const Plan& plan_;
  Machine& machine_;
  ProgressListener& progress_;
  DecodeStepBuilder builder_;
  std::vector<std::int64_t> fixed_contexts_;
  std::int64_t total_steps_;
  StepProgram step_;
  Placement placement_;
  Lowering lowering_;
  CollectivePrograms programs_;
  std::vector<std::int32_t> program_of_operator_;
  std::vector<Command> commands_;
  std::vector<StepRecord> records_;
  StepRecord current_;
  Breakdown breakdown_before_;
  std::int64_t ranks_running_ = 0;
  TimePoint rank0_done_;  ///< with its part of the present step
  std::int64_t next_step_ = 0;
  bool interrupted_ = false;
  Int128 flops_ = 0;
  Flops step_flops_;
  Bytes weights_per_step_;
  sc_core::sc_event next_{"next"};
};

}  // namespace decodesim
