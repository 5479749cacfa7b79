// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/fast_forwards.hpp"

#include "models/memory/hbf/hbf_memory.hpp"

namespace decodesim {

void FastForwards::before_step(std::int64_t step) {
  for (const FastForward& ahead : plan_.workload.fast_forwards) {
    if (ahead.after_step != step) continue;
    if (windows_.empty()) record(0, 0);
    for (const auto& rank : machine_.ranks())
      for (const auto& tier : rank->memory)
        if (auto* flash = dynamic_cast<HbfMemory*>(tier.get())) flash->fast_forward(ahead.days);
    record(step, windows_.back().days + ahead.days);
  }
}

void FastForwards::record(std::int64_t first_step, std::int64_t days) {
  WindowRecord window;
  window.first_step = first_step;
  window.days = days;
  const Rank& front = *machine_.ranks().front();
  for (std::size_t tier = 0; tier < front.memory.size(); ++tier)
    if (const auto* flash = dynamic_cast<const HbfMemory*>(front.memory[tier].get()))
      window.flash.push_back({plan_.memory[tier].name, flash->condition()});
  windows_.push_back(std::move(window));
}

}  // namespace decodesim
