// SPDX-License-Identifier: Apache-2.0
#include "models/network/router.hpp"

#include <string>

namespace decodesim {

Router::Router(const sc_core::sc_module_name& name, Context& context, const RouterParams& params, std::int32_t node,
               const std::vector<std::int32_t>& channels, const RouteLookup& routes)
    : Component(name, context), params_(params), node_(node), routes_(routes), outputs_(channels.size()) {
  for (std::size_t port = 0; port < channels.size(); ++port)
    if (channels[port] > 0)
      outputs_[port] = std::make_unique<SwitchOutput>(("out" + std::to_string(port)).c_str(), context, channels[port]);
}

SwitchOutput& Router::to(std::int32_t port) {
  const auto index = static_cast<std::size_t>(port);
  invariant(port >= 0 && index < outputs_.size() && outputs_[index] != nullptr, "a way leads to no link");
  return *outputs_[index];
}

std::size_t Router::waiting_trains() const {
  std::size_t count = 0;
  for (const auto& output : outputs_)
    if (output) count += output->waiting_trains();
  return count;
}

void Router::reroute(std::int32_t port) {
  for (const SwitchOutput::Waiting& waiting : to(port).take_all()) {
    PacketTrain train = waiting.train;
    const bool of_tree = TreeReducer::serves(train.kind) && !train.route.begun;
    const std::optional<TrainHop> around = of_tree ? routes_.around(node_, port) : std::nullopt;
    const TrainHop hop = around ? *around : routes_.detour(node_, train);
    const Duration late = std::max(now(), train.head) + params_.crossing - train.head;
    train.head = train.head + late;
    train.tail = train.tail + late;
    train.channel = hop.channel;
    train.route = hop.route;
    if (hop.port != port) rerouted.add(1);
    to(hop.port).enqueue(train, waiting.credits, waiting.came_by);
  }
}

// Called when the head of a train arrives; `arrived` carries the times at the input.
void Router::accept(const PacketTrain& arrived, CreditReturn& credits) {
  trains.add(1);
  trace(EventKind::kTrainArrive, arrived.id);
  PacketTrain train = arrived;
  train.head = train.head + params_.crossing;
  train.tail = train.tail + params_.crossing;
  const bool passes = train.route.begun && train.route.via != node_;
  if (TreeReducer::serves(arrived.kind) && !passes) return reduce(train, credits, arrived.channel);
  payload_in.add(arrived.payload.count());
  if (!train.route.begun) routes_.choose_way(node_, train, *this);
  const TrainHop hop = routes_.next_hop(node_, train);
  train.channel = hop.channel + static_cast<std::int32_t>(hop.route.flow % static_cast<std::uint64_t>(hop.channels));
  train.route = hop.route;
  to(hop.port).enqueue(train, &credits, arrived.channel);
}

void Router::cut(const TrainCut& cut, const CreditReturn& came) {
  payload_in.add(-cut.payload.count());
  TrainCut here = cut;
  here.train.tail = cut.train.tail + params_.crossing;
  for (const auto& output : outputs_)
    if (output && output->cut(here, came)) return;
  invariant(false, "a train is cut that is not here");
}

void Router::serve_reductions(const ReductionParams& params, const TreeLookup& trees) {
  reducer_ = std::make_unique<TreeReducer>(params, node_, trees, name());
}

void Router::reduce(PacketTrain train, CreditReturn& credits, std::int32_t came_by) {
  invariant(reducer_ != nullptr, "a train of a reduction came to a router that does not serve reductions");
  credits.return_credit(train.wire, train.tail, came_by);  // it is kept in the reduction unit
  if (train.kind == MessageKind::kReduceInSwitch || train.kind == MessageKind::kCombine)
    contributed.add(train.payload.count());
  train.route = {};
  const std::span<const TreeReducer::Departure> departures = reducer_->accept(train);
  if (departures.empty())
    absorbed.add(train.payload.count());
  else
    copied.add(train.payload.count() * (static_cast<std::int64_t>(departures.size()) - 1));
  for (const TreeReducer::Departure& departure : departures) {
    const bool up = departure.train.kind == MessageKind::kReduceInSwitch || train.kind == MessageKind::kCombine;
    if (up)
      trace(EventKind::kReduce, static_cast<std::uint64_t>(train.payload.count()));
    else
      multicast.add(train.payload.count());
    send_on_tree(departure);
  }
}

// Or round the cable, where that is known to have failed.
void Router::send_on_tree(const TreeReducer::Departure& departure) {
  const std::optional<TrainHop> around = routes_.around(node_, departure.port);
  if (!around) return to(departure.port).enqueue(departure.train, nullptr);
  PacketTrain train = departure.train;
  train.channel = around->channel;
  train.route = around->route;
  if (around->port != departure.port) rerouted.add(1);
  to(around->port).enqueue(train, nullptr);
}

}  // namespace decodesim
