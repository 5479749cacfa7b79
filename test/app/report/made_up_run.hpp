// SPDX-License-Identifier: Apache-2.0
// A small run that nobody simulated: four decode steps of one node, with figures that are easy to follow by hand and
// that keep every law of self_check.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Eight H100s with five stacks each, Llama-3-70B in FP8: 80 x 2 x 8 x 128 = 163,840 bytes of cache a token.
inline Plan made_up_plan() {
  using namespace literals;
  Plan plan;
  plan.title = "Llama-3-70B decode on one 8-GPU node";
  plan.file = "made_up.yaml";
  plan.accelerator_part = "h100-sxm";
  plan.accelerators = 8;
  plan.accelerator.bf16 = 989_TFLOPs;
  plan.accelerator.fp8 = 2'000_TFLOPs;
  MemoryPlan hbm;
  hbm.name = "hbm";
  hbm.part = "hbm3-16gb";
  hbm.stacks = 5;
  plan.memory.push_back(hbm);
  plan.network.emplace();
  plan.network->link.bandwidth = 450_GBps;
  plan.software.part = "trtllm-graph";
  plan.workload.model = "llama-3-70b";
  Architecture& architecture = plan.workload.decode.architecture;
  architecture.layers = 80;
  architecture.kv_heads = 8;
  architecture.head_dim = 128;
  plan.workload.decode.precision = {DataType::kFp8, DataType::kFp8, DataType::kBf16, {}};
  plan.workload.decode.parallel = 8;
  plan.workload.batch = 16;
  plan.workload.context = 2'048;
  plan.workload.steps = 4;
  plan.resolved.push_back({"workload.batch", "16", "made_up.yaml:9:10", "Sequences decoded together"});
  plan.fields.push_back({"workload.batch", "integer", "", "", "Sequences decoded together", required()});
  plan.scenario_sha256 = std::string(64, 'a');
  return plan;
}

/// Steps of 4.5, 4.5, 5 and 6 ms: 20 ms in all, of which 12.8 memory, 0.8 compute, 2.4 network and 4 overhead.
inline std::vector<StepRecord> made_up_steps() {
  using namespace literals;
  std::vector<StepRecord> steps;
  TimePoint begin;
  for (const Duration memory : {2'700_us, 2'700_us, 3'200_us, 4'200_us}) {
    StepRecord step;
    step.step = static_cast<std::int64_t>(steps.size());
    step.begin = begin;
    step.breakdown = {memory, 200_us, 600_us, 1'000_us};
    step.latency = step.breakdown.total();
    step.sequences = step.tokens = step.new_tokens = 16;
    step.kv_tokens = 16 * 2'048;
    step.longest_context = 2'048;
    begin = begin + step.latency;
    steps.push_back(step);
  }
  return steps;
}

/// Of rank 0, which stands for all eight.
inline std::vector<ComponentRecord> made_up_components() {
  return {{"rank0.core.dma", "bytes_asked", "B", 38'005'000'000},
          {"rank0.core.dma", "bytes_delivered", "B", 38'005'000'000},
          {"rank0.hbm", "bytes_asked", "B", 38'005'000'000},
          {"rank0.hbm", "bytes_read", "B", 38'000'000'000},
          {"rank0.hbm", "bytes_written", "B", 5'000'000},
          {"rank0.hbm", "trains", "1", 100},
          {"rank0.hbm", "busy_ps", "ps", 13'000'000'000},
          {"rank0.hbm", "address_errors", "1", 0},
          {"rank0.nic", "payload_sent", "B", 40'000'000},
          {"rank0.nic", "payload_received", "B", 40'000'000},
          {"rank0.up", "wire_bytes", "B", 45'000'000},
          {"rank0.up", "delivered_bytes", "B", 45'000'000},
          {"rank0.up", "busy", "ps", 100'000'000},
          {"rank0.down", "wire_bytes", "B", 45'000'000},
          {"rank0.down", "delivered_bytes", "B", 45'000'000},
          {"rank0.down", "busy", "ps", 110'000'000},
          {"switch", "payload_in", "B", 40'000'000},
          {"switch", "contributed", "B", 0},
          {"switch", "reduced", "B", 0},
          {"switch", "multicast", "B", 0}};
}

inline RunResult made_up_result() {
  using namespace literals;
  RunResult result;
  result.steps = made_up_steps();
  result.steps_asked = 4;
  result.simulated = 20_ms;
  result.events = 1'234'567;
  result.fingerprint = "0123456789abcdef";
  result.folded_ranks = 8;
  result.all_reduce_algorithm = "one_shot";
  result.memory = {{"hbm", "hbm3-16gb", 304_GB, 40'000'000_B, 26'800_GBps, 13_ms}};
  result.components = made_up_components();
  result.network_payload = 320'000'000_B;
  result.flops = 9'600'000'000'000;
  result.weights_per_step = 70'000'000'000_B;
  result.wall_seconds = 0.016;
  result.peak_rss_bytes = 84'000'000;
  return result;
}

/// An empty directory that goes away with its test.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("decodesim_" + name + "_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Names of everything in it, in order.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  std::filesystem::path path_;
};

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace decodesim
