// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/hbf_energy.hpp"

namespace decodesim {

HbfEnergy energy_of(const HbfParameters& parameters, const FlashActivity& activity, std::int64_t stacks,
                    Duration elapsed) {
  HbfEnergy out;
  out.read = parameters.page * (activity.senses + activity.refreshed) * parameters.energy.read;
  out.program = parameters.page * activity.programs * parameters.energy.program;
  out.erase = parameters.energy.erase * activity.erases;
  out.idle = parameters.energy.idle * elapsed * stacks;
  return out;
}

}  // namespace decodesim
