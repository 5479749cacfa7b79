// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace decodesim {

Schema<SwitchParams> SwitchParams::schema() {
  return std::move(
      Schema<SwitchParams>("switch", "A crossbar switch that may reduce in the network")
          .field("ports", &SwitchParams::ports, {1, 65'536}, "Accelerators that can be connected",
                 cited("HGX H100: eight GPUs on the NVSwitch plane (NVIDIA H100 white paper, 2022)"))
          .field("crossing", &SwitchParams::crossing, {0_ps, 1_ms}, "From a head's arrival to its departure, unblocked",
                 cited("NVSwitch cut-through about 100 ns (Yue Lu, notes on collective latency)"))
          .field("buffer", &SwitchParams::buffer, {1_B, 1_GiB}, "Bytes on the wire that each input holds",
                 assumed("above bandwidth x credit round trip, 450 GB/s x 0.3 us = 135 kB"))
          .field("reduction", &SwitchParams::reduction, "Whether it can reduce in the network",
                 cited("NVLink SHARP in NVSwitch gen 3 (NVIDIA, Hot Chips 34, 2022)"))
          .field("reduction_latency", &SwitchParams::reduction_latency, {0_ps, 1_ms},
                 "From the last contribution's head to the result's",
                 derived("H100 in-switch data path 0.49 us measured, less a crossing of 0.36 us"))
          .field("reduction_rate", &SwitchParams::reduction_rate, {1_MBps, 1'000'000 * 1_TBps},
                 "Result bytes a second, each group", assumed("line rate: adders at every port"))
          .field("reduction_operands", &SwitchParams::reduction_operands, {1, 65'536},
                 "Contributions added up in one pass; more take as many passes, at the rate's fraction",
                 assumed("adders at every port"))
          .field("reduction_table", &SwitchParams::reduction_table, {0, 65'536},
                 "Groups whose reductions it serves; further groups go by the fallback algorithm",
                 assumed("not the limit"))
          .field("reduction_window", &SwitchParams::reduction_window, {1_B, 1024 * 1_GiB},
                 "Bytes that a rank may have contributed and not yet got back, each group",
                 assumed("not the limit: what streams keeps to its link's rate"))
          .field("reduction_short_limit", &SwitchParams::reduction_short_limit, {0_B, 1_GiB},
                 "Messages below this (of one train) are stored whole, then combined, without a stream",
                 assumed("off: everything streams"))
          .field("reduction_stream_setup", &SwitchParams::reduction_stream_setup, {0_ps, 1_ms},
                 "What a stream's first result takes longer", assumed("in reduction_latency"))
          .field("reduction_types", &SwitchParams::reduction_types, "Data types that it adds up, separated by blanks",
                 cited("NVLink SHARP in NVSwitch gen 3: floating point of 16 and 32 bits (NVIDIA, Hot "
                       "Chips 34, 2022)")));
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
      reductions_(params.reduction_unit(), this->name()) {
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
  if (train.kind == MessageKind::kMulticast) return copy(train, credits);
  if (train.kind == MessageKind::kCombine) return combine(train, credits);
  payload_in.add(train.payload.count());
  if (wiring_.folded) train = reflected(train);
  towards(train.destination).enqueue(train, &credits);
}

void Switch::cut(const TrainCut& cut, const CreditReturn& came) {
  payload_in.add(-cut.payload.count());
  TrainCut here = cut;
  if (wiring_.folded) here.train = reflected(cut.train);
  here.train.tail = cut.train.tail + params_.crossing;
  invariant(towards(here.train.destination).cut(here, came), "a train is cut that is not here");
}

void Switch::reduce(const PacketTrain& train, CreditReturn& credits) {
  credits.return_credit(train.wire, train.tail, train.channel);  // absorbed by the adders
  const RankGroup& group = train.tag.group;
  contributed.add(train.payload.count());
  PacketTrain contribution = train;
  if (wiring_.folded) contribution.ranks = group.size;
  std::optional<PacketTrain> result =
      reductions_.contribute(contribution, {group.position_of(train.source), group.size, group.size});
  if (!result) return;
  result->kind = MessageKind::kData;
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

// Copies are kept beside the input's buffer, as results of reductions are.
void Switch::copy(const PacketTrain& train, CreditReturn& credits) {
  invariant(params_.reduction && !wiring_.folded, "it is asked for a multicast that it cannot do");
  credits.return_credit(train.wire, train.tail, train.channel);
  contributed.add(train.payload.count());
  PacketTrain each = train;
  each.kind = MessageKind::kData;
  for (const std::int32_t rank : train.set) {
    each.destination = rank;
    multicast.add(each.payload.count());
    towards(rank).enqueue(each, nullptr);
  }
}

void Switch::combine(const PacketTrain& train, CreditReturn& credits) {
  invariant(!wiring_.folded, "a folded switch cannot add up for one rank");
  credits.return_credit(train.wire, train.tail, train.channel);
  contributed.add(train.payload.count());
  const auto place = std::find(train.set.begin(), train.set.end(), train.source);
  invariant(place != train.set.end(), "a contribution came from outside its set");
  const auto contributors = static_cast<std::int32_t>(train.set.size());
  std::optional<PacketTrain> sum =
      reductions_.contribute(train, {static_cast<std::int32_t>(place - train.set.begin()), contributors, contributors});
  if (!sum) return;
  reduced.add(sum->payload.count());
  trace(EventKind::kReduce, static_cast<std::uint64_t>(sum->payload.count()));
  sum->kind = MessageKind::kData;
  sum->source = sum->set.front();
  multicast.add(sum->payload.count());
  towards(sum->destination).enqueue(*sum, nullptr);
}

}  // namespace decodesim
