// SPDX-License-Identifier: Apache-2.0
// Machines on any topology at 1 GB/s (one byte takes one nanosecond), and message programs run on them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/app/build/machine.hpp"
#include "test/support/toy_plan.hpp"
#include "workloads/collectives/programs.hpp"

namespace decodesim::test {

using namespace literals;

inline TopologyKeys star_of(std::int64_t endpoints) {
  TopologyKeys keys;
  keys.endpoints = endpoints;
  return keys;
}
inline TopologyKeys ring_of(std::int64_t endpoints) {
  TopologyKeys keys = star_of(endpoints);
  keys.topology = "ring";
  return keys;
}
inline TopologyKeys torus_of(const std::string& dims) {
  TopologyKeys keys;
  keys.topology = "torus";
  keys.dims = dims;
  return keys;
}
// Four leaves of two accelerators and two spines.
inline TopologyKeys fat_tree() {
  TopologyKeys keys;
  keys.topology = "fat_tree";
  keys.radix = 4;
  return keys;
}
// Three groups of two routers of two accelerators, one cable between two groups.
inline TopologyKeys dragonfly() {
  TopologyKeys keys;
  keys.topology = "dragonfly";
  keys.endpoints_per_router = 2;
  keys.routers = 2;
  keys.global_links = 1;
  return keys;
}
// Two domains of four on a switch each, and the fat tree outside.
inline TopologyKeys multi_level() {
  TopologyKeys keys = fat_tree();
  keys.topology = "multi_level";
  keys.domain = 4;
  return keys;
}

inline Plan plan_of(const TopologyKeys& keys) {
  const std::shared_ptr<const Fabric> fabric = make_fabric(keys);
  Plan plan = test::toy_plan(fabric->topology().endpoints());
  NetworkPlan& network = *plan.network;
  network.topology = keys.topology;
  network.shape = keys;
  network.fabric = fabric;
  network.link = {1_GBps, 100_ns};
  network.nic = {80_ns, 90_ns, 30_ns, 0_ns, 1000_B, 0_B, 64_KiB, 256_KiB};
  network.network_switch = {64, 10_ns, 256_KiB, false, 0_ns, 1_GBps};
  plan.software.collectives = {0_ns, 0_ns, 0_ns, 2_GBps};
  return plan;
}

// Programs of all ranks on a machine.
class FabricRun : public CollectiveListener {
 public:
  explicit FabricRun(const Plan& plan) : machine(plan, context, plan.accelerators) {}

  /// The time of the last rank that got done.
  Duration operator()(std::vector<MessageProgram> programs) {
    programs_ = std::move(programs);
    for (std::size_t r = 0; r < programs_.size(); ++r) machine.ranks()[r]->collectives->start(programs_[r], 1, *this);
    sc_core::sc_start();
    return last;
  }
  void collective_done(std::uint64_t) override {
    ++done;
    last = from_sc_time(sc_core::sc_time_stamp());
  }
  [[nodiscard]] std::int64_t sent() const {
    std::int64_t total = 0;
    for (const auto& rank : machine.ranks()) total += rank->nic->payload_sent.value();
    return total;
  }
  [[nodiscard]] std::int64_t received() const {
    std::int64_t total = 0;
    for (const auto& rank : machine.ranks()) total += rank->nic->payload_received.value();
    return total;
  }

  Context context;
  Machine machine;
  std::size_t done = 0;
  Duration last;

 private:
  std::vector<MessageProgram> programs_;
};

template <class Make>
std::vector<MessageProgram> programs_of(const Plan& plan, Bytes bytes, Make make) {
  std::vector<MessageProgram> out;
  const auto ranks = static_cast<std::int32_t>(plan.accelerators);
  for (std::int32_t rank = 0; rank < ranks; ++rank) out.push_back(make(CollectiveShape{{0, 1, ranks}, rank, bytes}));
  return out;
}

// From posting to arrival: both overheads, flights, crossings and one serialisation, for all stages cut through.
inline Duration message_time(std::int64_t cables, std::int64_t routers, Bytes bytes) {
  return 80_ns + 100_ns * cables + 10_ns * routers + bytes / 1_GBps + 90_ns;
}

}  // namespace decodesim::test
