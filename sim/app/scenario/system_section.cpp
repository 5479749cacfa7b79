// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/system_section.hpp"

#include "models/memory/dram/address_map.hpp"
#include "models/memory/dram/constraint_table.hpp"
#include "models/memory/hbf/flash_translation.hpp"

namespace decodesim {
namespace {

// Names of modules beside the tiers in an accelerator.
constexpr std::string_view kReservedNames[] = {"core", "collectives", "nic"};

bool is_word(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 40 && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; }) &&
         std::find(std::begin(kReservedNames), std::end(kReservedNames), text) == std::end(kReservedNames);
}

const Provenance kUnnamed = assumed("named after the part that `use` loads");

// The mapping's node of `key`, or the mapping.
const SourcePosition& place_of(const Node& mapping, std::string_view key) {
  const Node* node = mapping.find(key);
  return node != nullptr ? node->position() : mapping.position();
}

std::vector<std::string> problems_of(const HbfParameters& hbf) {
  std::vector<std::string> out = hbf.problems();
  return out.empty() ? FlashTranslation::problems(hbf) : out;
}

// What contradicts itself in a part, at either fidelity: a part is one part, whichever model reads it.
std::vector<std::string> problems_of(const DramParameters& dram) {
  std::vector<std::string> out = dram.problems();
  if (!out.empty()) return out;  // the others presume that there are none
  out = ConstraintTable::problems(dram);
  const std::vector<std::string> map = AddressMap::problems(dram);
  out.insert(out.end(), map.begin(), map.end());
  return out;
}

}  // namespace

Schema<AcceleratorsKeys> AcceleratorsKeys::schema() {
  return std::move(Schema<AcceleratorsKeys>("accelerators", "The accelerators of the machine, all alike")
                       .field("part", &AcceleratorsKeys::part, "The part's name in the catalog", kUnnamed)
                       .field("count", &AcceleratorsKeys::count, {1, 65'536}, "How many",
                              derived("the product of mapping.parallel")));
}

Schema<MemoryKeys> MemoryKeys::schema() {
  return std::move(
      Schema<MemoryKeys>("memory", "One memory tier of every accelerator")
          .field("part", &MemoryKeys::part, "The part's name in the catalog", kUnnamed)
          .field("name", &MemoryKeys::name, "What mapping.placement calls the tier", derived("'hbm' for a lone tier"))
          .field("stacks", &MemoryKeys::stacks, {1, 1024}, "Stacks (or modules) an accelerator", assumed("one"))
          .choice<MemoryModel>("model", &MemoryKeys::model,
                               {{"dram", MemoryModel::kDram}, {"flat", MemoryModel::kFlat}, {"hbf", MemoryModel::kHbf}},
                               "Banks, rows and refresh; bandwidth and latency alone; or planes of flash", required())
          .choice<Fidelity>(
              "fidelity", &MemoryKeys::fidelity,
              {{"train", Fidelity::kTrain}, {"command", Fidelity::kCommand}, {"page", Fidelity::kPage}},
              "Arithmetic for each train, every DRAM command, or every page operation of flash",
              derived("train: it is fast; command for a memory trace, which has no trains; page for flash that a "
                      "memory workload drives")));
}

Schema<SoftwarePlan> software_schema() {
  return std::move(Schema<SoftwarePlan>("software", "A software profile")
                       .field("part", &SoftwarePlan::part, "The part's name in the catalog", kUnnamed)
                       .nested("kernels", &SoftwarePlan::kernels, KernelParameters::schema())
                       .nested("gemm", &SoftwarePlan::gemm, MatrixKernels::schema())
                       .nested("experts", &SoftwarePlan::experts, MatrixKernels::schema())
                       .nested("attention", &SoftwarePlan::attention, AttentionKernels::schema())
                       .nested("collectives", &SoftwarePlan::collectives, CollectiveParams::schema())
                       .nested("all_reduce", &SoftwarePlan::selection, AllReduceSelection::schema())
                       .nested("library", &SoftwarePlan::library, CollectiveLibrary::schema()));
}

void SystemSection::read(const Node& system, const SystemNeeds& needs) {
  needs_ = needs;
  position_ = system.position();
  if (!system.is_mapping()) {
    reading_.diagnostics.error(system.position(), "system is " + std::string(system.kind_text()) +
                                                      "; expected accelerators, memory, network and software");
    return;
  }
  tree_ = expand_system(system, needs.extent, reading_.catalog, reading_.diagnostics);
  if (const Node* given = system.find("accelerators")) position_ = given->position();
  if (tree_.accelerators) read_accelerators();
  for (const Node& node : tree_.memory) read_memory(node);
  network_.read();
  if (tree_.software) software_schema().read(*tree_.software, reading_.plan.software, reading_.diagnostics);
}

void SystemSection::read_accelerators() {
  Plan& plan = reading_.plan;
  reading_.read_both(AcceleratorsKeys::schema(), accelerators_, AcceleratorParameters::schema(), plan.accelerator,
                     *tree_.accelerators);
  plan.accelerators = accelerators_.count;
  plan.accelerator_part = accelerators_.part;
  const Node* given = count();
  if (needs_.extent != SystemExtent::kMemory || plan.accelerators == 1 || given == nullptr) return;
  reading_.diagnostics.error(given->position(),
                             "count: a memory workload drives the memory of one accelerator, not of " +
                                 std::to_string(plan.accelerators) + "; expected 1");
}

void SystemSection::read_memory(const Node& node) {
  const Schema<MemoryKeys> own = MemoryKeys::schema();
  MemoryKeys keys;
  MemoryPlan memory;
  const Node own_part = node.is_mapping() ? only(node, keys_of(own)) : node;
  own.read(own_part, keys, reading_.diagnostics);
  if (keys.name.empty()) keys.name = default_name(keys.model);
  if (!is_word(keys.name))
    reading_.diagnostics.error(place_of(node, "name"), "name: '" + keys.name +
                                                           "' cannot name a memory tier; expected letters, digits and "
                                                           "'_', and none of core, collectives, nic");
  for (const MemoryKeys& other : memory_)
    if (other.name == keys.name)
      reading_.diagnostics.error(place_of(node, "name"),
                                 "two memory tiers are named '" + keys.name + "'; expected a name of its own each");
  if (node.find("model") != nullptr) read_parameters(node, keys, memory);
  read_fidelity(node, keys);
  memory.name = keys.name;
  memory.part = keys.part;
  memory.stacks = keys.stacks;
  memory.fidelity = keys.fidelity;
  memory_.push_back(std::move(keys));
  reading_.plan.memory.push_back(std::move(memory));
}

// "hbm" and "hbf"; of later ones with their place among the tiers.
std::string SystemSection::default_name(MemoryModel model) const {
  const std::string base = model == MemoryModel::kHbf ? "hbf" : "hbm";
  const bool taken = std::any_of(memory_.begin(), memory_.end(), [&](const MemoryKeys& k) { return k.name == base; });
  return !taken && (memory_.empty() || model == MemoryModel::kHbf) ? base : base + std::to_string(memory_.size());
}

void SystemSection::read_parameters(const Node& node, const MemoryKeys& keys, MemoryPlan& memory) {
  const std::vector<std::string> own = keys_of(MemoryKeys::schema());
  switch (keys.model) {
    case MemoryModel::kDram:
      return DramParameters::schema().read(node, memory.dram.emplace(), reading_.diagnostics, own);
    case MemoryModel::kFlat:
      return FlatMemoryParameters::schema().read(node, memory.flat.emplace(), reading_.diagnostics, own);
    case MemoryModel::kHbf: return HbfParameters::schema().read(node, memory.hbf.emplace(), reading_.diagnostics, own);
  }
}

void SystemSection::read_fidelity(const Node& node, MemoryKeys& keys) {
  const Node* given = node.find("fidelity");
  const bool driven = needs_.commands && memory_.empty();  // the first tier
  if (driven && given == nullptr) keys.fidelity = Fidelity::kCommand;
  const bool measured = needs_.extent == SystemExtent::kMemory && memory_.empty() && !driven;
  if (measured && given == nullptr && keys.model == MemoryModel::kHbf) keys.fidelity = Fidelity::kPage;
  const SourcePosition& place = place_of(node, given != nullptr ? "fidelity" : "part");
  if (node.find("model") != nullptr && (keys.fidelity == Fidelity::kPage) > (keys.model == MemoryModel::kHbf))
    reading_.diagnostics.error(place, "fidelity: only flash has pages; expected train, or model: hbf");
  else if (driven && keys.model == MemoryModel::kHbf)
    reading_.diagnostics.error(place, "a trace drives DRAM, and this is flash; expected a pattern, or model: dram");
  else if (keys.fidelity == Fidelity::kCommand && keys.model == MemoryModel::kHbf && node.find("model") != nullptr)
    reading_.diagnostics.error(place, "fidelity: flash has no DRAM commands; expected train or page");
  else if (keys.fidelity == Fidelity::kCommand && keys.model == MemoryModel::kFlat && node.find("model") != nullptr)
    reading_.diagnostics.error(place, given != nullptr
                                          ? "fidelity: a flat memory has no commands; expected train, or model: dram"
                                          : "a trace needs the commands of a memory, and a flat one has none; expected "
                                            "model: dram");
  else if (driven && keys.fidelity == Fidelity::kTrain && !reading_.diagnostics.has_error_at(place))
    reading_.diagnostics.error(place,
                               "fidelity: a trace has no trains: its accesses come one by one; expected command");
}

const Node* SystemSection::count() const { return tree_.accelerators ? tree_.accelerators->find("count") : nullptr; }

std::vector<std::string> SystemSection::tier_names() const {
  std::vector<std::string> out;
  for (const MemoryKeys& keys : memory_) out.push_back(keys.name);
  return out;
}

void SystemSection::check() {
  accelerators_.count = reading_.plan.accelerators;
  if (tree_.accelerators)
    reading_.report_problems(*tree_.accelerators, reading_.plan.accelerator.problems(), "accelerators");
  for (std::size_t tier = 0; tier < memory_.size(); ++tier) check_memory(tier);
  for (const std::string& problem : reading_.plan.software.library.problems()) {
    const Node* named = find_path(*tree_.software, "library." + problem.substr(0, problem.find(':')));
    reading_.diagnostics.error((named != nullptr ? *named : *tree_.software).position(), "library: " + problem);
  }
  check_network();
}

void SystemSection::check_memory(std::size_t tier) {
  const MemoryPlan& memory = reading_.plan.memory[tier];
  const Node& node = tree_.memory[tier];
  const auto absurd = [&](const OverflowError&) {
    reading_.diagnostics.error(place_of(node, "stacks"), "memory " + memory.name + ": " +
                                                             std::to_string(memory.stacks) +
                                                             " stacks exceed what 64 bits count; expected less");
  };
  try {
    if (memory.dram) {
      const std::vector<std::string> problems = problems_of(*memory.dram);
      reading_.report_problems(node, problems, "memory " + memory.name);
      if (!problems.empty()) return;
      static_cast<void>(memory.dram->peak() * memory.stacks), static_cast<void>(memory.dram->capacity * memory.stacks);
      if (memory.fidelity == Fidelity::kCommand) check_commands(memory, node);
    } else if (memory.hbf) {
      reading_.report_problems(node, problems_of(*memory.hbf), "memory " + memory.name);
      static_cast<void>(memory.hbf->host * memory.stacks), static_cast<void>(memory.hbf->capacity * memory.stacks);
    } else {
      static_cast<void>(memory.flat->bandwidth * memory.stacks);
      static_cast<void>(memory.flat->capacity * memory.stacks);
    }
  } catch (const OverflowError& error) {
    absurd(error);
  }
}

// What only command fidelity reads; a controller is simulated for every pseudo-channel.
void SystemSection::check_commands(const MemoryPlan& memory, const Node& node) {
  constexpr std::int64_t kMostControllers = 16'384;
  const DramParameters& dram = *memory.dram;
  const std::string owner = "memory " + memory.name;
  const std::vector<std::string> problems = ConstraintTable::problems(dram);
  reading_.report_problems(node, problems, owner);
  if (problems.empty()) {
    const Node* map = find_path(node, "controller.address_map");
    for (std::string problem : AddressMap::problems(dram))
      reading_.diagnostics.error(map != nullptr ? map->position() : node.position(), problem.insert(0, owner + ": "));
  }
  const std::int64_t controllers = checked::multiply(dram.units(), memory.stacks);
  if (controllers > kMostControllers)
    reading_.diagnostics.error(place_of(node, "stacks"), owner + ": " + std::to_string(controllers) +
                                                             " pseudo-channels at fidelity command; expected at most " +
                                                             std::to_string(kMostControllers));
}

void SystemSection::check_network() {
  const Plan& plan = reading_.plan;
  if (!plan.network) {
    if (plan.accelerators > 1)
      reading_.diagnostics.error(
          position_, std::to_string(plan.accelerators) + " accelerators without a network; expected system.network");
    return;
  }
  const Node* given = count();
  network_.check(given != nullptr ? given->position() : position_);
  accelerators_.count = plan.accelerators;  // a network alone has as many as endpoints
}

void SystemSection::resolve() {
  const Plan& plan = reading_.plan;
  if (tree_.accelerators) {
    reading_.resolve(AcceleratorsKeys::schema(), &*tree_.accelerators, accelerators_, "system.accelerators");
    reading_.resolve(AcceleratorParameters::schema(), &*tree_.accelerators, plan.accelerator, "system.accelerators");
  }
  for (std::size_t i = 0; i < memory_.size(); ++i) {
    const std::string path = "system.memory." + std::to_string(i);
    reading_.resolve(MemoryKeys::schema(), &tree_.memory[i], memory_[i], path);
    if (plan.memory[i].dram)
      reading_.resolve(DramParameters::schema(), &tree_.memory[i], *plan.memory[i].dram, path);
    else if (plan.memory[i].hbf)
      reading_.resolve(HbfParameters::schema(), &tree_.memory[i], *plan.memory[i].hbf, path);
    else
      reading_.resolve(FlatMemoryParameters::schema(), &tree_.memory[i], *plan.memory[i].flat, path);
  }
  if (plan.network) network_.resolve();
  if (tree_.software) reading_.resolve(software_schema(), &*tree_.software, plan.software, "system.software");
}

}  // namespace decodesim
