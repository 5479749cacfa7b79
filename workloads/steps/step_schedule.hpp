// SPDX-License-Identifier: Apache-2.0
// StepSchedule: what each step of a decode workload computes: the passes through the model, and those through what
// drafts for it, in order; and how many tokens it produces.
//
//   decode       [model: every sequence 1 new token]                            1 token a sequence
//   prefill      [model: a chunk of every prompt] ...                           1 token a sequence with the last chunk
//   arrivals     as decode, and keys and values of so many tokens of prompts come into the cache meanwhile
//   with chunk   [model: every sequence 1 new token, one more sequence a chunk] 1 token a decoding sequence
//   speculative  [draft] x draft_tokens [model: draft_tokens + 1 new tokens]    the accepted ones and 1 a sequence
//   diffusion    [model: every sequence a block, which sees all of itself]      a block a sequence with its last step
//
// Drafting. A multi-token prediction module sees what the model computed for the tokens that were accepted last: its
// first pass has all of these. A draft model has its own guesses in its cache: its first pass has the last token, and
// before it the last drafted one when all were accepted, which it has not seen. Further passes have one token each.
//
// Laws, each one a test in test/workloads/step_schedule_test.cpp:
//   1. Acceptance 1 produces draft_tokens + 1 tokens a sequence and step, acceptance 0 one.
//   2. The same seed gives the same steps.
//   3. The new tokens of all chunks are the prompt, vision tokens included.
//   4. The prompt tokens that arrive in `output` steps are batch x prompt.
//   5. No step has more sequences, tokens, logits or cache than peak() says.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/core/component/random.hpp"
#include "workloads/decode_step.hpp"
#include "workloads/steps/step_kinds.hpp"
#include "workloads/trace/decode_trace.hpp"

namespace decodesim {

enum class PassOf : std::uint8_t { kModel, kDraft };

struct Pass {
  PassOf of = PassOf::kModel;
  std::vector<SequenceStep> sequences;
};

struct StepWork {
  std::vector<Pass> passes;    ///< at least one; the last is the model's
  std::int64_t sequences = 0;  ///< that are decoded or prefilled; not that of PrefillChunk
  std::int64_t produced = 0;   ///< tokens
  std::int64_t arriving = 0;   ///< tokens of prompts computed elsewhere

  [[nodiscard]] const Pass& of_model() const { return passes.back(); }
};

/// What a schedule is made of: a batch at a context, or a trace.
struct ScheduleInput {
  std::int64_t batch = 1;
  std::int64_t context = 0;  ///< of text; vision tokens come on top
  std::shared_ptr<const DecodeTrace> trace;
  StepKinds kinds;
  std::uint64_t seed = 1;
  /// Whether a batch at a context slides along (SequenceStep::slid), each sequence a token ahead of the one before it.
  bool slides = false;
};

class StepSchedule {
 public:
  explicit StepSchedule(ScheduleInput input);

  /// Step `step` >= 0; the reference lives until the call after. Of a batch at a context there is always another one;
  /// beyond the end of a trace there is none: InternalError. Drafting depends on what was accepted before, so that its
  /// steps have to be asked for in order, each as often as wanted: InternalError otherwise.
  const StepWork& at(std::int64_t step);

 private:
  void decode(std::int64_t step);
  void prefill(const Prefill& prefill, std::int64_t step);
  void speculate(const Speculation& speculation, std::int64_t step);
  void diffuse(const BlockDiffusion& diffusion, std::int64_t step);
  [[nodiscard]] std::int64_t accepted(const Speculation& speculation);

  ScheduleInput input_;
  RandomStream random_;
  std::int64_t made_ = -1;                     ///< the step that work_ holds
  std::vector<std::int64_t> accepted_before_;  // by sequence
  StepWork work_;
};

/// Steps that the kinds determine by themselves, prefill and diffusion: how many. Otherwise nothing.
std::optional<std::int64_t> steps_of(const StepKinds& kinds);

/// Prompt and vision tokens together, of one sequence.
std::int64_t prompt_tokens(const StepKinds& kinds);

/// The largest step of the model, or of what drafts for it. With several replicas, to which a step's sequences are
/// dealt in turn, of the one that has most.
StepPeak peak_of(const ScheduleInput& input, PassOf of, std::int64_t replicas = 1);

}  // namespace decodesim
