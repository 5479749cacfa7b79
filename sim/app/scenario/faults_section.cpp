// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/faults_section.hpp"

#include <algorithm>

namespace decodesim {
namespace {
using namespace literals;

const std::vector<Choice<FaultKind>>& kinds() {
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
      .field("rank", &E::rank, {0, 1'000'000}, "Which accelerator", required())
      .field("at", &E::at, kTime, "When, from the start of the run", required());
  return with_slowness(std::move(schema), kind);
}

Schema<FaultRate> FaultsSection::rate_schema(FaultKind kind) {
  using R = FaultRate;
  Schema<R> schema("a rate of faults", "Faults of every accelerator at random times");
  schema.choice("kind", &R::kind, kinds(), "What fails", required())
      .field("every", &R::every, {1_us, kTime.high}, "Mean time between two of one accelerator", required());
  return with_slowness(std::move(schema), kind);
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
    schema_of(kind != nullptr && kind->text() == "node" ? FaultKind::kNode : FaultKind::kStraggler)
        .read(node, entry, reading_.diagnostics);
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
    if (const Node* rank = events_[i].find("rank"); rank != nullptr && plan.faults.events[i].rank >= plan.accelerators)
      reading_.diagnostics.error(rank->position(), "rank: there is no accelerator " +
                                                       std::to_string(plan.faults.events[i].rank) + "; expected 0 to " +
                                                       std::to_string(plan.accelerators - 1));
  check_time_out();
  if (plan.workload.decode.parallel.pipeline > 1 && plan.faults.any())
    reading_.diagnostics.error(node_.position(),
                               "faults: a pipeline's stages are in different steps, of which none can be done again "
                               "alone; expected mapping.parallel.pipeline: 1");
}

// In the switch nobody knows who is missing.
void FaultsSection::check_time_out() {
  const Plan& plan = reading_.plan;
  const AllReduceAlgorithm asked = plan.software.all_reduce;
  const bool in_network = asked == AllReduceAlgorithm::kInNetwork ||
                          (asked == AllReduceAlgorithm::kAuto && plan.software.selection.in_network_limit > 0_B);
  if (plan.faults.time_out.is_zero() || !in_network) return;
  reading_.diagnostics.error(node_.find("time_out")->position(),
                             "time_out: a reduction in the network waits for everyone; expected "
                             "mapping.collectives.all_reduce: one_shot, two_shot or ring");
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
