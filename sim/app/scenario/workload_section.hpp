// SPDX-License-Identifier: Apache-2.0
// WorkloadSection: a scenario's `workload:` -> the plan's model and steps. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/fast_forward_section.hpp"
#include "sim/app/scenario/model_reading.hpp"
#include "sim/app/scenario/steps_section.hpp"

namespace decodesim {

/// `batch`, `context` and `steps`: every step has the same contexts.
struct FixedSteps {
  std::int64_t batch = 1;
  std::int64_t context = 0;
  std::int64_t steps = 64;
  static Schema<FixedSteps> schema();
};

/// `trace`: the steps of a decode trace file.
struct TraceSteps {
  std::string trace;
  std::int64_t steps = 0;  ///< 0: all
  static Schema<TraceSteps> schema();
};

/// Keys of `requests` when they come from a file.
struct AzureRequests {
  std::string azure;
  std::int64_t count = 0;  ///< 0: all
  static Schema<AzureRequests> schema();
};

/// Keys of `requests` when they are drawn.
struct GeneratedRequests {
  std::string generator;
  std::int64_t count = 0;
  static Schema<GeneratedRequests> schema();
};

/// `requests` become steps by continuous batching.
struct BatchedSteps {
  std::int64_t concurrency = 1;
  std::int64_t steps = 0;  ///< 0: all
  static Schema<BatchedSteps> schema();
};

/// `routing`: how tokens choose experts.
struct RoutingKeys {
  std::string routing = "balanced";
  static Schema<RoutingKeys> schema();
};

class WorkloadSection {
 public:
  explicit WorkloadSection(Reading& reading) : reading_(reading) {}

  /// Fills model, precision, batch, context and steps of the plan, but no trace.
  void read(const Node& workload);
  /// Reads or makes the trace, if there is one; to be called once the rest of the scenario is sound. `seed` is of the
  /// run. Throws ConfigError.
  void make_steps(std::int64_t seed);
  /// What the steps need beside the model; once the mapping is read.
  void complete() { steps_.complete(); }
  /// Throws OverflowError when a step is too large to be counted.
  void rehearse() const { steps_.rehearse(); }
  /// Whether what is to pass between steps can; once these are made.
  void check_fast_forward() { fast_forward_.check(); }
  /// Whether the accelerator, which has to be known, multiplies in the formats of `precision`.
  void check_formats();
  void resolve();

  [[nodiscard]] const SourcePosition& position() const { return node_.position(); }
  [[nodiscard]] const SourcePosition& model_position() const { return model_.mapping.position(); }

 private:
  enum class Source : std::uint8_t { kFixed, kTrace, kAzure, kGenerator, kOwnSteps };

  bool read_kind();
  void read_model_key();
  void read_routing();
  void read_steps();
  void read_requests(const Node& requests);
  Node steps_node(const std::vector<std::string>& keys) const;
  [[nodiscard]] DecodeTrace trace_of_file();
  [[nodiscard]] DecodeTrace trace_of_requests(std::int64_t seed);

  Reading& reading_;
  Node node_;
  ModelReference model_;
  StepsSection steps_{reading_};
  FastForwardSection fast_forward_{reading_};
  Source source_ = Source::kFixed;
  FixedSteps fixed_;
  TraceSteps trace_;
  AzureRequests azure_;
  GeneratedRequests generated_;
  BatchedSteps batched_;
  RoutingKeys routing_;
};

}  // namespace decodesim
