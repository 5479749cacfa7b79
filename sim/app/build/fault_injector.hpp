// SPDX-License-Identifier: Apache-2.0
// FaultInjector: makes accelerators fail and be slow when a plan says so, and brings them back.
//
//   failure --detection--> known --take over by a spare, or restart--> reload of weights and cached tokens --> goes on
//
// An accelerator that fails starts nothing more: the others meet it no more in their collectives, and wait. Once it (or
// the spare in its place) is back, the step under way comes to its end, is thrown away and done again, because what the
// failed one had computed of it is lost.
//
// Laws, each one a test in test/app/build/faults_test.cpp:
//   1. A failure delays its step by detection, take-over and reload, and by the part of the step that is done twice.
//   2. Every token is produced exactly once.
//   3. Without a spare left, a restart takes the place of the take-over.
//   4. A straggler's kernels take `factor` times their time while it lasts; with factor 0 nothing starts until it ends.
//   5. Faults at random times are the same for one seed.
//   6. With a time-out no step is done again: the others go on without who is missing (collective_engine.hpp), who
//   takes
//      part again from the step after its return. A step takes at most the time-out, and what a late rank's kernel
//      still runs for, longer than without faults.
//   7. What has not begun when the last step ends does not happen.
//
//   8. A cable that fails takes nothing in, nor does a switch; what either has taken in arrives. When that is known,
//   messages go other ways (detours.hpp), what waits for it too; who has no other way waits until it is back.
//
// Not modelled: what the host does meanwhile; kernels cut off in their middle (one that runs comes to its end);
// failures of a spare; several failures at once of one accelerator (the second one falls into the first).
#pragma once

#include <vector>

#include "sim/app/build/machine.hpp"

namespace decodesim {

/// Told that what is under way cannot be used.
class FaultListener {
 public:
  virtual ~FaultListener() = default;
  virtual void step_lost() = 0;
};

class FaultInjector : public Component {
 public:
  /// `resident`: what a rank holds that who takes over has to load.
  FaultInjector(const sc_core::sc_module_name& name, Context& context, const FaultPlan& plan, Machine& machine,
                FaultListener& listener, Bytes resident);

  /// The run is over: nothing more happens.
  void stop();

  Counter failures{statistics(), "failures", "1", "Accelerators that failed"};
  Counter spares_used{statistics(), "spares_used", "1", "Thereof replaced by a spare"};
  Counter link_failures{statistics(), "link_failures", "1", "Cables that failed"};
  Counter switch_failures{statistics(), "switch_failures", "1", "Switches that failed"};
  Counter stragglers{statistics(), "stragglers", "1", "Times that an accelerator was slow"};
  Counter down_ps{statistics(), "down_ps", "ps", "From failures until their replacement went on, summed"};

 private:
  struct Due {
    TimePoint at;
    std::int32_t rank = 0;
    FaultKind kind = FaultKind::kNode;
    bool end = false;
    bool known = false;  ///< of a link or switch: its failure has been detected
    Duration length;
    std::int64_t factor = 0;
    std::int32_t part = -1;  ///< of a link its cable, of a switch its node
    std::int32_t rate = -1;  ///< which of the plan's rates it comes from; -1: none
  };
  struct State {
    bool failed = false;
    std::int64_t slow = 0;  ///< stragglers under way
  };

  void act();  // SC_METHOD
  void schedule(const Due& due);
  // `which` rank, or cable.
  void schedule_random(std::int32_t which, std::int32_t rate, TimePoint from);
  void begin(const Due& due);
  void end(const Due& due);
  void begin_of_network(const Due& due);
  void end_of_network(const Due& due);
  [[nodiscard]] std::vector<FabricNetwork::Channel> channels(const Due& due) const;
  Duration outage();
  Accelerator& core(std::int32_t rank) { return machine_.ranks()[static_cast<std::size_t>(rank)]->core; }

  const FaultPlan& plan_;
  Machine& machine_;
  FaultListener& listener_;
  Bytes resident_;
  std::int64_t spares_left_;
  std::vector<Due> due_;  // ordered by time; those of one time in the order of their scheduling
  std::vector<State> states_;
  RandomStream random_;
  sc_core::sc_event next_{"next"};
};

}  // namespace decodesim
