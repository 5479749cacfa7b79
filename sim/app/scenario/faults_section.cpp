// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/faults_section.hpp"

#include <algorithm>

namespace decodesim {
namespace {
using namespace literals;

const std::vector<Choice<FaultKind>>& kinds() {
  static const std::vector<Choice<FaultKind>> kKinds{
      {"node", FaultKind::kNode}, {"link", FaultKind::kLink}, {"straggler", FaultKind::kStraggler}};
  return kKinds;
}

// Of accelerators alone.
const std::vector<Choice<FaultKind>>& rank_kinds() {
  static const std::vector<Choice<FaultKind>> kKinds{{"node", FaultKind::kNode}, {"straggler", FaultKind::kStraggler}};
  return kKinds;
}

constexpr Range<Duration> kTime{0_ps, Duration(1'000'000'000'000'000'000)};
constexpr Range<std::int64_t> kFactor{0, 1'000'000};

}  // namespace

Schema<FaultPlan> FaultsSection::schema() {
  using F = FaultPlan;
  return std::move(
      Schema<F>("faults", "What goes wrong, and what the machine has against it")
          .field("detection", &F::detection, kTime, "From an accelerator's failure until the others know of it",
                 assumed("10 ms: some missed heartbeats of a few milliseconds"))
          .field("spares", &F::spares, {0, 1'000'000}, "Accelerators that wait to take the place of others",
                 assumed("none"))
          .field("take_over", &F::take_over, kTime, "For a spare to join the groups of the one that it replaces",
                 assumed("100 ms: connections stand ready; no figure is published"))
          .field("restart", &F::restart, kTime, "For a failed accelerator to start anew where there is no spare left",
                 assumed("5 minutes: a server's boot"))
          .field("time_out", &F::time_out, kTime,
                 "After which a phase of a collective goes on with substitute data for who is missing; 0: it waits",
                 assumed("0: results are exact"))
          .field("reload", &F::reload, {1_MBps, 1'000'000 * 1_TBps},
                 "Rate at which weights and cached tokens come to who takes over",
                 cited("25 GB/s: data centre network of a TPU host (Google, How to Scale Your Model, 2025)")));
}

// What only a straggler has.
template <class Entry>
Schema<Entry> with_slowness(Schema<Entry> schema, FaultKind kind) {
  if (kind == FaultKind::kNode) return schema;
  schema.field("for", &Entry::length, {1_ps, kTime.high}, "How long it is slow", required())
      .field("factor", &Entry::factor, kFactor, "Its kernels take so many times their time; 0: it starts nothing",
             assumed("0: it stands still"));
  return schema;
}

Schema<FaultEvent> FaultsSection::event_schema(FaultKind kind) {
  using E = FaultEvent;
  Schema<E> schema("a fault", "A fault at a given time");
  schema.choice("kind", &E::kind, kinds(), "What fails", required())
      .field("at", &E::at, kTime, "When, from the start of the run", required());
  if (kind == FaultKind::kLink) {
    schema.field("from", &E::from, "The switch, or the accelerator with a router, at one end of the cable", required())
        .field("to", &E::to, "At the other end", required())
        .field("for", &E::length, kTime, "How long it is out of use; 0: for good", assumed("0: nobody repairs it"));
    return schema;
  }
  schema.field("rank", &E::rank, {0, 1'000'000}, "Which accelerator", required());
  return with_slowness(std::move(schema), kind);
}

Schema<FaultRate> FaultsSection::rate_schema(FaultKind kind) {
  using R = FaultRate;
  Schema<R> schema("a rate of faults", "Faults of every accelerator at random times");
  schema.choice("kind", &R::kind, rank_kinds(), "What fails", required())
      .field("every", &R::every, {1_us, kTime.high}, "Mean time between two of one accelerator", required());
  return with_slowness(std::move(schema), kind);
}

FaultKind kind_of(const Node* node) {
  if (node != nullptr && node->is_scalar())
    for (const Choice<FaultKind>& choice : kinds())
      if (choice.name == node->text()) return choice.value;
  return FaultKind::kStraggler;
}

template <class Entry>
void FaultsSection::read_list(const char* key, Schema<Entry> (*schema_of)(FaultKind), std::vector<Entry>& out,
                              std::vector<Node>& nodes) {
  const Node* list = node_.find(key);
  if (list == nullptr) return;
  if (!list->is_sequence()) {
    reading_.diagnostics.error(list->position(), std::string(key) + " is " + std::string(list->kind_text()) +
                                                     "; expected a list of faults, each with a kind");
    return;
  }
  for (const Node& node : list->items()) {
    const Node* kind = node.is_mapping() ? node.find("kind") : nullptr;
    Entry entry;
    schema_of(kind_of(kind)).read(node, entry, reading_.diagnostics);
    out.push_back(entry);
    nodes.push_back(node);
  }
}

void FaultsSection::read(const Node* faults) {
  given_ = faults != nullptr;
  if (!given_) return;
  node_ = *faults;
  FaultPlan& plan = reading_.plan.faults;
  schema().read(node_, plan, reading_.diagnostics, {"events", "rates"});
  if (!node_.is_mapping()) return;
  read_list("events", event_schema, plan.events, events_);
  read_list("rates", rate_schema, plan.rates, rates_);
}

void FaultsSection::check() {
  if (!given_) return;
  const Plan& plan = reading_.plan;
  for (std::size_t i = 0; i < events_.size(); ++i)
    if (const Node* rank = events_[i].find("rank"); rank != nullptr && plan.faults.events[i].kind != FaultKind::kLink &&
                                                    plan.faults.events[i].rank >= plan.accelerators)
      reading_.diagnostics.error(rank->position(), "rank: there is no accelerator " +
                                                       std::to_string(plan.faults.events[i].rank) + "; expected 0 to " +
                                                       std::to_string(plan.accelerators - 1));
  check_time_out();
  check_links();
  if (plan.workload.decode.parallel.pipeline > 1 && plan.faults.any())
    reading_.diagnostics.error(node_.position(),
                               "faults: a pipeline's stages are in different steps, of which none can be done again "
                               "alone; expected mapping.parallel.pipeline: 1");
}

bool FaultsSection::reduces_in_network() const {
  const SoftwarePlan& software = reading_.plan.software;
  return software.all_reduce == CollectiveAlgorithm::kInNetwork ||
         (software.all_reduce == CollectiveAlgorithm::kAuto && software.selection.in_network_limit > 0_B);
}

// In the switch nobody knows who is missing.
void FaultsSection::check_time_out() {
  if (reading_.plan.faults.time_out.is_zero() || !reduces_in_network()) return;
  reading_.diagnostics.error(node_.find("time_out")->position(),
                             "time_out: a reduction in the network waits for everyone; expected "
                             "mapping.collectives.all_reduce: one_shot, two_shot or ring");
}

void FaultsSection::check_links() {
  Plan& plan = reading_.plan;
  std::vector<std::int32_t> failing;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (plan.faults.events[i].kind != FaultKind::kLink) continue;
    const Node* from = events_[i].find("from");
    if (from == nullptr || events_[i].find("to") == nullptr) continue;
    if (!plan.network || plan.network->topology == "star") {
      reading_.diagnostics.error(events_[i].position(),
                                 "a link's failure needs other ways, and a star has none; expected kind: node, or "
                                 "another system.network.topology");
      continue;
    }
    if (plan.network->fidelity == NetworkFidelity::kPacket) {
      reading_.diagnostics.error(events_[i].position(),
                                 "a link's failure is not simulated at packet fidelity; expected "
                                 "system.network.fidelity: train");
      continue;
    }
    if (reduces_in_network()) {
      reading_.diagnostics.error(events_[i].position(),
                                 "a reduction's tree does not go round a link that has failed; expected "
                                 "mapping.collectives.all_reduce: one_shot, two_shot or ring");
      continue;
    }
    plan.faults.events[i].cable =
        cable_between(plan.network->fabric->topology(), plan.faults.events[i], from->position());
    if (plan.faults.events[i].cable >= 0) failing.push_back(plan.faults.events[i].cable);
  }
  if (failing.empty()) return;
  plan.network->detour_channels = 1;
  try {
    Topology left = plan.network->fabric->topology();
    for (const std::int32_t cable : failing) left.cables[static_cast<std::size_t>(cable)].a = -1;
    std::erase_if(left.cables, [](const TopologyCable& cable) { return cable.a < 0; });
    validate(left);
  } catch (const TopologyError& error) {
    reading_.diagnostics.error(node_.find("events")->position(),
                               std::string("without the links that fail the network does not hang together: ") +
                                   error.what() + "; expected failures that leave a way");
  }
}

// -1 and a problem when there is none that may fail.
std::int32_t FaultsSection::cable_between(const Topology& topology, const FaultEvent& event,
                                          const SourcePosition& place) {
  const auto index_of = [&](const std::string& name) {
    for (std::size_t n = 0; n < topology.nodes.size(); ++n)
      if (topology.nodes[n].name == name) return static_cast<std::int32_t>(n);
    std::vector<std::string> names;
    for (const TopologyNode& node : topology.nodes) names.push_back(node.name);
    reading_.diagnostics.error(place, "there is no node '" + name + "' in the network" + suggestion(name, names));
    return std::int32_t{-1};
  };
  const std::int32_t from = index_of(event.from);
  const std::int32_t to = from < 0 ? -1 : index_of(event.to);
  if (to < 0) return -1;
  for (std::size_t c = 0; c < topology.cables.size(); ++c) {
    const TopologyCable& cable = topology.cables[c];
    const bool here = (cable.a == from && cable.b == to) || (cable.a == to && cable.b == from);
    if (here && topology.forwards(from) && topology.forwards(to)) return static_cast<std::int32_t>(c);
    if (here) {
      reading_.diagnostics.error(place, "the link between '" + event.from + "' and '" + event.to +
                                            "' is an accelerator's only one; expected kind: node");
      return -1;
    }
  }
  reading_.diagnostics.error(place, "there is no link between '" + event.from + "' and '" + event.to +
                                        "'; expected neighbours of the topology");
  return -1;
}

void FaultsSection::resolve() {
  if (!given_) return;
  const FaultPlan& plan = reading_.plan.faults;
  reading_.resolve(schema(), &node_, plan, "faults");
  for (std::size_t i = 0; i < events_.size(); ++i)
    reading_.resolve(event_schema(plan.events[i].kind), &events_[i], plan.events[i],
                     "faults.events." + std::to_string(i));
  for (std::size_t i = 0; i < rates_.size(); ++i)
    reading_.resolve(rate_schema(plan.rates[i].kind), &rates_[i], plan.rates[i], "faults.rates." + std::to_string(i));
}

}  // namespace decodesim
