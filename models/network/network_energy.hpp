// SPDX-License-Identifier: Apache-2.0
// NetworkEnergy: what moving a bit through a network costs, and what its switches draw anyway.
//
//   energy = bits over cables x link + bits into switches and routers x crossing + switches x switch_power x time
#pragma once

#include "sim/core/config/schema.hpp"

namespace decodesim {

struct NetworkEnergy {
  EnergyPerBit link{4'000'000};
  EnergyPerBit crossing{1'000'000};
  Power switch_power;

  static Schema<NetworkEnergy> schema();
};

}  // namespace decodesim
