// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/system_tree.hpp"

#include <algorithm>

#include "sim/app/scenario/software_kernels.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {
namespace {

// A given mapping that names a part of its own replaces what the accelerator brings; else it overrides single values.
Node laid_over(const Node* below, const Node& given) {
  if (below == nullptr || given.find("use") != nullptr) return given;
  return merged(*below, given);
}

class Expander {
 public:
  Expander(const Catalog& catalog, Diagnostics& diagnostics) : catalog_(catalog), diagnostics_(diagnostics) {}

  // Memory, and perhaps an accelerator in front of it.
  SystemTree expand_memory_alone(const Node& system) {
    SystemTree tree;
    begin_alone(system, "memory", {"network", "software"}, tree);
    expand_memory(system.find("memory"), tree);
    return tree;
  }

  // A network without the NICs, whose place endpoints of their own take.
  SystemTree expand_network_alone(const Node& system) {
    SystemTree tree;
    begin_alone(system, "traffic", {"memory", "software"}, tree);
    const Node* given = system.find("network");
    const Node* nic = given != nullptr ? given->find("nic") : nullptr;
    if (nic != nullptr)
      diagnostics_.error(nic->position(), "nic: traffic is made below the NICs; expected link and switch alone");
    if (given == nullptr && brought_.find("network") == nullptr && loaded_)
      diagnostics_.error(place_, "no network; expected system.network: {topology: .., link: .., switch: ..}");
    alone_ = true;
    expand_network(given, tree);
    return tree;
  }

  SystemTree expand(const Node& system) {
    SystemTree tree;
    schema_detail::report_unknown_keys(system, "system", {"accelerators", "memory", "network", "software"}, {},
                                       diagnostics_);
    if (const Node* given = system.find("accelerators"))
      tree.accelerators = expand_accelerators(*given);
    else
      diagnostics_.error(system.position(), "system lacks 'accelerators'; expected accelerators: {use: .., count: ..}");
    expand_memory(system.find("memory"), tree);
    expand_network(system.find("network"), tree);
    expand_software(system.find("software"), tree);
    return tree;
  }

 private:
  // Checks the keys of a system for a workload that needs nothing but `kind`, and reads its accelerators if any.
  void begin_alone(const Node& system, const std::string& kind, const std::vector<std::string_view>& refused,
                   SystemTree& tree) {
    const std::string what = kind == "traffic" ? "network" : kind;
    for (const Node::Entry& entry : system.entries())
      if (std::find(refused.begin(), refused.end(), entry.key) != refused.end())
        diagnostics_.error(entry.key_position, "a " + kind + " workload has no " + entry.key + "; expected " + what +
                                                   ", and accelerators if any");
    schema_detail::report_unknown_keys(system, "system", {"accelerators", "memory", "network", "software"}, {},
                                       diagnostics_);
    loaded_ = true;
    place_ = system.position();
    if (const Node* given = system.find("accelerators")) tree.accelerators = expand_accelerators(*given);
  }

  // The part that `given` names with its values overridden; `brought` gets the keys that are taken out of the part.
  std::optional<Node> expand_part(PartKind kind, const Node& given, std::string_view path,
                                  const std::vector<std::string>& take_out = {}, Node* brought = nullptr) {
    const std::string name(info_of(kind).name);
    if (!given.is_mapping()) {
      diagnostics_.error(given.position(), std::string(path) + " is " + std::string(given.kind_text()) +
                                               "; expected a mapping with use: and overrides");
      return std::nullopt;
    }
    const Node* use = given.find("use");
    // What the accelerator would have brought cannot be missed when it could not be loaded.
    if (use == nullptr && !loaded_ && kind != PartKind::kAccelerator) return std::nullopt;
    if (use == nullptr) return spelled_out(kind, given, path);
    Part part;
    try {
      part = catalog_.load(kind, *use);
    } catch (const ConfigError& error) {
      for (const Diagnostic& d : error.diagnostics()) diagnostics_.error(d.position, d.message);
      return std::nullopt;
    }
    for (const std::string& key : take_out) {
      const Node* node = part.node.find(key);
      if (node == nullptr) continue;
      brought->set(key, node->position(), *node);
      part.node.erase(key);
    }
    part.node.set("part", use->position(), Node::scalar(part.name, use->position()));
    Node over = given;
    over.erase("use");
    return merged(part.node, over);
  }

  // Without `use:` every parameter has to be there. One that has none at all has just forgotten to name its part.
  std::optional<Node> spelled_out(PartKind kind, const Node& given, std::string_view path) {
    const std::vector<std::string> own{"part", "name", "count", "stacks", "model", "fidelity"};
    const bool any = std::any_of(given.entries().begin(), given.entries().end(), [&own](const Node::Entry& entry) {
      return std::find(own.begin(), own.end(), entry.key) == own.end();
    });
    if (any) return given;
    std::string names;
    for (const std::string& part : catalog_.names(kind)) names += (names.empty() ? "" : ", ") + part;
    diagnostics_.error(given.position(), std::string(path) + " lacks 'use'; expected a part, one of " + names);
    return std::nullopt;
  }

  std::optional<Node> expand_accelerators(const Node& given) {
    brought_ = Node::mapping(given.position());
    auto out = expand_part(PartKind::kAccelerator, given, "accelerators", {"memory", "network", "software"}, &brought_);
    loaded_ = out.has_value();
    place_ = out ? out->position() : given.position();
    return out;
  }

  // The tiers that the accelerator brings, each overridden or added to by the scenario.
  void expand_memory(const Node* given, SystemTree& tree) {
    std::vector<Node> tiers;
    if (const Node* own = brought_.find("memory")) {
      if (own->is_sequence())
        tiers = own->items();
      else
        diagnostics_.error(own->position(),
                           "memory of a part is " + std::string(own->kind_text()) + "; expected a list of tiers");
    }
    if (given != nullptr && given->is_sequence()) {
      lay_tiers(given->items(), tiers);
    } else if (given != nullptr && given->is_mapping()) {
      for (const Node::Entry& entry : given->entries()) override_tier(entry, tiers);
    } else if (given != nullptr) {
      diagnostics_.error(given->position(),
                         "memory is " + std::string(given->kind_text()) + "; expected a list of tiers");
    }
    if (tiers.empty() && loaded_ && (given == nullptr || given->is_sequence()))
      diagnostics_.error(given != nullptr ? given->position() : place_,
                         "no memory; expected system.memory: [{use: .., stacks: ..}]");
    for (const Node& tier : tiers)
      if (auto node = expand_part(PartKind::kMemory, tier, "memory")) tree.memory.push_back(std::move(*node));
  }

  static std::string name_of_tier(const Node& tier) {
    const Node* name = tier.find("name");
    return name != nullptr ? name->text() : "";
  }

  // By name; without one by place.
  static Node* find_tier(std::vector<Node>& tiers, const std::string& name, std::size_t index) {
    if (name.empty()) return index < tiers.size() ? &tiers[index] : nullptr;
    const auto it = std::find_if(tiers.begin(), tiers.end(), [&](const Node& t) { return name_of_tier(t) == name; });
    return it == tiers.end() ? nullptr : &*it;
  }

  // A list says each tier once: a second item would silently undo the first.
  void lay_tiers(const std::vector<Node>& given, std::vector<Node>& tiers) {
    std::vector<bool> said(tiers.size() + given.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      const std::size_t place = lay_tier(given[i], i, tiers);
      const Node* name = tiers[place].find("name");
      if (said[place])
        diagnostics_.error(given[i].position(),
                           "memory tier " + (name != nullptr ? "'" + name->text() + "'" : std::to_string(place)) +
                               " is there twice; expected each tier once");
      said[place] = true;
    }
  }

  // Returns its place among the tiers.
  static std::size_t lay_tier(const Node& given, std::size_t index, std::vector<Node>& tiers) {
    Node* below = find_tier(tiers, name_of_tier(given), index);
    if (below == nullptr) {
      tiers.push_back(given);
      return tiers.size() - 1;
    }
    Node laid = laid_over(below, given);
    const Node* name = below->find("name");
    if (laid.is_mapping() && laid.find("name") == nullptr && name != nullptr) laid.set("name", name->position(), *name);
    *below = std::move(laid);
    return static_cast<std::size_t>(below - tiers.data());
  }

  // `memory: {hbm: {stacks: 6}}`, and what --set system.memory.0.stacks=6 makes.
  void override_tier(const Node::Entry& entry, std::vector<Node>& tiers) {
    const bool index = !entry.key.empty() && entry.key.size() < 6 &&
                       std::all_of(entry.key.begin(), entry.key.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::size_t place = index ? std::stoul(entry.key) : tiers.size();
    Node* below = find_tier(tiers, index ? "" : entry.key, place);
    if (below != nullptr) {
      Node laid = laid_over(below, entry.value);
      const Node* name = below->find("name");
      if (laid.is_mapping() && laid.find("name") == nullptr && name != nullptr)
        laid.set("name", name->position(), *name);
      *below = std::move(laid);
      return;
    }
    std::vector<std::string> known;
    for (const Node& tier : tiers) known.push_back(name_of_tier(tier));
    if (known.empty() && !loaded_) return;
    diagnostics_.error(entry.key_position, "'" + entry.key + "' is no memory tier" + suggestion(entry.key, known));
  }

  void expand_network(const Node* given, SystemTree& tree) {
    const Node* below = brought_.find("network");
    if (given == nullptr && below == nullptr) return;
    Node network = Node::mapping((given != nullptr ? given : below)->position());
    for (const Node* layer : {below, given}) {
      if (layer == nullptr) continue;
      if (!layer->is_mapping()) {
        diagnostics_.error(layer->position(), "network is " + std::string(layer->kind_text()) +
                                                  "; expected topology, switch, link and nic");
        return;
      }
    }
    for (const Node* layer : {below, given})
      if (layer != nullptr)
        for (const Node::Entry& entry : layer->entries())
          network.set(entry.key, entry.key_position, laid_over(network.find(entry.key), entry.value));
    tree.link = network_part(PartKind::kLink, network);
    tree.network_switch = network_part(PartKind::kSwitch, network);
    if (!alone_) tree.nic = network_part(PartKind::kNic, network);
    tree.links = class_parts(PartKind::kLink, "links", network, tree.link);
    tree.switches = class_parts(PartKind::kSwitch, "switches", network, tree.network_switch);
    tree.network = std::move(network);
  }

  std::optional<Node> network_part(PartKind kind, const Node& network) {
    const std::string name(info_of(kind).name);
    const Node* given = network.find(name);
    if (given != nullptr) return expand_part(kind, *given, "network." + name);
    if (loaded_)
      diagnostics_.error(network.position(), "network lacks '" + name + "'; expected " + name + ": {use: ..}");
    return std::nullopt;
  }

  // Single classes, each laid over the part of all others.
  std::vector<ClassTree> class_parts(PartKind kind, const char* group, const Node& network,
                                     const std::optional<Node>& common) {
    std::vector<ClassTree> out;
    const Node* given = network.find(group);
    if (given == nullptr) return out;
    if (!given->is_mapping()) {
      diagnostics_.error(given->position(), std::string(group) + " is " + std::string(given->kind_text()) +
                                                "; expected a mapping of classes, each with use: or overrides");
      return out;
    }
    for (const Node::Entry& entry : given->entries()) {
      const Node laid = laid_over(common ? &*common : nullptr, entry.value);
      if (auto node = expand_part(kind, laid, std::string(group) + "." + entry.key))
        out.push_back({entry.key, entry.key_position, std::move(*node)});
    }
    return out;
  }

  void expand_software(const Node* given, SystemTree& tree) {
    const Node* below = brought_.find("software");
    if (given == nullptr && below == nullptr) {
      if (loaded_)
        diagnostics_.error(tree.accelerators->position(), "no software profile; expected system.software: {use: ..}");
      return;
    }
    tree.software = expand_part(PartKind::kSoftware, given != nullptr ? laid_over(below, *given) : *below, "software");
    if (tree.software) tree.software = with_kernels(std::move(*tree.software), catalog_, diagnostics_);
  }

  const Catalog& catalog_;
  Diagnostics& diagnostics_;
  Node brought_;          // by the accelerator part
  bool loaded_ = false;   // the accelerator part could be read, or there is none to read
  bool alone_ = false;    // of a network: nothing but links and switches
  SourcePosition place_;  // of what lacks a memory or a network
};

}  // namespace

SystemTree expand_system(const Node& system, SystemExtent extent, const Catalog& catalog, Diagnostics& diagnostics) {
  Expander expander(catalog, diagnostics);
  switch (extent) {
    case SystemExtent::kMemory: return expander.expand_memory_alone(system);
    case SystemExtent::kNetwork: return expander.expand_network_alone(system);
    case SystemExtent::kAll: break;
  }
  return expander.expand(system);
}

}  // namespace decodesim
