// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/network_section.hpp"

#include <filesystem>

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {
namespace {

// Keys of `network` that do not belong to its shape.
const std::vector<std::string> kParts{"switch", "link", "nic", "switches", "links", "fidelity", "packets", "energy"};

// The mapping's node of `key`, or the mapping.
const SourcePosition& place_of(const Node& mapping, std::string_view key) {
  const Node* node = mapping.find(key);
  return node != nullptr ? node->position() : mapping.position();
}

}  // namespace

Schema<PartKeys> PartKeys::schema() {
  return std::move(Schema<PartKeys>("part", "A part of the network")
                       .field("part", &PartKeys::part, "The part's name in the catalog",
                              assumed("named after the part that `use` loads")));
}

Schema<FidelityKeys> FidelityKeys::schema() {
  return std::move(
      Schema<FidelityKeys>("network", "What connects the accelerators")
          .choice<NetworkFidelity>("fidelity", &FidelityKeys::fidelity,
                                   {{"train", NetworkFidelity::kTrain}, {"packet", NetworkFidelity::kPacket}},
                                   "Trains of packets, or every packet by itself", derived("train: it is fast")));
}

template <class P>
void NetworkSection::read_classes(const std::vector<ClassTree>& trees, std::vector<ClassPart<P>>& out,
                                  std::vector<PartKeys>& keys) {
  for (const ClassTree& tree : trees) {
    out.push_back({tree.name, -1, {}});
    reading_.read_both(PartKeys::schema(), keys.emplace_back(), P::schema(), out.back().part, tree.node);
  }
}

void NetworkSection::read() {
  if (!tree_.network) return;
  NetworkPlan& network = reading_.plan.network.emplace();
  read_topology(network);
  read_fidelity(network);
  const Schema<PartKeys> part = PartKeys::schema();
  if (tree_.network_switch)
    reading_.read_both(part, switch_, SwitchParams::schema(), network.network_switch, *tree_.network_switch);
  if (tree_.link) reading_.read_both(part, link_, LinkParams::schema(), network.link, *tree_.link);
  if (tree_.nic) reading_.read_both(part, nic_, NicParams::schema(), network.nic, *tree_.nic);
  read_classes(tree_.links, network.links, link_keys_);
  read_classes(tree_.switches, network.switches, switch_keys_);
}

void NetworkSection::read_topology(NetworkPlan& network) {
  kind_ = kind_of_topology(*tree_.network, reading_.diagnostics);
  network.place = place_of(*tree_.network, "topology");
  if (kind_.empty()) return;
  TopologyKeys::schema(kind_, size_from()).read(flattened(*tree_.network), network.shape, reading_.diagnostics, kParts);
  network.topology = kind_;
  const Node* file = tree_.network->find("file");
  if (file == nullptr || kind_ != "graph") return;
  network.shape.file = reading_.catalog.resolve(*file).string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(network.shape.file, ignored))
    reading_.diagnostics.error(
        file->position(), "file: '" + file->text() +
                              "' does not exist; expected a YAML list of cables or GraphML (.graphml), relative to "
                              "the file that names it");
}

void NetworkSection::read_fidelity(NetworkPlan& network) {
  FidelityKeys keys;
  FidelityKeys::schema().read(only(*tree_.network, {"fidelity"}), keys, reading_.diagnostics);
  network.fidelity = keys.fidelity;
  if (const Node* energy = tree_.network->find("energy"))
    NetworkEnergy::schema().read(*energy, network.energy.emplace(), reading_.diagnostics);
  const Node* packets = tree_.network->find("packets");
  if (packets == nullptr) return;
  if (network.fidelity == NetworkFidelity::kPacket)
    PacketParams::schema().read(*packets, network.packets, reading_.diagnostics);
  else
    reading_.diagnostics.error(packets->position(),
                               "packets: nothing but fidelity packet reads them; expected "
                               "fidelity: packet, or no packets");
}

// The stages are parts of every crossing.
void NetworkSection::check_crossings() {
  const NetworkPlan& network = *reading_.plan.network;
  const Node* packets = tree_.network->find("packets");
  if (network.fidelity != NetworkFidelity::kPacket || packets == nullptr) return;
  Duration least = network.network_switch.crossing;
  for (const auto& part : network.switches) least = std::min(least, part.part.crossing);
  const Duration stages = network.packets.vc_allocation + network.packets.switch_allocation;
  if (stages > least)
    reading_.diagnostics.error(packets->position(), "packets: allocation takes " + to_text(stages) +
                                                        ", longer than a switch's crossing of " + to_text(least) +
                                                        "; expected stages within the crossing");
}

// Where trains travel nothing is said: scenarios that say nothing of it keep their digest.
void NetworkSection::resolve_fidelity() {
  const NetworkPlan& network = *reading_.plan.network;
  if (network.energy)
    reading_.resolve(NetworkEnergy::schema(), tree_.network->find("energy"), *network.energy, "system.network.energy");
  if (network.fidelity == NetworkFidelity::kTrain) return;
  reading_.resolve(FidelityKeys::schema(), &*tree_.network, FidelityKeys{network.fidelity}, "system.network");
  reading_.resolve(PacketParams::schema(), tree_.network->find("packets"), network.packets, "system.network.packets");
}

// At the key that the problem begins with, else at the topology.
void NetworkSection::report(const std::string& problem) {
  const Node* named = tree_.network->find(problem.substr(0, problem.find(':')));
  reading_.diagnostics.error(named != nullptr ? named->position() : place_of(*tree_.network, "topology"), problem);
}

void NetworkSection::check(const SourcePosition& count) {
  if (kind_ == "star")
    check_star(count);
  else
    check_fabric(count);
  check_packets();
  check_crossings();
}

void NetworkSection::check_star(const SourcePosition& count) {
  NetworkPlan& network = *reading_.plan.network;
  if (tree_.accelerators)
    network.shape.endpoints = reading_.plan.accelerators;
  else
    reading_.plan.accelerators = network.shape.endpoints;
  network.fabric = make_fabric(network.shape);
  if (reading_.plan.accelerators > network.network_switch.ports)
    reading_.diagnostics.error(count, std::to_string(reading_.plan.accelerators) + " accelerators on a switch of " +
                                          std::to_string(network.network_switch.ports) +
                                          " ports; expected at most one a port");
  check_classes(tree_.links, {"host"}, network.links);
  check_classes(tree_.switches, {"switch"}, network.switches);
}

void NetworkSection::check_fabric(const SourcePosition& count) {
  NetworkPlan& network = *reading_.plan.network;
  if (network.shape.endpoints == 0) network.shape.endpoints = reading_.plan.accelerators;
  try {
    network.fabric = make_fabric(network.shape);
    if (!tree_.accelerators) reading_.plan.accelerators = network.fabric->topology().endpoints();
    const std::int64_t accelerators = reading_.plan.accelerators;
    const Topology& topology = network.fabric->topology();
    if (accelerators > topology.endpoints())
      reading_.diagnostics.error(count, std::to_string(accelerators) + " accelerators on a " + network.fabric->title() +
                                            ", which has " + std::to_string(topology.endpoints()) +
                                            " endpoints; expected at most one an endpoint");
    check_classes(tree_.links, topology.link_classes, network.links);
    check_classes(tree_.switches, topology.switch_classes, network.switches);
    std::vector<std::int64_t> radix(topology.switch_classes.size(), network.network_switch.ports);
    for (const auto& part : network.switches)
      if (part.index >= 0) radix[static_cast<std::size_t>(part.index)] = part.part.ports;
    check_radix(topology, radix);
    static_cast<void>(check_routing(network.shape, *network.fabric));
  } catch (const TopologyError& error) {
    report(error.what());
  } catch (const ConfigError& error) {
    for (const Diagnostic& d : error.diagnostics()) reading_.diagnostics.error(d.position, d.message);
  }
}

template <class P>
void NetworkSection::check_classes(const std::vector<ClassTree>& trees, const std::vector<std::string>& known,
                                   std::vector<ClassPart<P>>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), parts[i].name);
    if (found == known.end())
      reading_.diagnostics.error(
          trees[i].place, "'" + parts[i].name + "' is no class of a " + kind_ + suggestion(parts[i].name, known));
    else
      parts[i].index = static_cast<std::int32_t>(found - known.begin());
  }
}

void NetworkSection::check_packets() {
  if (!tree_.nic) return;  // nothing but links and switches
  const Plan& plan = reading_.plan;
  const NetworkPlan& network = *plan.network;
  const Bytes packet = network.nic.max_packet + network.nic.packet_overhead;
  if (packet > std::min(network.nic.buffer, network.network_switch.buffer))
    reading_.diagnostics.error(place_of(*tree_.nic, "max_packet"),
                               "a packet of " + to_text(packet) + " does not fit the buffers of NIC and switch, " +
                                   to_text(network.nic.buffer) + " and " + to_text(network.network_switch.buffer) +
                                   "; expected smaller packets or larger buffers");
  if (reduces_in_network(network)) return;
  if (!plan.software.selection.in_network_limit.is_zero() && plan.software.all_reduce == CollectiveAlgorithm::kAuto)
    reading_.diagnostics.error(place_of(*tree_.network_switch, "reduction"),
                               "the software profile reduces in the network, which this switch cannot; expected "
                               "reduction: true, or software.all_reduce.in_network_limit: 0 B");
}

template <class P>
void NetworkSection::resolve_classes(const std::vector<ClassTree>& trees, const std::vector<ClassPart<P>>& parts,
                                     const std::vector<PartKeys>& keys, const std::string& path) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    reading_.resolve(PartKeys::schema(), &trees[i].node, keys[i], path + parts[i].name);
    reading_.resolve(P::schema(), &trees[i].node, parts[i].part, path + parts[i].name);
  }
}

void NetworkSection::resolve() {
  const NetworkPlan& network = *reading_.plan.network;
  const Schema<PartKeys> part = PartKeys::schema();
  TopologyKeys shape = network.shape;
  if (const Node* file = tree_.network->find("file"); file != nullptr && kind_ == "graph") shape.file = file->text();
  const Node given = flattened(*tree_.network);
  reading_.resolve(TopologyKeys::schema(kind_, size_from()), &given, shape, "system.network");
  resolve_fidelity();
  reading_.resolve(part, &*tree_.network_switch, switch_, "system.network.switch");
  reading_.resolve(SwitchParams::schema(), &*tree_.network_switch, network.network_switch, "system.network.switch");
  reading_.resolve(part, &*tree_.link, link_, "system.network.link");
  reading_.resolve(LinkParams::schema(), &*tree_.link, network.link, "system.network.link");
  if (tree_.nic) {
    reading_.resolve(part, &*tree_.nic, nic_, "system.network.nic");
    reading_.resolve(NicParams::schema(), &*tree_.nic, network.nic, "system.network.nic");
  }
  resolve_classes(tree_.links, network.links, link_keys_, "system.network.links.");
  resolve_classes(tree_.switches, network.switches, switch_keys_, "system.network.switches.");
}

}  // namespace decodesim
