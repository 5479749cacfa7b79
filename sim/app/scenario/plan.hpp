// SPDX-License-Identifier: Apache-2.0
// Plan: a scenario after reading, checking and resolving: everything that the builder needs, as parameter structs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/compute/accelerator_parameters.hpp"
#include "models/memory/dram_parameters.hpp"
#include "models/memory/flat_memory.hpp"
#include "models/memory/hbf/hbf_parameters.hpp"
#include "models/network/collective_engine.hpp"
#include "models/network/link.hpp"
#include "models/network/network_energy.hpp"
#include "models/network/nic.hpp"
#include "models/network/packet_parameters.hpp"
#include "models/network/switch.hpp"
#include "sim/app/build/software_profile.hpp"
#include "sim/app/scenario/fault_plan.hpp"
#include "sim/core/config/schema.hpp"
#include "topologies/topology_keys.hpp"
#include "workloads/batching/request.hpp"
#include "workloads/collectives/all_reduce.hpp"
#include "workloads/collectives/collective_library.hpp"
#include "workloads/collectives/expert_exchange.hpp"
#include "workloads/decode_step.hpp"
#include "workloads/memory_access/memory_trace.hpp"
#include "workloads/memory_access/pattern.hpp"
#include "workloads/operators/operator_row.hpp"
#include "workloads/steps/step_schedule.hpp"
#include "workloads/trace/decode_trace.hpp"
#include "workloads/traffic/traffic_pattern.hpp"

namespace decodesim {

/// How closely a memory tier is simulated: closed forms for each train, every DRAM command, or every flash page.
enum class Fidelity : std::uint8_t { kTrain, kCommand, kPage };

/// One memory tier of every accelerator.
struct MemoryPlan {
  std::string name;  ///< what placement rules call it: "hbm"
  std::string part;  ///< catalog name
  std::int64_t stacks = 1;
  Fidelity fidelity = Fidelity::kTrain;  ///< kCommand only with `dram`, kPage only with `hbf`
  std::optional<DramParameters> dram;    ///< exactly one of these three
  std::optional<FlatMemoryParameters> flat;
  std::optional<HbfParameters> hbf;

  /// Of all stacks together.
  [[nodiscard]] Bytes capacity() const {
    return (dram ? dram->capacity : hbf ? hbf->capacity : flat->capacity) * stacks;
  }
  [[nodiscard]] Bandwidth peak() const { return (dram ? dram->peak() : hbf ? hbf->host : flat->bandwidth) * stacks; }
};

/// The part of one class of links or switches, where it has one of its own.
template <class P>
struct ClassPart {
  std::string name;
  std::int32_t index = -1;  ///< of the class, in Topology::link_classes or switch_classes
  P part;
};

/// The part of class `level`: its own, or that of all others.
template <class P>
const P& part_of(const std::vector<ClassPart<P>>& parts, std::int32_t level, const P& of_all) {
  for (const ClassPart<P>& part : parts)
    if (part.index == level) return part.part;
  return of_all;
}

/// How closely a network is simulated: trains of packets, or every packet by itself.
enum class NetworkFidelity : std::uint8_t { kTrain, kPacket };

struct NetworkPlan {
  std::string topology = "star";
  NetworkFidelity fidelity = NetworkFidelity::kTrain;
  PacketParams packets;                 ///< of kPacket
  std::optional<NetworkEnergy> energy;  ///< where the scenario asks for it
  TopologyKeys shape;
  std::shared_ptr<const Fabric> fabric;  ///< once the scenario is checked
  SourcePosition place;                  ///< where the topology is named
  LinkParams link;                       ///< of every class without a part of its own
  NicParams nic;
  SwitchParams network_switch;       ///< likewise
  std::int32_t detour_channels = 0;  ///< virtual channels of links between routers beyond those of the routing
  std::vector<ClassPart<LinkParams>> links;
  std::vector<ClassPart<SwitchParams>> switches;
};

struct SoftwarePlan {
  std::string part;
  KernelParameters kernels;
  MatrixKernels gemm;
  MatrixKernels experts;
  AttentionKernels attention;
  CollectiveParams collectives;
  AllReduceSelection selection;
  CollectiveLibrary library;
  // mapping.collectives
  CollectiveAlgorithm all_reduce = CollectiveAlgorithm::kAuto;
  CollectiveAlgorithm all_gather = CollectiveAlgorithm::kAuto;  ///< kAuto: one-shot, the runtime's own
  TokenTravel expert_exchange = TokenTravel::kEven;

  [[nodiscard]] KernelLibrary kernel_library() const { return {kernels, gemm, experts, attention}; }
};

enum class WorkloadKind : std::uint8_t { kDecode, kMemory, kOperators, kCollective, kTraffic };

/// `kind: memory`: what drives the plan's first memory tier. Either a pattern or a trace.
struct MemoryWorkloadPlan {
  std::optional<AccessPattern> pattern;
  std::shared_ptr<const MemoryTrace> trace;
  std::vector<std::string> levels;  ///< what the entries of the trace's address vectors mean
  std::int64_t outstanding = 1;     ///< accesses that each stream keeps outstanding
  bool accelerator = false;         ///< whether one stands in front of the memory
  Duration initiator_latency;       ///< the way between the memory and who uses it
  std::int64_t load_points = 0;     ///< of the latency-against-load curve; 0: none

  [[nodiscard]] std::int64_t accesses() const { return pattern ? pattern->count : trace->size(); }
  /// Load that point 0 <= `point` < load_points of the curve offers: from 5 percent of `peak` evenly to all of it.
  [[nodiscard]] Bandwidth offered(Bandwidth peak, std::int64_t point) const {
    const std::int64_t steps = load_points - 1;
    return Bandwidth(checked::multiply_divide(peak.count(), 5 * steps + 95 * point, 100 * steps));
  }
};

/// `kind: operators`: a table of single operators to predict. `kind: collective`: a row for each number of ranks and
/// size.
struct OperatorsWorkloadPlan {
  OperatorTable table;
  std::vector<SoftwarePlan> profiles;         ///< by OperatorRow::profile; the first is the machine's
  std::vector<ResolvedValue> profile_values;  ///< of the others: they make the experiment too
};

/// Time that passes between two steps of a decode workload, at the rates of those before.
struct FastForward {
  std::int64_t after_step = 1;  ///< after so many steps
  std::int64_t days = 1;
};

/// `kind: traffic`: what the network's endpoints send to each other, at one load after the other.
struct TrafficWorkloadPlan {
  TrafficPattern pattern;
  TrafficLayout layout;
  Bandwidth capacity;            ///< of the slowest endpoint's way into the network
  std::vector<Bandwidth> loads;  ///< of each endpoint that sends, ascending
  Bytes packet;                  ///< on the wire
  Duration slot;                 ///< in which an endpoint makes at most one packet
  Duration warm_up;
  Duration measure;
};

struct WorkloadPlan {
  WorkloadKind kind = WorkloadKind::kDecode;
  std::optional<TrafficWorkloadPlan> traffic;  ///< exactly with kTraffic
  std::optional<MemoryWorkloadPlan> memory;    ///< exactly with kMemory
  std::shared_ptr<const OperatorsWorkloadPlan>
      operators;  ///< with kOperators and kCollective; what follows is of kDecode
  std::string model;
  DecodeConfig decode;  ///< architecture, precision, ranks
  std::int64_t batch = 0;
  std::int64_t context = 0;
  std::int64_t steps = 0;
  /// Set when the steps come from a file or a generator; then batch, context and steps describe it.
  std::shared_ptr<const DecodeTrace> trace;
  std::vector<FastForward> fast_forwards;  ///< in the order of their steps
  StepKinds kinds;                         ///< what steps do beyond decoding
  std::optional<DecodeConfig> draft;       ///< what drafts: a model of its own, or the model's mtp_module_of()

  /// What the steps are made of; `seed` is of the run.
  [[nodiscard]] ScheduleInput schedule(std::int64_t seed) const {
    return {batch, context, trace, kinds, static_cast<std::uint64_t>(seed), decode.kv_ages.present()};
  }
};

/// Routed experts that most steps read, apart from the others.
struct HotExperts {
  std::int32_t tier = 0;
  Ratio share;  ///< of the routed experts of a layer on each rank
};

/// Tier of each traffic class, as an index into Plan::memory.
struct PlacementPlan {
  std::int32_t weights = 0;
  std::int32_t experts = 0;  ///< weights of experts that tokens are routed to
  std::int32_t kv_cache = 0;
  std::int32_t activations = 0;
  std::optional<HotExperts> hot_experts{};
  std::optional<std::int32_t> recent_kv{};  ///< of the newest tokens of each sequence; the others are in kv_cache
  std::int32_t corpus = 0;                  ///< with DecodeConfig::retrieval
};

struct RunPlan {
  std::int64_t seed = 1;
  bool fold = true;  ///< whether ranks that do the same may share one representative
};

struct Plan {
  std::string title;
  std::string file;
  std::string accelerator_part;
  std::int64_t accelerators = 1;
  AcceleratorParameters accelerator;
  std::vector<MemoryPlan> memory;
  std::optional<NetworkPlan> network;  ///< absent for a single accelerator without one
  SoftwarePlan software;
  WorkloadPlan workload;
  PlacementPlan placement;
  FaultPlan faults;
  RunPlan run;
  std::vector<ResolvedValue> resolved;  ///< every value with its origin, in the order of `check`
  std::vector<FieldInfo> fields;        ///< the declaration of each of them, in the same order; name is the whole path
  std::string scenario_sha256;          ///< of the resolved values: what makes two runs the same experiment
  Node expectations;                    ///< the scenario's `expect:` list; null when there is none
};

}  // namespace decodesim
