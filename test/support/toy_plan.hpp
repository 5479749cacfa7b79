// SPDX-License-Identifier: Apache-2.0
// A whole plan for tests: a two-layer model on a few toy accelerators.
#pragma once

#include "sim/app/scenario/plan.hpp"
#include "test/support/hbm3.hpp"
#include "test/support/toy_accelerator.hpp"
#include "workloads/batching/continuous_batching.hpp"

namespace decodesim::test {

inline Architecture toy_architecture() {
  Architecture a;
  a.name = "toy";
  a.layers = 2;
  a.hidden = 256;
  a.q_heads = 8;
  a.kv_heads = 8;
  a.head_dim = 32;
  a.intermediate = 512;
  a.vocabulary = 1024;
  return a;
}

/// `ranks` accelerators on a star with DRAM and realistic latencies; a batch of 4 at 100 tokens for 3 steps.
inline Plan toy_plan(std::int64_t ranks) {
  using namespace literals;
  Plan plan;
  plan.title = "toy";
  plan.accelerator_part = "toy";
  plan.accelerators = ranks;
  plan.accelerator = toy_accelerator();
  plan.accelerator.sram_bandwidth_per_core = 100_GBps;
  plan.accelerator.memory_path_latency = 300_ns;
  MemoryPlan memory;
  memory.name = "hbm";
  memory.part = "hbm3";
  memory.dram = hbm3();
  plan.memory.push_back(memory);
  if (ranks > 1) plan.network = NetworkPlan{};
  plan.software.part = "toy";
  plan.software.kernels.start = 1_us;
  plan.software.gemm.bf16.prologue = 100_ns;
  plan.software.gemm.bf16.epilogue = 200_ns;
  plan.software.kernels.host_time_per_step = 10_us;
  plan.workload.model = "toy";
  plan.workload.decode.architecture = toy_architecture();
  plan.workload.decode.parallel = ranks;
  plan.workload.batch = 4;
  plan.workload.context = 100;
  plan.workload.steps = 3;
  plan.run.fold = false;
  return plan;
}

}  // namespace decodesim::test
