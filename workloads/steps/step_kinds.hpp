// SPDX-License-Identifier: Apache-2.0
// Kinds of step beyond plain decoding, as a scenario states them. docs/modelling/steps.md says what each computes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "sim/core/units/units.hpp"

namespace decodesim {

/// A prompt that is computed before the first token, in chunks of a step each (Sarathi-Serve, arXiv 2403.02310).
struct Prefill {
  std::int64_t prompt = 1;  ///< tokens of each sequence's prompt, vision tokens not among them
  std::int64_t chunk = 0;   ///< of the prompt in a step; 0: all of it
  std::int64_t output = 1;  ///< tokens generated for each sequence, the one that prefill makes among them
  static Schema<Prefill> schema();
};

/// A piece of another sequence's prompt that every decode step computes beside its batch.
struct PrefillChunk {
  std::int64_t tokens = 1;
  std::int64_t cached = 0;  ///< of the prompt, before
  static Schema<PrefillChunk> schema();
};

/// Prompts that are computed elsewhere: their keys and values come into the cache while others are decoded. A sequence
/// makes `output` tokens and gives its place to the next one.
struct Arrivals {
  std::int64_t prompt = 1;  ///< tokens of each sequence
  std::int64_t output = 1;
  /// Tokens that come in with step `step` of a batch: batch x prompt / output a step, in whole tokens.
  [[nodiscard]] std::int64_t tokens(std::int64_t batch, std::int64_t step) const;
  static Schema<Arrivals> schema();
};

enum class DraftMethod : std::uint8_t { kMtp, kDraft };

/// Speculative decoding (arXiv 2211.17192): `draft_tokens` passes of a small model guess a chain of tokens, one pass of
/// the model verifies it.
struct Speculation {
  DraftMethod method = DraftMethod::kMtp;
  std::int64_t draft_tokens = 1;
  Ratio acceptance;  ///< probability that a drafted token is accepted when those before it were
  static Schema<Speculation> schema();
};

/// Block diffusion (arXiv 2503.09573): all positions of a block are refined together, against the cache of the blocks
/// before.
struct BlockDiffusion {
  std::int64_t block = 32;       ///< positions
  std::int64_t refinements = 8;  ///< steps a block
  bool commit_step = true;       ///< whether another one computes the finished block's keys and values
  std::int64_t blocks = 1;
  [[nodiscard]] std::int64_t steps_per_block() const { return refinements + (commit_step ? 1 : 0); }
  static Schema<BlockDiffusion> schema();
};

/// At most one of the five is given.
struct StepKinds {
  std::int64_t vision_tokens = 0;  ///< before every prompt and context
  std::optional<Prefill> prefill;
  std::optional<PrefillChunk> chunk;
  std::optional<Arrivals> arrivals;
  std::optional<Speculation> speculation;
  std::optional<BlockDiffusion> diffusion;
};

}  // namespace decodesim
