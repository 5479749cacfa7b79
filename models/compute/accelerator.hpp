// SPDX-License-Identifier: Apache-2.0
// Accelerator: command processor with in-order queues, DMA engine with bounded outstanding bytes, prefetch into SRAM,
// matrix and vector units; towards memory a TLM-2.0 AT socket a tier, towards the network a collective port.
//
//          commands --> [queues] --> [matrix / vector unit] <-- SRAM <-- [DMA] --> tier 0..n
//                           |
//                           +--> collective port
//
// Laws, each a test in test/models/compute/accelerator_test.cpp:
//   1. A kernel takes gap + max(load + tail, busy) + exposed x min(load, busy) + drain.
//   2. A queue runs in order; queues run beside each other; a dependence holds.
//   3. Bytes in flight bound a load's rate: in flight / latency.
//   4. Prefetch hides loads behind what goes before, up to the window, and never loads a byte twice.
//   5. The breakdown of a single queue's step adds up to its latency.
//   6. What the cache has of an operand is not loaded from memory.
//   7. Held, it starts nothing; what it has given up of a step is not executed, and the step ends.
//   8. Above the power limit the cores' part of a kernel takes longer by the clock that is left (power_governor.hpp).
//
// Not modelled: preemption, divergence of cores.
#pragma once

#include <memory>
#include <vector>

#include "models/compute/queue_runner.hpp"

namespace decodesim {

/// Told when an accelerator has completed all commands of a step.
class StepListener {
 public:
  virtual ~StepListener() = default;
  virtual void step_done(std::int32_t rank) = 0;
};

class Accelerator : public Component, public RunnerListener {
 public:
  Accelerator(const sc_core::sc_module_name& name, Context& context, const AcceleratorParameters& parameters,
              std::size_t tiers, std::int32_t rank);

  /// The initiator socket towards memory tier `index`; all must be bound.
  [[nodiscard]] DmaEngine::Socket& memory_socket(std::size_t index) { return dma_.socket(index); }
  /// Where collectives go; may stay unset when no command is one.
  void set_network(CollectivePort& port) { shared_.network = &port; }
  /// This rank's message programs, by Command::program. Must outlive the run.
  void set_programs(std::span<const MessageProgram> programs) { shared_.programs = programs; }

  /// Runs `commands` (which must stay in place until step_done). REQUIRES the last step to be done.
  void run(std::span<const Command> commands, StepListener& listener);

  /// Starts nothing more until release(): what runs comes to its end.
  void hold() { shared_.held = true; }
  void release();
  [[nodiscard]] bool held() const { return shared_.held; }
  /// From the next kernel on, each takes `share` of its time, in parts per million.
  void slow_down(Ratio share) { shared_.slow_down = share; }
  /// Gives up the rest of the step; StepListener::step_done follows now, or when what runs has come to its end.
  /// REQUIRES a step under way.
  void abandon();
  /// How many collectives of each group it has started.
  [[nodiscard]] CollectiveCounts& collectives_started() { return shared_.started; }

  /// As after a long time without work: what was drawn before has no part in the clock any more.
  void rest() { shared_.power.rest(); }

  /// Of queue 0, since the start of the run.
  [[nodiscard]] const Breakdown& breakdown() const { return runners_.front()->breakdown(); }
  [[nodiscard]] const DmaEngine& dma() const { return dma_; }
  [[nodiscard]] const WeightPrefetcher& prefetcher() const { return prefetcher_; }
  [[nodiscard]] const AcceleratorParameters& parameters() const { return parameters_; }

 private:
  void command_completed(std::int64_t index) override;
  void finish_step();
  void pump_all();

  AcceleratorParameters parameters_;
  std::int32_t rank_;
  DmaEngine dma_;
  WeightPrefetcher prefetcher_;
  RunnerShared shared_;
  std::vector<std::unique_ptr<QueueRunner>> runners_;
  StepListener* listener_ = nullptr;
};

}  // namespace decodesim
