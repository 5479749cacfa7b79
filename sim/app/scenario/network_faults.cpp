// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/network_faults.hpp"

#include "sim/app/scenario/network_limits.hpp"
#include "topologies/remaining.hpp"

namespace decodesim {
namespace {

class NetworkFaults {
 public:
  NetworkFaults(Reading& reading, const Node& section) : reading_(reading), section_(section) {}

  void check(const std::vector<Node>& events, const std::vector<Node>& rates) {
    FaultPlan& plan = reading_.plan.faults;
    for (std::size_t i = 0; i < rates.size(); ++i)
      if (plan.rates[i].kind == FaultKind::kLink) can_fail(plan.rates[i].kind, rates[i]);
    for (std::size_t i = 0; i < events.size(); ++i) {
      FaultEvent& event = plan.events[i];
      if (event.kind == FaultKind::kLink) find_cable(event, events[i]);
      if (event.kind == FaultKind::kSwitch) find_switch(event, events[i]);
    }
    if (!sound_) return;
    reading_.plan.network->detour_channels = 1;
    check_rest();
  }

 private:
  void refuse(const SourcePosition& place, const std::string& problem) {
    reading_.diagnostics.error(place, problem);
    sound_ = false;
  }

  bool can_fail(FaultKind kind, const Node& node) {
    const std::string what = kind == FaultKind::kLink ? "a link's failure " : "a switch's failure ";
    const auto& network = reading_.plan.network;
    if (!network || network->topology == "star")
      refuse(node.position(), what +
                                  "needs other ways, and a star has none; expected kind: node, or another "
                                  "system.network.topology");
    else if (network->fidelity == NetworkFidelity::kPacket)
      refuse(node.position(), what + "is not simulated at packet fidelity; expected system.network.fidelity: train");
    else
      return true;
    return false;
  }

  [[nodiscard]] const Topology& topology() const { return reading_.plan.network->fabric->topology(); }

  // -1 and a problem when there is none.
  std::int32_t node_named(const std::string& name, const SourcePosition& place) {
    const auto& nodes = topology().nodes;
    std::vector<std::string> names;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (nodes[n].name == name) return static_cast<std::int32_t>(n);
      names.push_back(nodes[n].name);
    }
    refuse(place, "there is no node '" + name + "' in the network" + suggestion(name, names));
    return -1;
  }

  void find_cable(FaultEvent& event, const Node& node) {
    const Node* place = node.find("from");
    if (place == nullptr || node.find("to") == nullptr || !can_fail(event.kind, node)) return;
    const std::int32_t from = node_named(event.from, place->position());
    const std::int32_t to = from < 0 ? -1 : node_named(event.to, place->position());
    if (to < 0) return;
    const auto& cables = topology().cables;
    for (std::size_t c = 0; c < cables.size(); ++c) {
      const bool here = (cables[c].a == from && cables[c].b == to) || (cables[c].a == to && cables[c].b == from);
      if (!here) continue;
      if (!topology().forwards(from) || !topology().forwards(to))
        return refuse(place->position(), "the link between '" + event.from + "' and '" + event.to +
                                             "' is an accelerator's only one; expected kind: node");
      event.cable = static_cast<std::int32_t>(c);
      gone_.push_back(event.cable);
      return;
    }
    refuse(place->position(),
           "there is no link between '" + event.from + "' and '" + event.to + "'; expected neighbours of the topology");
  }

  void find_switch(FaultEvent& event, const Node& node) {
    const Node* name = node.find("name");
    if (name == nullptr || !can_fail(event.kind, node)) return;
    event.node = node_named(event.name, name->position());
    if (event.node < 0) return;
    if (topology().nodes[static_cast<std::size_t>(event.node)].kind != TopologyNode::Kind::kSwitch)
      return refuse(name->position(), "'" + event.name + "' is an accelerator; expected a switch, or kind: node");
    if (!event.length.is_zero()) return;
    if (reduces_in_network(reading_.plan.software))
      return refuse(node.position(),
                    "a reduction in the network waits for a switch that has failed, and this one does not come back; "
                    "expected 'for', or collectives that the network does not reduce");
    dead_.push_back(event.node);
  }

  // What fails at a time that is known is not counted on, what fails at a rate comes back.
  void check_rest() {
    if (gone_.empty() && dead_.empty()) return;
    const std::int32_t apart = endpoint_cut_off(without(topology(), gone_, dead_));
    if (apart < 0) return;
    const auto name = [this](std::int32_t node) { return topology().nodes[static_cast<std::size_t>(node)].name; };
    reading_.diagnostics.error(section_.find("events")->position(),
                               std::string("without the ") + (dead_.empty() ? "links" : "links and switches") +
                                   " that fail the network does not hang together: " + name(apart) +
                                   ": not connected to " + name(0) + "; expected failures that leave a way");
  }

  Reading& reading_;
  const Node& section_;
  bool sound_ = true;
  std::vector<std::int32_t> gone_;  // cables
  std::vector<std::int32_t> dead_;  // switches
};

}  // namespace

void check_network_faults(Reading& reading, const Node& section, const std::vector<Node>& events,
                          const std::vector<Node>& rates) {
  if (reading.plan.faults.of_network()) NetworkFaults(reading, section).check(events, rates);
}

}  // namespace decodesim
