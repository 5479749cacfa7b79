// SPDX-License-Identifier: Apache-2.0
#include "topologies/measures.hpp"

#include <algorithm>

namespace decodesim {
namespace {

void count_parts(const Topology& topology, NetworkMeasures& out) {
  for (const std::string& name : topology.link_classes) out.link_classes.push_back({name, 0, 0});
  for (const std::string& name : topology.switch_classes) out.switch_classes.push_back({name, 0, 0});
  std::vector<std::int64_t> used(topology.nodes.size());
  for (const TopologyCable& cable : topology.cables) {
    ++item(used, cable.a);
    ++item(used, cable.b);
    ++item(out.link_classes, cable.level).count;
  }
  out.endpoints = topology.endpoints();
  out.cables = static_cast<std::int64_t>(topology.cables.size());
  for (std::size_t i = 0; i < used.size(); ++i) {
    const TopologyNode& node = topology.nodes[i];
    if (node.kind == TopologyNode::Kind::kEndpoint) continue;
    ++out.switches;
    ClassCount& of_class = item(out.switch_classes, node.level);
    ++of_class.count;
    of_class.radix = std::max(of_class.radix, used[i]);
    out.radix = std::max(out.radix, used[i]);
  }
  if (out.switches == 0 && !used.empty()) out.radix = *std::max_element(used.begin(), used.end());
}

void sum_prices(const Prices& prices, NetworkMeasures& out) {
  const auto add = [&](const std::vector<ClassCount>& counts, const std::vector<ClassPrice>& each) {
    for (std::size_t i = 0; i < counts.size() && i < each.size(); ++i) {
      out.cost += each[i].cost * counts[i].count;
      out.power += each[i].power * counts[i].count;
    }
  };
  add(out.link_classes, prices.links);
  add(out.switch_classes, prices.switches);
}

}  // namespace

CountedHops count_hops(const Topology& topology, const PortMap& ports, std::int64_t sources) {
  const std::int64_t endpoints = topology.endpoints();
  CountedHops out;
  for (std::int64_t i = 0; i < std::min(sources, endpoints); ++i) {
    const std::int64_t source = sources >= endpoints ? i : i * endpoints / sources;
    const std::vector<std::int32_t> distance = distances_to(topology, ports, to_int32(source));
    for (std::int64_t other = 0; other < endpoints; ++other) {
      out.total += item(distance, other);
      out.longest = std::max<std::int64_t>(out.longest, item(distance, other));
    }
    out.pairs += endpoints - 1;
  }
  return out;
}

NetworkMeasures measure(const Fabric& fabric, const Prices& prices) {
  const Topology& topology = fabric.topology();
  NetworkMeasures out;
  count_parts(topology, out);
  sum_prices(prices, out);
  const ClosedForm closed = fabric.closed_form();
  const PortMap ports(topology);
  out.pairs = out.endpoints * (out.endpoints - 1);
  if (closed.diameter && closed.total_hops) {
    out.diameter = {*closed.diameter, "closed form"};
    out.total_hops = {*closed.total_hops, "closed form"};
  } else {
    const CountedHops counted = count_hops(topology, ports, kMostCounted);
    const bool all = counted.pairs == out.pairs;
    const std::string method = all ? "counted" : "counted from " + std::to_string(kMostCounted) + " of the endpoints";
    out.diameter = {counted.longest, all ? method : method + ": a lower bound"};
    out.total_hops = {counted.total, all ? method : method + ": an estimate"};
    out.pairs = counted.pairs;
  }
  out.bisection = closed.bisection ? *closed.bisection : searched_bisection(topology, ports);
  return out;
}

}  // namespace decodesim
