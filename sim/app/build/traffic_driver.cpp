// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/traffic_driver.hpp"

#include <algorithm>
#include <string>

namespace decodesim {
namespace {

constexpr std::int64_t kMostLone = 4096;

std::vector<std::unique_ptr<TrafficEndpoint>> make_endpoints(Context& context, const Plan& plan,
                                                             const TrafficDestinations& destinations,
                                                             TrafficListener& listener) {
  std::vector<std::unique_ptr<TrafficEndpoint>> out;
  for (std::int32_t rank = 0; rank < destinations.endpoints(); ++rank)
    out.push_back(std::make_unique<TrafficEndpoint>(("endpoint" + std::to_string(rank)).c_str(), context, rank,
                                                    plan.workload.traffic->packet, destinations, listener));
  return out;
}

BernoulliGaps gaps_of(const TrafficWorkloadPlan& workload, Bandwidth load) {
  return {static_cast<Int128>(load.count()) * workload.slot.count(),
          static_cast<Int128>(workload.packet.count()) * kPicosecondsPerSecond};
}

}  // namespace

TrafficDriver::TrafficDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan,
                             ProgressListener& progress)
    : Component(name, context),
      workload_(*plan.workload.traffic),
      progress_(progress),
      destinations_(workload_.pattern, workload_.layout, static_cast<std::uint64_t>(plan.run.seed)),
      endpoints_(make_endpoints(context, plan, destinations_, *this)),
      network_(plan, context, endpoints_),
      lone_(lone_pairs()) {
  SC_HAS_PROCESS(TrafficDriver);
  SC_METHOD(advance);
  sensitive << next_;
  dont_initialize();
  for (std::int32_t rank = 0; rank < destinations_.endpoints(); ++rank)
    result_.senders += destinations_.sends(rank) ? 1 : 0;
}

void TrafficDriver::start_of_simulation() { next_.notify(sc_core::SC_ZERO_TIME); }

// Every pair once where chance treats all alike and they are few; every sender of a permutation, or as many as that,
// at even distances; else so many that are drawn.
std::vector<TrafficDriver::Pair> TrafficDriver::lone_pairs() const {
  const std::int64_t n = destinations_.endpoints();
  const TrafficKind kind = workload_.pattern.kind;
  const bool alike = kind == TrafficKind::kUniform || kind == TrafficKind::kAllToAll;
  const bool drawn = alike || kind == TrafficKind::kHotSpot;
  std::vector<Pair> out;
  if (alike && n * (n - 1) <= kMostLone) {
    for (std::int32_t s = 0; s < n; ++s)
      for (std::int32_t d = 0; d < n; ++d)
        if (s != d) out.push_back({s, d});
    return out;
  }
  RandomStream sources = random("lone sources");
  RandomStream where = random("lone destinations");
  const std::int64_t count = drawn ? kMostLone : std::min(n, kMostLone);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto s = static_cast<std::int32_t>(
        drawn ? static_cast<std::int64_t>(sources.below(static_cast<std::uint64_t>(n))) : i * n / count);
    if (destinations_.sends(s)) out.push_back({s, destinations_.next(s, static_cast<std::uint64_t>(i), where)});
  }
  return out;
}

void TrafficDriver::packet_made(TimePoint made) {
  if (stage_ == Stage::kLone) return;
  ++point().made;
  if (in_window(made)) ++point().measured;
}

void TrafficDriver::packet_delivered(TimePoint made, TimePoint arrived) {
  last_arrival_ = std::max(last_arrival_, arrived);
  const Duration latency = arrived - made;
  if (stage_ == Stage::kLone) {
    result_.zero_load.record(latency.count());
    next_.notify(to_sc_time(arrived + latency - now()));  // by then its credits are back
    return;
  }
  ++delivered_;
  TrafficPoint& load = point();
  ++load.delivered;
  if (in_window(arrived)) ++load.window_arrived;
  if (in_window(made)) load.latency.record(latency.count());
  const bool all = stage_ == Stage::kFinish ? load.latency.count() == load.measured
                                            : stage_ == Stage::kDrain && delivered_ == injected_;
  if (all) next_.notify(to_sc_time(std::max(last_arrival_, now()) - now()));
}

// A packet that was delivered earlier in this instant may have asked for this stage's end once more.
void TrafficDriver::advance() {
  next_.cancel();
  switch (stage_) {
    case Stage::kLone: return next_lone();
    case Stage::kWarmUp: return begin_window();
    case Stage::kWindow: return end_window();
    case Stage::kFinish: return end_making();
    case Stage::kDrain: return end_load();
  }
}

void TrafficDriver::next_lone() {
  if (next_lone_ == lone_.size()) return begin_load();
  const Pair pair = lone_[next_lone_++];
  endpoints_[static_cast<std::size_t>(pair.source)]->send_one(pair.destination);
}

void TrafficDriver::begin_load() {
  if (result_.points.size() == workload_.loads.size() || interrupted_) return;
  const Bandwidth load = workload_.loads[result_.points.size()];
  result_.points.emplace_back();
  point().offered = load;
  point().window = workload_.measure;
  stage_ = Stage::kWarmUp;
  injected_ = delivered_ = 0;
  window_begin_ = now() + workload_.warm_up;
  window_end_ = window_begin_ + workload_.measure;
  trace(EventKind::kStepStart, result_.points.size());
  const BernoulliGaps gaps = gaps_of(workload_, load);
  for (const auto& endpoint : endpoints_) endpoint->begin(gaps, workload_.slot, result_.points.size());
  next_.notify(to_sc_time(workload_.warm_up));
}

void TrafficDriver::begin_window() {
  stage_ = Stage::kWindow;
  sent_before_.clear();
  for (const TrafficNetwork::LinkUse& link : network_.link_use()) sent_before_.push_back(link.sent);
  next_.notify(to_sc_time(workload_.measure));
}

void TrafficDriver::end_window() {
  stage_ = Stage::kFinish;
  TrafficPoint& load = point();
  load.injected_at_end = injected_;
  load.delivered_at_end = delivered_;
  load.busiest_link = busiest_link();
  const bool all = load.latency.count() == load.measured;
  next_.notify(to_sc_time(all ? Duration() : workload_.measure));  // at the latest
}

Ratio TrafficDriver::busiest_link() const {
  const std::vector<TrafficNetwork::LinkUse> links = network_.link_use();
  std::int64_t most = 0;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const Duration used = (links[i].sent - sent_before_[i]) / links[i].bandwidth;
    most = std::max(most, checked::multiply_divide(used.count(), kPartsPerMillion, workload_.measure.count()));
  }
  return Ratio(most);
}

void TrafficDriver::end_making() {
  stage_ = Stage::kDrain;
  TrafficPoint& load = point();
  load.unfinished = load.measured - load.latency.count();
  for (const auto& endpoint : endpoints_) load.discarded += endpoint->end();
  if (delivered_ == injected_) next_.notify(to_sc_time(std::max(last_arrival_, now()) - now()));
}

void TrafficDriver::end_load() {
  invariant(delivered_ == injected_, "a load ends with packets in the network");
  trace(EventKind::kStepEnd, result_.points.size());
  const auto done = static_cast<std::int64_t>(result_.points.size());
  const auto total = static_cast<std::int64_t>(workload_.loads.size());
  progress_.step_finished(done, total, now().since_start());
  interrupted_ = done < total && progress_.interrupted();
  begin_load();
}

}  // namespace decodesim
