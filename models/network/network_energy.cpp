// SPDX-License-Identifier: Apache-2.0
#include "models/network/network_energy.hpp"

namespace decodesim {

Schema<NetworkEnergy> NetworkEnergy::schema() {
  const Range<EnergyPerBit> bit{EnergyPerBit(0), EnergyPerBit(1'000'000'000)};
  return std::move(
      Schema<NetworkEnergy>("energy", "What moving bits through the network costs")
          .field("link", &NetworkEnergy::link, bit, "Of a bit over one cable, both ends",
                 assumed("4 pJ/bit, what LLMServingSim takes for a link; 0.3 (UCIe-A) to 5 (PCIe 5) are published"))
          .field("crossing", &NetworkEnergy::crossing, bit, "Of a bit through one switch or router",
                 assumed("1 pJ/bit: buffers and crossbar, a fraction of the link's"))
          .field("switch_power", &NetworkEnergy::switch_power, {Power(0), Power(100'000'000'000)},
                 "What a switch draws all the time", assumed("nothing: it differs widely between parts")));
}

}  // namespace decodesim
