// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/fault_injector.hpp"

#include <algorithm>

#include "sim/core/units/fixed_point.hpp"

namespace decodesim {
namespace {

// Exponentially distributed with mean `mean`: -ln(u) of a uniform u in (0, 1].
Duration exponential(Duration mean, RandomStream& random) {
  constexpr std::int64_t kSteps = std::int64_t{1} << 32;
  const auto u = static_cast<std::int64_t>(random.below(kSteps)) + 1;
  const Int128 bits = fixed_point::log2(fixed_point::ratio(kSteps, u));
  constexpr Int128 kLn2 = 693'147'180'560;  // of 10^12
  const Int128 thousandths = bits * 1000 >> fixed_point::kBits;
  return Duration(checked::narrow(Int128{mean.count()} * thousandths / 1000 * kLn2 / 1'000'000'000'000));
}

}  // namespace

FaultInjector::FaultInjector(const sc_core::sc_module_name& name, Context& context, const FaultPlan& plan,
                             Machine& machine, FaultListener& listener, Bytes resident)
    : Component(name, context),
      plan_(plan),
      machine_(machine),
      listener_(listener),
      resident_(resident),
      spares_left_(plan.spares),
      states_(machine.ranks().size()),
      random_(random("faults")) {
  SC_HAS_PROCESS(FaultInjector);
  SC_METHOD(act);
  sensitive << next_;
  dont_initialize();
  for (const FaultEvent& event : plan.events)
    schedule({TimePoint(event.at), static_cast<std::int32_t>(event.rank), event.kind, false, false, event.length,
              event.factor, event.kind == FaultKind::kSwitch ? event.node : event.cable, -1});
  for (std::size_t rate = 0; rate < plan.rates.size(); ++rate) {
    const bool links = plan.rates[rate].kind == FaultKind::kLink;
    const auto ranks = static_cast<std::int64_t>(states_.size());
    for (const std::int32_t which : links ? machine.network()->cables_between_routers() : first_ranks(ranks))
      schedule_random(which, static_cast<std::int32_t>(rate), TimePoint());
  }
}

void FaultInjector::schedule(const Due& due) {
  const auto later = [](const Due& a, const Due& b) { return a.at < b.at; };
  due_.insert(std::upper_bound(due_.begin(), due_.end(), due, later), due);
  next_.notify(to_sc_time(due_.front().at - now()));
}

void FaultInjector::schedule_random(std::int32_t which, std::int32_t rate, TimePoint from) {
  const FaultRate& r = plan_.rates[static_cast<std::size_t>(rate)];
  const bool link = r.kind == FaultKind::kLink;
  schedule({from + exponential(r.every, random_), link ? 0 : which, r.kind, false, false, r.length, r.factor,
            link ? which : -1, rate});
}

void FaultInjector::act() {
  while (!due_.empty() && due_.front().at <= now()) {
    const Due due = due_.front();
    due_.erase(due_.begin());
    if (due.kind == FaultKind::kLink || due.kind == FaultKind::kSwitch)
      due.end ? end_of_network(due) : begin_of_network(due);
    else if (due.end)
      end(due);
    else
      begin(due);
  }
  if (!due_.empty()) next_.notify(to_sc_time(due_.front().at - now()));
}

// The end comes back as another entry; the rate's next fault is counted from there, so that they do not overlap.
void FaultInjector::begin(const Due& due) {
  State& state = states_[static_cast<std::size_t>(due.rank)];
  Due over = due;
  over.end = true;
  if (due.kind == FaultKind::kNode) {
    if (state.failed) {  // it is the same failure; the rate goes on
      if (due.rate >= 0) schedule_random(due.rank, due.rate, now());
      return;
    }
    state.failed = true;
    failures.add(1);
    over.length = outage();
    down_ps.add(over.length.count());
    core(due.rank).hold();
    if (plan_.time_out.is_zero()) listener_.step_lost();
  } else {
    ++state.slow;
    stragglers.add(1);
    if (due.factor == 0)
      core(due.rank).hold();
    else
      core(due.rank).slow_down(Ratio(due.factor * kPartsPerMillion));
  }
  trace(EventKind::kCommandStart, static_cast<std::uint64_t>(due.rank));
  over.at = now() + over.length;
  schedule(over);
}

std::vector<FabricNetwork::Channel> FaultInjector::channels(const Due& due) const {
  const FabricNetwork& network = *machine_.network();
  return due.kind == FaultKind::kLink ? network.channels_of(due.part) : network.channels_into(due.part);
}

// First the failure, then its detection; in between what is to cross it waits. A short one is over before it is known.
void FaultInjector::begin_of_network(const Due& due) {
  FabricNetwork& network = *machine_.network();
  trace(EventKind::kCommandStart, static_cast<std::uint64_t>(due.part));
  if (due.known) {
    network.avoid(channels(due));
    return;
  }
  (due.kind == FaultKind::kLink ? link_failures : switch_failures).add(1);
  network.fail(channels(due));
  Due later = due;
  later.known = due.length.is_zero() || due.length > plan_.detection;
  later.at = now() + plan_.detection;
  if (later.known) schedule(later);
  later.end = true;
  later.at = now() + due.length;
  if (!due.length.is_zero()) schedule(later);
}

void FaultInjector::end_of_network(const Due& due) {
  machine_.network()->repair(channels(due), due.known);
  trace(EventKind::kCommandEnd, static_cast<std::uint64_t>(due.part));
  if (due.rate >= 0) schedule_random(due.part, due.rate, now());
}

void FaultInjector::end(const Due& due) {
  State& state = states_[static_cast<std::size_t>(due.rank)];
  if (due.kind == FaultKind::kNode)
    state.failed = false;
  else
    --state.slow;
  if (state.slow == 0) core(due.rank).slow_down(Ratio(kPartsPerMillion));
  if (!state.failed && state.slow == 0) core(due.rank).release();
  trace(EventKind::kCommandEnd, static_cast<std::uint64_t>(due.rank));
  if (due.rate >= 0) schedule_random(due.rank, due.rate, now());
}

Duration FaultInjector::outage() {
  const Duration reload = resident_ / plan_.reload;
  if (spares_left_ == 0) return plan_.detection + plan_.restart + reload;
  --spares_left_;
  spares_used.add(1);
  return plan_.detection + plan_.take_over + reload;
}

void FaultInjector::stop() {
  due_.clear();
  next_.cancel();
}

}  // namespace decodesim
