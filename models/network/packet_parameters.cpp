// SPDX-License-Identifier: Apache-2.0
#include "models/network/packet_parameters.hpp"

namespace decodesim {

using namespace literals;

Schema<PacketParams> PacketParams::schema() {
  using P = PacketParams;
  return std::move(
      Schema<P>("packets", "What packet fidelity says of switches beyond what both fidelities say")
          .field("flit", &P::flit, {0_B, 1_MiB}, "Unit of the crossbar and of credits; 0 B: a packet moves as a whole",
                 assumed("0 B: virtual cut-through"))
          .field("vc_allocation", &P::vc_allocation, {0_ps, 1_ms},
                 "Of the crossing: from a packet's being given a virtual channel to its asking for the crossbar",
                 assumed("none: all of the crossing comes after the crossbar's allocation"))
          .field("switch_allocation", &P::switch_allocation, {0_ps, 1_ms},
                 "Of the crossing: from the crossbar's being granted to the flit's leaving its queue", assumed("none"))
          .choice<Arbitration>(
              "arbitration", &P::arbitration, {{"age", Arbitration::kAge}, {"round_robin", Arbitration::kRoundRobin}},
              "Who is served first: who has waited longest at this router, or ports and channels in turn",
              assumed("age: as trains are served"))
          .choice<Queueing>("queueing", &P::queueing,
                            {{"virtual_output", Queueing::kVirtualOutput}, {"channel", Queueing::kChannel}},
                            "Queues in each virtual channel of an input: one for every output, or one",
                            assumed("virtual_output: as trains wait, and as large switches are built"))
          .field("input_speedup", &P::input_speedup, {1, 64}, "Rate of the crossbar's inputs over that of the links",
                 assumed("4: the crossbar is not the limit, as for trains; 2 costs a few percent on a star")));
}

}  // namespace decodesim
