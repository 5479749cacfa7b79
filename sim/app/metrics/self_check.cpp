// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/self_check.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "sim/app/metrics/collective_metrics.hpp"
#include "sim/app/metrics/memory_self_check.hpp"
#include "sim/app/metrics/traffic_self_check.hpp"
#include "sim/core/component/require.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

using Statistics = std::map<std::string, std::int64_t, std::less<>>;
using Components = std::map<std::string, Statistics, std::less<>>;

Components by_component(const RunResult& result) {
  Components components;
  for (const ComponentRecord& record : result.components) components[record.component][record.statistic] = record.value;
  return components;
}

bool has(const Statistics& statistics, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (!statistics.contains(name)) return false;
  return true;
}

bool is_tier(const Statistics& s) { return has(s, {"bytes_asked", "bytes_read", "bytes_written", "busy_ps"}); }
bool is_dma(const Statistics& s) { return has(s, {"bytes_asked", "bytes_delivered"}); }
bool is_link(const Statistics& s) { return has(s, {"wire_bytes", "delivered_bytes", "busy"}); }
bool is_nic(const Statistics& s) { return has(s, {"payload_sent", "payload_received"}); }
bool is_router(const Statistics& s) { return has(s, {"copied", "absorbed"}); }
bool is_switch(const Statistics& s) { return has(s, {"payload_in", "contributed", "reduced", "multicast"}); }

std::int64_t value(const Statistics& statistics, std::string_view name) {
  const auto found = statistics.find(name);
  return found == statistics.end() ? 0 : found->second;
}

// Sum of one statistic over the components of a kind.
std::int64_t sum(const Components& components, bool (*kind)(const Statistics&), std::string_view name) {
  std::int64_t out = 0;
  for (const auto& [path, statistics] : components)
    if (kind(statistics)) out = checked::add(out, value(statistics, name));
  return out;
}

bool any(const Components& components, bool (*kind)(const Statistics&)) {
  for (const auto& [path, statistics] : components)
    if (kind(statistics)) return true;
  return false;
}

void require_equal(std::string_view component, std::string_view asked_name, std::int64_t asked,
                   std::string_view delivered_name, std::int64_t delivered) {
  if (asked == delivered) return;
  throw InternalError(component, std::string(asked_name) + " " + std::to_string(asked) + " B but " +
                                     std::string(delivered_name) + " " + std::to_string(delivered) + " B");
}

// `slack`: each transfer's time is known to a picosecond.
void require_within(std::string_view component, Bytes bytes, Bandwidth peak, Duration time, Duration slack) {
  if (peak.is_zero() || bytes / peak <= time + slack) return;
  throw InternalError(component, "moved " + std::to_string(bytes.count()) + " B in " + to_text(time) +
                                     ", faster than its peak of " + to_text(peak));
}

// The peak of one accelerator's tier that the component at `path` is: by the last word of the path, which is the tier's
// name. With another name, the fastest tier still is a bound.
Bandwidth peak_of_tier(std::string_view path, const Plan& plan, const RunResult& result) {
  const std::string_view last = path.substr(path.rfind('.') + 1);
  const std::int64_t accelerators = std::max<std::int64_t>(plan.accelerators, 1);
  Bandwidth peak;
  for (const MemoryRecord& record : result.memory) {
    const Bandwidth each(checked::narrow(checked::divide_up(record.peak.count(), accelerators)));
    if (record.name == last) return each;
    peak = std::max(peak, each);
  }
  return peak;
}

void check_tier(const std::string& path, const Statistics& tier, const Plan& plan, const RunResult& result) {
  const std::int64_t moved = checked::add(value(tier, "bytes_read"), value(tier, "bytes_written"));
  require_equal(path, "asked", value(tier, "bytes_asked"), "delivered", moved);
  require(value(tier, "address_errors") == 0, path, "it was asked for bytes beyond its capacity");
  require_within(path, Bytes(moved), peak_of_tier(path, plan, result), Duration(value(tier, "busy_ps")),
                 Duration(value(tier, "trains")));
}

// A link is as fast as the fastest class at most; the way between an accelerator and its own router, "rank0.up" or
// "endpoint0_up", as all of its ports together.
Bandwidth peak_of_link(std::string_view path, const NetworkPlan& network) {
  Bandwidth peak = network.link.bandwidth;
  for (const ClassPart<LinkParams>& link : network.links) peak = std::max(peak, link.part.bandwidth);
  if (network.topology == "star" || !(path.ends_with("up") || path.ends_with("down"))) return peak;
  std::int64_t ports = 1;
  for (const TopologyNode& node : network.fabric->topology().nodes)
    if (node.kind == TopologyNode::Kind::kEndpoint) ports = std::max<std::int64_t>(ports, node.ports);
  return peak * ports;
}

void check_link(const std::string& path, const Statistics& link, const Plan& plan) {
  require_equal(path, "taken in", value(link, "wire_bytes"), "delivered", value(link, "delivered_bytes"));
  if (plan.network)
    require_within(path, Bytes(value(link, "wire_bytes")), peak_of_link(path, *plan.network),
                   Duration(value(link, "busy")), Duration());
}

void check_components(const Components& components, const Plan& plan, const RunResult& result) {
  for (const auto& [path, statistics] : components) {
    if (is_tier(statistics)) check_tier(path, statistics, plan, result);
    if (is_dma(statistics))
      require_equal(path, "asked", value(statistics, "bytes_asked"), "delivered", value(statistics, "bytes_delivered"));
    if (is_link(statistics)) check_link(path, statistics, plan);
  }
}

void check_memory(const Components& components, const RunResult& result) {
  if (any(components, is_tier) && any(components, is_dma))
    require_equal("memory", "DMA engines asked for", sum(components, is_dma, "bytes_asked"), "tiers were asked for",
                  sum(components, is_tier, "bytes_asked"));
  Bytes reported;
  for (const MemoryRecord& record : result.memory) {
    const Bytes moved = record.bytes_read + record.bytes_written;
    require_within("memory " + record.name, moved, record.peak, result.simulated, Duration(1));
    reported += moved;
  }
  if (!any(components, is_tier)) return;
  const std::int64_t simulated =
      checked::add(sum(components, is_tier, "bytes_read"), sum(components, is_tier, "bytes_written"));
  require_equal("memory", "all ranks moved", checked::multiply(simulated, result.folded_ranks), "reported",
                reported.count());
}

// A switch forwards what is not reduced; what is reduced comes in as contributions and goes out multicast.
void check_network(const Components& components) {
  const std::int64_t sent = sum(components, is_nic, "payload_sent");
  const std::int64_t received = sum(components, is_nic, "payload_received");
  if (!any(components, is_switch)) {
    const bool routers = any(components, is_router);
    const std::int64_t copied = sum(components, is_router, "copied");
    const std::int64_t absorbed = sum(components, is_router, "absorbed");
    require_equal("network", routers ? "NICs sent, copies included," : "NICs sent", checked::add(sent, copied),
                  routers ? "NICs received, what was added to other included," : "NICs received",
                  checked::add(received, absorbed));
    return;
  }
  const std::int64_t forwarded = sum(components, is_switch, "payload_in");
  const std::int64_t contributed = sum(components, is_switch, "contributed");
  const std::int64_t multicast = sum(components, is_switch, "multicast");
  require_equal("network", "NICs sent", sent, "switches received", checked::add(forwarded, contributed));
  require_equal("network", "switches sent", checked::add(forwarded, multicast), "NICs received", received);
}

void check_step(const StepRecord& step, const StepRecord* previous) {
  const std::string name = "step " + std::to_string(step.step);
  if (step.breakdown.total() != step.latency)
    throw InternalError(name, "its breakdown adds up to " + to_text(step.breakdown.total()) + " but its latency is " +
                                  to_text(step.latency));
  require(step.latency > Duration(), name, "it took no time");
  require(previous == nullptr || previous->begin + previous->latency <= step.begin, name,
          "it began before its predecessor ended");
}

void check_tokens(const Plan& plan, const RunResult& result) {
  const WorkloadPlan& workload = plan.workload;
  StepSchedule schedule(workload.schedule(plan.run.seed));
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const StepRecord& step = result.steps[i];
    const auto index = static_cast<std::int64_t>(i);
    require(step.step == index && index < workload.steps, "workload", "steps are missing, repeated or too many");
    const StepWork& asked = schedule.at(index);
    if (step.tokens != asked.produced)
      throw InternalError("step " + std::to_string(step.step), "produced " + std::to_string(step.tokens) +
                                                                   " tokens but the workload asks for " +
                                                                   std::to_string(asked.produced));
    require(step.sequences == asked.sequences, "step " + std::to_string(step.step),
            "it has other sequences than the workload");
    check_step(step, i == 0 ? nullptr : &result.steps[i - 1]);
  }
  const auto finished = static_cast<std::int64_t>(result.steps.size());
  if (!result.interrupted && finished != workload.steps)
    throw InternalError("workload",
                        "finished " + std::to_string(finished) + " steps of " + std::to_string(workload.steps));
}

void check_rows(const Plan& plan, const RunResult& result) {
  const std::vector<OperatorRow>& rows = plan.workload.operators->table.rows;
  require(result.operators.size() == rows.size() || (result.interrupted && result.operators.size() < rows.size()),
          "workload", "rows are missing or too many");
  for (std::size_t i = 0; i < result.operators.size(); ++i)
    require((result.operators[i] > Duration()) == rows[i].not_predicted.empty(), "row " + std::to_string(i + 1),
            "it has a time and none can be predicted, or the other way round");
}

}  // namespace

void self_check(const Plan& plan, const RunResult& result) {
  if (plan.workload.kind == WorkloadKind::kMemory) {
    memory_self_check(plan, result);
    return;
  }
  const Components components = by_component(result);
  check_components(components, plan, result);
  check_memory(components, result);
  check_network(components);
  if (plan.workload.operators) {
    check_rows(plan, result);
    check_collectives(plan, result);
  } else if (plan.workload.kind == WorkloadKind::kTraffic) {
    traffic_self_check(plan, result);
  } else {
    check_tokens(plan, result);
  }
}

}  // namespace decodesim
