// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/faults_section.hpp"

#include "sim/app/scenario/network_faults.hpp"
#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {
namespace {
using namespace literals;

const std::vector<Choice<FaultKind>>& kinds() {
  static const std::vector<Choice<FaultKind>> kKinds{{"node", FaultKind::kNode},
                                                     {"link", FaultKind::kLink},
                                                     {"switch", FaultKind::kSwitch},
                                                     {"straggler", FaultKind::kStraggler}};
  return kKinds;
}

// Those that may come at a rate.
const std::vector<Choice<FaultKind>>& rate_kinds() {
  static const std::vector<Choice<FaultKind>> kKinds{
      {"node", FaultKind::kNode}, {"link", FaultKind::kLink}, {"straggler", FaultKind::kStraggler}};
  return kKinds;
}

bool is_of_rank(FaultKind kind) { return kind == FaultKind::kNode || kind == FaultKind::kStraggler; }

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
  if (kind == FaultKind::kSwitch) {
    schema.field("name", &E::name, "The switch", required())
        .field("for", &E::length, kTime, "How long it is out of use; 0: for good", assumed("0: nobody repairs it"));
    return schema;
  }
  schema.field("rank", &E::rank, {0, 1'000'000}, "Which accelerator", required());
  return with_slowness(std::move(schema), kind);
}

Schema<FaultRate> FaultsSection::rate_schema(FaultKind kind) {
  using R = FaultRate;
  Schema<R> schema("a rate of faults", "Faults of every accelerator, or cable between routers, at random times");
  schema.choice("kind", &R::kind, rate_kinds(), "What fails", required())
      .field("every", &R::every, {1_us, kTime.high}, "Mean time between two of one accelerator or cable", required());
  if (kind == FaultKind::kLink) {
    schema.field("for", &R::length, {1_ps, kTime.high}, "How long it is out of use", required());
    return schema;
  }
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
    if (const Node* rank = events_[i].find("rank");
        rank != nullptr && is_of_rank(plan.faults.events[i].kind) && plan.faults.events[i].rank >= plan.accelerators)
      reading_.diagnostics.error(rank->position(), "rank: there is no accelerator " +
                                                       std::to_string(plan.faults.events[i].rank) + "; expected 0 to " +
                                                       std::to_string(plan.accelerators - 1));
  check_time_out();
  check_network_faults(reading_, node_, events_, rates_);
  if (plan.workload.decode.parallel.pipeline > 1 && plan.faults.any())
    reading_.diagnostics.error(node_.position(),
                               "faults: a pipeline's stages are in different steps, of which none can be done again "
                               "alone; expected mapping.parallel.pipeline: 1");
}

// In the switch nobody knows who is missing.
void FaultsSection::check_time_out() {
  const SoftwarePlan& software = reading_.plan.software;
  if (reading_.plan.faults.time_out.is_zero() || !reduces_in_network(software)) return;
  const bool tokens = software.expert_exchange == TokenTravel::kInNetwork;
  reading_.diagnostics.error(
      node_.find("time_out")->position(),
      std::string("time_out: a reduction in the network waits for everyone; expected "
                  "mapping.collectives.") +
          (tokens ? "expert_exchange: plain or even" : "all_reduce: one_shot, two_shot or ring"));
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
