// SPDX-License-Identifier: Apache-2.0
// DecodeDriver: the host of a decode run. Step by step and pipeline stage by stage it has the teams of ranks prepare
// their commands, starts them, waits until all of a stage have finished and records what the step took. A step is one
// pass through the model, or some through what drafts for it and then one through the model (StepSchedule).
//
// A stage starts its next step when its ranks have finished the one before: what it needs of other stages it waits for
// by messages. A step ends when the last stage has finished it, and its latency is the time since the last stage
// finished the one before (or since the start): in steady state, the time between two tokens of a sequence. So the
// first step of several stages contains the filling of the pipeline.
#pragma once

#include <vector>

#include "sim/app/build/fast_forwards.hpp"
#include "sim/app/build/fault_injector.hpp"
#include "sim/app/build/machine.hpp"
#include "sim/app/build/simulate.hpp"
#include "sim/app/build/step_team.hpp"

namespace decodesim {

class DecodeDriver : public Component, public StepListener, public FaultListener {
 public:
  DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
               ProgressListener& progress);

  /// Told to stop after the last step; may stay unset.
  void set_faults(FaultInjector& faults) { faults_ = &faults; }
  /// What the step under way computes is of no use: it comes to its end and is then done again.
  void step_lost() override;

  [[nodiscard]] const std::vector<StepRecord>& steps() const { return records_; }
  [[nodiscard]] const std::vector<WindowRecord>& windows() const { return fast_forwards_.windows(); }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  /// Whether every step has come to its end.
  [[nodiscard]] bool finished() const;
  /// The algorithms in use of one kind, in order of first use.
  [[nodiscard]] std::vector<std::string> algorithms(std::vector<std::string> CollectivePrograms::InUse::*kind) const;
  /// Weights that all simulated ranks had to read in all finished drafting passes, and cached tokens that all ranks had
  /// to.
  [[nodiscard]] Int128 drafting_weights() const { return drafting_weights_; }
  [[nodiscard]] Int128 drafting_cache() const { return drafting_cache_; }
  /// Of all finished steps, all simulated ranks.
  [[nodiscard]] const ExpertReads& expert_reads() const { return expert_reads_; }
  [[nodiscard]] const CacheTraffic& cache_traffic() const { return cache_traffic_; }
  /// FLOPs of the mathematics of all finished steps, all simulated ranks.
  [[nodiscard]] Int128 flops() const { return flops_; }
  /// Weights that all simulated ranks read in a step.
  [[nodiscard]] Bytes weights_per_step() const;

  Counter steps_done{statistics(), "steps", "1", "Decode steps finished"};
  Counter steps_repeated{statistics(), "steps_repeated", "1", "Passes of all ranks that were lost and done again"};
  Counter tokens{statistics(), "tokens", "1", "Tokens produced"};

 private:
  struct Stage {
    std::vector<std::unique_ptr<StepTeam>> teams;
    std::vector<std::unique_ptr<StepTeam>> drafting;  ///< their ranks again; none unless something drafts
    std::int64_t next_step = 0;
    std::size_t pass = 0;  ///< of the next step
    std::int64_t ranks_running = 0;
    bool due = true;     ///< its next pass may begin
    bool lost = false;   ///< the pass under way
    bool again = false;  ///< the step has begun before
    TimePoint began;
    TimePoint front_done;   ///< its first rank, with its part of the present pass
    Duration front_waited;  ///< of that rank for the others, in the present step
    Duration drafting_time;
    Breakdown before;  ///< of that rank, when the step began
  };

  void start_of_simulation() override;
  void begin_passes();  // SC_METHOD
  void begin_step(Stage& stage, bool last);
  void begin_pass(std::int64_t index);
  void step_done(std::int32_t rank) override;
  void finish_pass(std::int64_t index);
  void count_drafting(Stage& stage, const Pass& pass);
  void finish_step(std::int64_t index);
  void record(const Stage& stage);
  void repeat_step(Stage& stage);
  // With a time-out of collectives only.
  void go_on_without_late(std::int32_t rank);
  void rejoin(bool all);
  void make_teams(Machine& machine);
  [[nodiscard]] StepPart part_of(std::int64_t stage, std::int64_t replica);

  const Plan& plan_;
  Machine& machine_;
  std::vector<char> awaited_;  ///< by rank: it is in a pass and was not given up
  std::vector<char> absent_;   ///< by rank: it was given up and has not come back
  FastForwards fast_forwards_;
  FaultInjector* faults_ = nullptr;
  ProgressListener& progress_;
  DecodeStepBuilder builder_;
  std::unique_ptr<DecodeStepBuilder> draft_builder_;
  StepSchedule schedule_;
  std::vector<char> hot_experts_;        ///< of a trace with experts, a flag each; empty: none is hot
  std::vector<SequenceStep> sequences_;  ///< of the pass that is being prepared
  std::int64_t total_steps_;             ///< fewer than asked for once the run has been interrupted
  bool folded_;
  std::vector<Stage> stages_;
  std::vector<StepRecord> records_;
  bool interrupted_ = false;
  Int128 flops_ = 0;
  ExpertReads expert_reads_;
  CacheTraffic cache_traffic_;
  Int128 drafting_weights_ = 0;
  Int128 drafting_cache_ = 0;
  sc_core::sc_event next_{"next"};
};

}  // namespace decodesim
