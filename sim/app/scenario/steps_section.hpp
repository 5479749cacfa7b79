// SPDX-License-Identifier: Apache-2.0
// StepsSection: the keys of a decode workload that make its steps more than decoding a token: phase: prefill,
// prefill_chunk, arrivals, speculative, diffusion, vision_tokens and retrieval. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/model_reading.hpp"

namespace decodesim {

enum class Phase : std::uint8_t { kDecode, kPrefill };

struct PhaseKey {
  Phase phase = Phase::kDecode;
  static Schema<PhaseKey> schema();
};

struct VisionKey {
  std::int64_t vision_tokens = 0;
  static Schema<VisionKey> schema();
};

/// `batch` beside the keys of Prefill.
struct PromptBatch {
  std::int64_t batch = 1;
  static Schema<PromptBatch> schema();
};

/// `batch` and `context` where the number of steps is none to choose.
struct BatchAtContext {
  std::int64_t batch = 1;
  std::int64_t context = 0;
  static Schema<BatchAtContext> schema();
};

class StepsSection {
 public:
  explicit StepsSection(Reading& reading) : reading_(reading) {}

  /// The keys of `workload:` that are read here, batch and context not among them.
  static const std::vector<std::string>& keys();

  /// True when batch, context and steps have been read here too: prefill and diffusion.
  bool read(const Node& workload);
  /// Makes what drafts, once model and mapping are read, and reports what does not go together.
  void complete();
  /// Throws OverflowError when a step is too large to be counted; to be called once the scenario is sound.
  void rehearse() const;
  void resolve();

 private:
  void read_retrieval();
  void read_prefill();
  void read_speculative(const Node& node);
  void read_diffusion(const Node& node);
  void refuse(const std::vector<std::string>& keys, const std::string& with, const std::string& expected);

  Reading& reading_;
  Node node_;
  PhaseKey phase_;
  VisionKey vision_;
  PromptBatch prompts_;
  BatchAtContext batch_;
  ModelReference draft_;
  bool draft_read_ = false;
};

}  // namespace decodesim
