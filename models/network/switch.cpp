// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch.hpp"

#include <numeric>
#include <string>
#include <utility>

namespace decodesim {

Schema<SwitchParams> SwitchParams::schema() {
  return std::move(Schema<SwitchParams>("switch", "A crossbar switch that may reduce in the network")
                       .field("ports", &SwitchParams::ports, {1, 65'536}, "Accelerators that can be connected",
                              cited("HGX H100: eight GPUs on the NVSwitch plane (NVIDIA H100 white paper, 2022)"))
                       .field("crossing", &SwitchParams::crossing, {0_ps, 1_ms},
                              "From a head's arrival to its departure, unblocked",
                              cited("NVSwitch cut-through about 100 ns (Yue Lu, notes on collective latency)"))
                       .field("buffer", &SwitchParams::buffer, {1_B, 1_GiB}, "Bytes on the wire that each input holds",
                              assumed("above bandwidth x credit round trip, 450 GB/s x 0.3 us = 135 kB"))
                       .field("reduction", &SwitchParams::reduction, "Whether it can reduce in the network",
                              cited("NVLink SHARP in NVSwitch gen 3 (NVIDIA, Hot Chips 34, 2022)"))
                       .field("reduction_latency", &SwitchParams::reduction_latency, {0_ps, 1_ms},
                              "From the last contribution's head to the result's",
                              derived("H100 in-switch data path 0.49 us measured, less a crossing of 0.36 us"))
                       .field("reduction_rate", &SwitchParams::reduction_rate, {1_MBps, 1'000'000 * 1_TBps},
                              "Result bytes a second, each group", assumed("line rate: adders at every port")));
}

SwitchWiring SwitchWiring::star(std::int64_t ranks) {
  SwitchWiring wiring;
  wiring.ports = ranks;
  wiring.output.resize(static_cast<std::size_t>(ranks));
  std::iota(wiring.output.begin(), wiring.output.end(), 0);
  return wiring;
}

SwitchWiring SwitchWiring::folded_star() {
  SwitchWiring wiring;
  wiring.ports = 1;
  wiring.output = {0};
  wiring.folded = true;
  return wiring;
}

Switch::Switch(const sc_core::sc_module_name& name, Context& context, const SwitchParams& params, SwitchWiring wiring)
    : Component(name, context),
      params_(params),
      wiring_(std::move(wiring)),
      reductions_({params.reduction, params.reduction_latency, params.reduction_rate}, this->name()) {
  invariant(wiring_.ports >= 1 && wiring_.ports <= params_.ports, "it has fewer ports than are to be connected");
  invariant(!wiring_.folded || wiring_.ports == 1, "a folded switch has one port");
  for (std::int64_t port = 0; port < wiring_.ports; ++port) {
    inputs_.push_back(std::make_unique<Input>(*this));
    outputs_.push_back(std::make_unique<SwitchOutput>(("out" + std::to_string(port)).c_str(), context));
  }
}

SwitchOutput& Switch::towards(std::int32_t rank) {
  invariant(rank >= 0 && static_cast<std::size_t>(rank) < wiring_.output.size(),
            "a train is for a rank without a route");
  return *outputs_[static_cast<std::size_t>(wiring_.output[static_cast<std::size_t>(rank)])];
}

// Called when the head of a train arrives; `arrived` carries the times at the input.
void Switch::accept(const PacketTrain& arrived, CreditReturn& credits) {
  PacketTrain train = arrived;
  train.head = train.head + params_.crossing;
  train.tail = train.tail + params_.crossing;
  trains.add(1);
  trace(EventKind::kTrainArrive, train.id);
  if (train.kind == MessageKind::kReduceInSwitch) return reduce(train, credits);
  payload_in.add(train.payload.count());
  if (wiring_.folded) train = reflected(train);
  towards(train.destination).enqueue(train, &credits);
}

void Switch::reduce(const PacketTrain& train, CreditReturn& credits) {
  credits.return_credit(train.wire, train.tail, train.channel);  // absorbed by the adders
  const RankGroup& group = train.tag.group;
  contributed.add(train.payload.count());
  std::optional<PacketTrain> result = reductions_.contribute(train, wiring_.folded ? group.size : 1);
  if (!result) return;
  reduced.add(result->payload.count());
  trace(EventKind::kReduce, static_cast<std::uint64_t>(result->payload.count()));
  for (std::int32_t position = 0; position < group.size; ++position) {
    const std::int32_t rank = group.rank_at(position);
    if (wiring_.folded && rank != train.source) continue;
    result->source = result->destination = rank;
    multicast.add(result->payload.count());
    towards(rank).enqueue(*result, nullptr);
  }
}

}  // namespace decodesim
