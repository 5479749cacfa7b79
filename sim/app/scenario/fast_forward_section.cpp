// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/fast_forward_section.hpp"

namespace decodesim {

Schema<FastForward> FastForwardSection::schema() {
  using F = FastForward;
  return std::move(Schema<F>("a fast-forward", "Time that passes between two steps at the rates of those before")
                       .field("after_step", &F::after_step, {1, 10'000'000}, "After so many steps", required())
                       .field("days", &F::days, {1, 36'500}, "How long", required()));
}

void FastForwardSection::read(const Node* list) {
  if (list == nullptr) return;
  if (!list->is_sequence()) {
    reading_.diagnostics.error(list->position(), "fast_forward is " + std::string(list->kind_text()) +
                                                     "; expected a list of mappings with after_step and days");
    return;
  }
  for (const Node& node : list->items()) {
    schema().read(node, reading_.plan.workload.fast_forwards.emplace_back(), reading_.diagnostics);
    nodes_.push_back(node);
  }
}

void FastForwardSection::check() {
  const Plan& plan = reading_.plan;
  Diagnostics& diagnostics = reading_.diagnostics;
  if (nodes_.empty()) return;
  const SourcePosition& place = nodes_.front().position();
  bool flash = false;
  for (const MemoryPlan& tier : plan.memory) {
    flash = flash || tier.hbf.has_value();
    if (tier.hbf && tier.hbf->writes == FlashWrites::kZones)
      diagnostics.error(place, "fast_forward: in zones the host decides what wears; expected writes: log of tier '" +
                                   tier.name + "'");
  }
  if (!flash) diagnostics.error(place, "fast_forward: nothing here ages; expected a memory tier of flash");
  if (plan.workload.decode.parallel.pipeline > 1)
    diagnostics.error(
        place, "fast_forward: a pipeline's stages are in different steps; expected mapping.parallel.pipeline: 1");
  std::int64_t before = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::int64_t step = plan.workload.fast_forwards[i].after_step;
    if (step <= before || step >= plan.workload.steps)
      diagnostics.error(nodes_[i].find("after_step")->position(),
                        "after_step: " + std::to_string(step) + " is not between two steps of this window; expected " +
                            std::to_string(before + 1) + " to " + std::to_string(plan.workload.steps - 1));
    before = std::max(before, step);
  }
}

void FastForwardSection::resolve() {
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    reading_.resolve(schema(), &nodes_[i], reading_.plan.workload.fast_forwards[i],
                     "workload.fast_forward." + std::to_string(i));
}

}  // namespace decodesim
