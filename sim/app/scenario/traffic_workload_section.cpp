// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/traffic_workload_section.hpp"

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {
using namespace literals;
namespace {

constexpr Bytes kSlotBytes{16};  // a flit, as on-chip networks have them
constexpr std::int64_t kWarmUpSlots = 5'000;
constexpr std::int64_t kMeasuredSlots = 20'000;

// Keys that only some patterns read.
struct PatternKey {
  const char* name;
  const char* patterns;
};
constexpr PatternKey kPatternKeys[] = {
    {"hot_share", "hot_spot"}, {"target", "hot_spot or incast"}, {"distance", "shift"}};

bool reads(std::string_view key, TrafficKind kind) {
  if (key == "distance") return kind == TrafficKind::kShift;
  return kind == TrafficKind::kHotSpot || (key == "target" && kind == TrafficKind::kIncast);
}

// `loads: [5 %, 10 %]` as the text "5 %, 10 %", which a schema can hold.
Node with_loads_as_text(const Node& workload, Diagnostics& diagnostics) {
  Node out = workload;
  const Node* loads = workload.find("loads");
  if (loads == nullptr || !loads->is_sequence()) return out;
  std::string text;
  for (const Node& item : loads->items())
    if (schema_detail::expect_scalar(item, "a load", diagnostics)) text += (text.empty() ? "" : ", ") + item.text();
  out.set("loads", loads->position(), Node::scalar(std::move(text), loads->position()));
  return out;
}

// Grids have digits; of all other networks the endpoint's number is the only one.
TrafficLayout layout_of(const NetworkPlan& network) {
  const TopologyKeys& shape = network.shape;
  const std::int32_t endpoints = network.fabric->topology().endpoints();
  const std::int32_t each = to_int32(std::max<std::int64_t>(shape.concentration, 1));
  const bool grid = shape.topology == "mesh" || shape.topology == "torus";
  TrafficLayout layout;
  for (std::size_t at = 0; grid && at < shape.dims.size();) {
    const std::size_t end = std::min(shape.dims.find('x', at), shape.dims.size());
    layout.extents.push_back(to_int32(*parse_integer(shape.dims.substr(at, end - at)).value));
    at = end + 1;
  }
  if (shape.topology == "hypercube") layout.extents.assign(static_cast<std::size_t>(shape.dimensions), 2);
  if (layout.extents.empty()) return {{endpoints}, 1};
  layout.each = each;
  return layout;
}

Bandwidth slowest_way_in(const NetworkPlan& network) {
  const PortMap ports(network.fabric->topology());
  Bandwidth least = host_link(network, ports, 0).bandwidth;
  for (std::int32_t rank = 1; rank < network.fabric->topology().endpoints(); ++rank)
    least = std::min(least, host_link(network, ports, rank).bandwidth);
  return least;
}

}  // namespace

Schema<TrafficKeys> TrafficKeys::schema() {
  using K = TrafficKeys;
  const Range<Duration> time{1_ps, 1_s};
  return std::move(Schema<K>("workload", "Synthetic network traffic")
                       .field("loads", &K::loads,
                              "What each endpoint that sends puts in, ascending: shares of its link, or bytes a second",
                              assumed("ten: enough to see the knee"))
                       .field("packet", &K::packet, {1_B, 1_MiB}, "A packet on the wire", assumed("a cache line"))
                       .field("slot", &K::slot, time, "Time in which an endpoint makes at most one packet",
                              derived("the time of 16 B on an endpoint's link"))
                       .field("warm_up", &K::warm_up, time,
                              "From the first packet of a load to the first that is measured", derived("5,000 slots"))
                       .field("measure", &K::measure, time, "In which the packets are made that are measured",
                              derived("20,000 slots")));
}

Schema<TrafficPattern> TrafficWorkloadSection::pattern_schema_of(TrafficKind kind) {
  using P = TrafficPattern;
  Schema<P> out("workload", "Who sends to whom");
  out.choice<TrafficKind>("pattern", &P::kind, traffic_kind_choices(), "Who sends to whom",
                          assumed("uniform: the usual first look at a network"));
  if (reads("hot_share", kind))
    out.field("hot_share", &P::hot_share, {Ratio(1), Ratio(kPartsPerMillion)},
              "hot_spot: share of every endpoint's packets for the target", assumed("10 %"));
  if (reads("target", kind))
    out.field("target", &P::target, {0, kMostEndpoints}, "hot_spot and incast: an endpoint's number",
              assumed("the first"));
  if (reads("distance", kind))
    out.field("distance", &P::distance, {1, kMostEndpoints},
              "shift: how many endpoints further; a dragonfly's group is adversarial", assumed("one"));
  return out;
}

bool TrafficWorkloadSection::is_traffic(const Node* workload) {
  const Node* kind = workload != nullptr ? workload->find("kind") : nullptr;
  return kind != nullptr && kind->text() == "traffic";
}

const SourcePosition& TrafficWorkloadSection::place_of(std::string_view key) const {
  const Node* node = node_.find(key);
  return node != nullptr ? node->position() : node_.position();
}

void TrafficWorkloadSection::read(const Node& workload) {
  Diagnostics& diagnostics = reading_.diagnostics;
  WorkloadPlan& plan = reading_.plan.workload;
  plan.kind = WorkloadKind::kTraffic;
  TrafficPattern& pattern = plan.traffic.emplace().pattern;
  node_ = with_loads_as_text(workload, diagnostics);
  std::vector<std::string> elsewhere = keys_of(TrafficKeys::schema());
  elsewhere.emplace_back("kind");
  for (const PatternKey& key : kPatternKeys) elsewhere.emplace_back(key.name);
  pattern_schema_of(TrafficKind::kUniform).read(node_, pattern, diagnostics, elsewhere);
  std::vector<std::string> own;
  for (const PatternKey& key : kPatternKeys)
    if (reads(key.name, pattern.kind)) own.emplace_back(key.name);
  pattern_schema_of(pattern.kind).read(only(node_, own), pattern, diagnostics);
  TrafficKeys::schema().read(only(node_, keys_of(TrafficKeys::schema())), keys_, diagnostics);
  check_pattern_keys();
}

// A key that the pattern does not read would be taken for one that it does.
void TrafficWorkloadSection::check_pattern_keys() {
  for (const PatternKey& key : kPatternKeys) {
    const Node* node = node_.find(key.name);
    if (node == nullptr || reads(key.name, reading_.plan.workload.traffic->pattern.kind)) continue;
    reading_.diagnostics.error(node->position(),
                               std::string(key.name) + ": another pattern's key; expected pattern: " + key.patterns);
  }
}

void TrafficWorkloadSection::complete() {
  TrafficWorkloadPlan& traffic = *reading_.plan.workload.traffic;
  const NetworkPlan& network = *reading_.plan.network;
  const std::int32_t endpoints = network.fabric->topology().endpoints();
  if (reading_.plan.accelerators != endpoints)
    throw ConfigError(network.place, std::to_string(reading_.plan.accelerators) + " accelerators on a " +
                                         network.fabric->title() + " of " + std::to_string(endpoints) +
                                         " endpoints; expected one at every endpoint: all take part in traffic");
  traffic.layout = layout_of(network);
  traffic.capacity = slowest_way_in(network);
  const std::string problem = traffic_problem(traffic.pattern, traffic.layout);
  if (!problem.empty()) {
    const std::string key = problem.substr(0, problem.find(':'));
    reading_.diagnostics.error(place_of(key), problem);
  }
  find_times();
  find_loads();
  reading_.diagnostics.throw_if_any();
}

void TrafficWorkloadSection::find_times() {
  TrafficWorkloadPlan& traffic = *reading_.plan.workload.traffic;
  if (node_.find("slot") == nullptr) keys_.slot = kSlotBytes / traffic.capacity;
  if (node_.find("warm_up") == nullptr) keys_.warm_up = keys_.slot * kWarmUpSlots;
  if (node_.find("measure") == nullptr) keys_.measure = keys_.slot * kMeasuredSlots;
  if (keys_.measure < keys_.slot)
    reading_.diagnostics.error(place_of("measure"), "measure: " + to_text(keys_.measure) + " is less than a slot of " +
                                                        to_text(keys_.slot) + "; expected many slots");
  traffic.packet = keys_.packet;
  traffic.slot = keys_.slot;
  traffic.warm_up = keys_.warm_up;
  traffic.measure = keys_.measure;
}

void TrafficWorkloadSection::report_load(const std::string& problem) {
  reading_.diagnostics.error(place_of("loads"), "loads: " + problem);
}

void TrafficWorkloadSection::find_loads() {
  for (std::size_t begin = 0; begin <= keys_.loads.size();) {
    const std::size_t end = std::min(keys_.loads.find(',', begin), keys_.loads.size());
    const std::size_t first = std::min(keys_.loads.find_first_not_of(' ', begin), end);
    if (first < end) add_load(keys_.loads.substr(first, end - first));
    begin = end + 1;
  }
  if (reading_.plan.workload.traffic->loads.empty() && reading_.diagnostics.empty())
    report_load("none; expected shares of an endpoint's link like 30 %, or rates like 10 GB/s");
}

void TrafficWorkloadSection::add_load(const std::string& text) {
  TrafficWorkloadPlan& traffic = *reading_.plan.workload.traffic;
  Bandwidth load;
  if (const auto share = parse<Ratio>(text); share.value)
    load = scaled(traffic.capacity, *share.value);
  else if (const auto rate = parse<Bandwidth>(text); rate.value)
    load = *rate.value;
  else
    return report_load("'" + text + "' is no load; expected a share of an endpoint's link like 30 %, or a rate");
  if (load > traffic.capacity || load < scaled(traffic.capacity, Ratio(10)))
    return report_load("'" + text + "' of an endpoint's link of " + to_text(traffic.capacity) +
                       "; expected 10 ppm to 100 % of it");
  if (traffic.packet / load < traffic.slot)
    return report_load("'" + text + "' is more than a packet of " + to_text(traffic.packet) + " in a slot of " +
                       to_text(traffic.slot) + "; expected less, or shorter slots");
  if (!traffic.loads.empty() && load <= traffic.loads.back())
    return report_load("'" + text + "' does not exceed the one before; expected ascending loads");
  traffic.loads.push_back(load);
}

void TrafficWorkloadSection::resolve() {
  struct Kind {
    std::string kind = "traffic";
  };
  const Schema<Kind> kind = std::move(
      Schema<Kind>("workload", "")
          .choice<std::string>("kind", &Kind::kind, {{"traffic", "traffic"}}, "What is simulated", required()));
  reading_.resolve(kind, &node_, Kind{}, "workload");
  const TrafficPattern& pattern = reading_.plan.workload.traffic->pattern;
  reading_.resolve(pattern_schema_of(pattern.kind), &node_, pattern, "workload");
  reading_.resolve(TrafficKeys::schema(), &node_, keys_, "workload");
}

}  // namespace decodesim
