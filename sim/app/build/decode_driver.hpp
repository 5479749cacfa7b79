// SPDX-License-Identifier: Apache-2.0
// DecodeDriver: the host of a decode run. A step is one pass through the model, or some through what drafts for it and
// then one through the model (StepSchedule). Pass by pass it fills the operators, lowers them to commands, hands them
// to every rank and waits until all have finished; it records what the step took.
#pragma once

#include <memory>
#include <vector>

#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/machine.hpp"
#include "sim/app/build/pass_program.hpp"
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
  /// Weights that one rank reads in a pass through the model.
  [[nodiscard]] Bytes weights_per_step() const { return model_.weights(); }
  /// Weights and cached tokens that all ranks had to read in all finished drafting passes.
  [[nodiscard]] Int128 drafting_bytes() const { return drafting_bytes_; }

  Counter steps_done{statistics(), "steps", "1", "Decode steps finished"};
  Counter tokens{statistics(), "tokens", "1", "Tokens produced"};

 private:
  void start_of_simulation() override;
  void run_pass();  // SC_METHOD: the present step's next one, or the first of the next step
  void step_done(std::int32_t rank) override;
  void begin_step();
  void finish_pass();
  void count_drafting(const Pass& pass);
  void finish_step();

  const Plan& plan_;
  Machine& machine_;
  ProgressListener& progress_;
  StepSchedule schedule_;
  const StepWork* work_ = nullptr;  ///< of the present step
  std::size_t pass_ = 0;            ///< of the present step
  std::int64_t total_steps_;
  PassProgram model_;
  std::unique_ptr<PassProgram> draft_;
  CollectivePrograms programs_;
  std::vector<Command> commands_;
  std::vector<StepRecord> records_;
  StepRecord current_;
  Breakdown breakdown_before_;
  std::int64_t ranks_running_ = 0;
  TimePoint rank0_done_;   ///< with its part of the present pass
  Duration rank0_waited_;  ///< for the others, in the present step
  bool programs_set_ = false;
  std::int64_t next_step_ = 0;
  bool interrupted_ = false;
  Int128 flops_ = 0;
  Int128 drafting_bytes_ = 0;
  sc_core::sc_event next_{"next"};
};

}  // namespace decodesim
