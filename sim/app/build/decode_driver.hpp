// SPDX-License-Identifier: Apache-2.0
// DecodeDriver: the host of a decode run. Step by step and pipeline stage by stage it has the teams of ranks prepare
// their commands, starts them, waits until all of a stage have finished and records what the step took.
//
// A stage starts its next step when its ranks have finished the one before: what it needs of other stages it waits for
// by messages. A step ends when the last stage has finished it, and its latency is the time since the last stage
// finished the one before (or since the start): in steady state, the time between two tokens of a sequence. So the
// first step of several stages contains the filling of the pipeline.
#pragma once

#include <vector>

#include "sim/app/build/machine.hpp"
#include "sim/app/build/simulate.hpp"
#include "sim/app/build/step_team.hpp"

namespace decodesim {

class DecodeDriver : public Component, public StepListener {
 public:
  DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
               ProgressListener& progress);

  [[nodiscard]] const std::vector<StepRecord>& steps() const { return records_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  /// The all-reduce algorithms in use, in order of first use.
  [[nodiscard]] std::vector<std::string> all_reduce_algorithms() const;
  /// FLOPs of the mathematics of all finished steps, all simulated ranks.
  [[nodiscard]] Int128 flops() const { return flops_; }
  /// Weights that all simulated ranks read in a step.
  [[nodiscard]] Bytes weights_per_step() const;

  Counter steps_done{statistics(), "steps", "1", "Decode steps finished"};
  Counter tokens{statistics(), "tokens", "1", "Tokens produced"};

 private:
  struct Stage {
    std::vector<std::unique_ptr<StepTeam>> teams;
    std::int64_t next_step = 0;
    std::int64_t ranks_running = 0;
    bool due = true;  ///< its next step may begin
    TimePoint began;
    TimePoint front_done;  ///< its first rank, with its part of the present step
    Breakdown before;      ///< of that rank, when the step began
  };

  void start_of_simulation() override;
  void begin_steps();  // SC_METHOD
  void begin_step(std::int64_t index);
  void step_done(std::int32_t rank) override;
  void finish_step(std::int64_t index);
  void record(const Stage& stage);
  void make_teams(Machine& machine);
  [[nodiscard]] std::span<const std::int64_t> contexts_of(std::int64_t step) const;
  [[nodiscard]] std::span<const SequenceStep> sequences_of(std::int64_t step);
  [[nodiscard]] StepPart part_of(std::int64_t stage, std::int64_t replica) const;

  const Plan& plan_;
  ProgressListener& progress_;
  DecodeStepBuilder builder_;
  std::vector<std::int64_t> fixed_contexts_;
  std::vector<SequenceStep> sequences_;  ///< of the step that is being prepared
  std::int64_t total_steps_;             ///< fewer than asked for once the run has been interrupted
  bool folded_;
  std::vector<Stage> stages_;
  std::vector<StepRecord> records_;
  bool interrupted_ = false;
  Int128 flops_ = 0;
  sc_core::sc_event next_{"next"};
};

}  // namespace decodesim
