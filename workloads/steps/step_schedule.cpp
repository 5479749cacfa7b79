// SPDX-License-Identifier: Apache-2.0
#include "workloads/steps/step_schedule.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

using checked::add;
using checked::multiply;

std::int64_t chunk_of(const Prefill& prefill, std::int64_t prompt) {
  return prefill.chunk == 0 ? prompt : std::min(prefill.chunk, prompt);
}

std::int64_t chunks_of(const Prefill& prefill, std::int64_t prompt) {
  return checked::narrow(checked::divide_up(prompt, chunk_of(prefill, prompt)));
}

StepPeak decode_peak(const ScheduleInput& input, std::int64_t replicas) {
  const std::int64_t more = input.kinds.vision_tokens + 1;
  StepPeak peak{input.batch, multiply(input.batch, add(input.context, more)), input.batch, input.batch,
                add(input.context, more)};
  if (!input.trace) return peak;
  peak.longest = add(input.trace->longest_context(), more);
  // A sequence's vision tokens and its new one are in the cache beside its context.
  peak.sequences = checked::narrow(checked::divide_up(input.trace->largest_batch(), replicas));
  peak.kv_tokens = 0;
  for (std::int64_t step = 0; step < input.trace->steps(); ++step) {
    const auto contexts = input.trace->contexts(step);
    for (std::int64_t replica = 0; replica < replicas; ++replica) {
      std::int64_t tokens = 0;
      for (auto i = static_cast<std::size_t>(replica); i < contexts.size(); i += static_cast<std::size_t>(replicas))
        tokens = add(tokens, contexts[i] + more);
      peak.kv_tokens = std::max(peak.kv_tokens, tokens);
    }
  }
  peak.tokens = peak.logits = peak.sequences;
  return peak;
}

StepPeak prefill_peak(const ScheduleInput& input, const Prefill& prefill) {
  const std::int64_t prompt = prompt_tokens(input.kinds);
  const std::int64_t chunk = chunk_of(prefill, prompt);
  const std::int64_t longest = add(prompt, prefill.output - 1);
  return {input.batch, multiply(input.batch, longest), multiply(input.batch, chunk), input.batch, longest};
}

}  // namespace

std::int64_t prompt_tokens(const StepKinds& kinds) {
  return kinds.prefill ? add(kinds.prefill->prompt, kinds.vision_tokens) : 0;
}

std::optional<std::int64_t> steps_of(const StepKinds& kinds) {
  if (kinds.prefill) return chunks_of(*kinds.prefill, prompt_tokens(kinds)) + kinds.prefill->output - 1;
  if (kinds.diffusion) return multiply(kinds.diffusion->blocks, kinds.diffusion->steps_per_block());
  return std::nullopt;
}

StepPeak peak_of(const ScheduleInput& whole, PassOf of, std::int64_t replicas) {
  ScheduleInput input = whole;
  input.batch = checked::narrow(checked::divide_up(whole.batch, replicas));
  const StepKinds& kinds = input.kinds;
  const std::int64_t cached = add(input.context, kinds.vision_tokens);
  const std::int64_t batch = input.batch;
  if (kinds.prefill) return prefill_peak(input, *kinds.prefill);
  if (kinds.speculation) {
    const std::int64_t drafted = kinds.speculation->draft_tokens;
    const std::int64_t verified = multiply(batch, drafted + 1);
    const std::int64_t held = add(multiply(batch, cached), verified);
    if (of == PassOf::kModel) return {batch, held, verified, verified};
    return {batch, held, kinds.speculation->method == DraftMethod::kMtp ? verified : multiply(batch, 2), batch};
  }
  if (kinds.diffusion) {
    const std::int64_t positions = multiply(batch, kinds.diffusion->block);
    return {batch, add(multiply(batch, cached), multiply(positions, kinds.diffusion->blocks)), positions, positions};
  }
  StepPeak peak = decode_peak(input, replicas);
  if (kinds.chunk) {
    ++peak.sequences;
    peak.kv_tokens = add(peak.kv_tokens, add(kinds.chunk->cached, kinds.chunk->tokens));
    peak.tokens = add(peak.tokens, kinds.chunk->tokens);
    peak.longest = std::max(peak.longest, add(kinds.chunk->cached, kinds.chunk->tokens));
  }
  return peak;
}

StepSchedule::StepSchedule(ScheduleInput input)
    : input_(std::move(input)), random_(input_.seed, "workload.speculative", "acceptance") {
  const StepKinds& kinds = input_.kinds;
  const std::size_t passes = kinds.speculation ? static_cast<std::size_t>(kinds.speculation->draft_tokens) + 1 : 1;
  work_.passes.resize(passes);
  for (std::size_t i = 0; i + 1 < passes; ++i) work_.passes[i].of = PassOf::kDraft;
  if (kinds.speculation) accepted_before_.resize(static_cast<std::size_t>(input_.batch));
}

const StepWork& StepSchedule::at(std::int64_t step) {
  if (step == made_) return work_;
  for (Pass& pass : work_.passes) pass.sequences.clear();
  work_.sequences = input_.batch;
  work_.produced = work_.arriving = 0;
  if (input_.kinds.prefill)
    prefill(*input_.kinds.prefill, step);
  else if (input_.kinds.speculation)
    speculate(*input_.kinds.speculation, step);
  else if (input_.kinds.diffusion)
    diffuse(*input_.kinds.diffusion, step);
  else
    decode(step);
  made_ = step;
  return work_;
}

void StepSchedule::decode(std::int64_t step) {
  std::vector<SequenceStep>& sequences = work_.passes.front().sequences;
  const std::int64_t vision = input_.kinds.vision_tokens;
  if (input_.trace) {
    require(step < input_.trace->steps(), "StepSchedule", "the trace has another step");
    for (const std::int64_t context : input_.trace->contexts(step)) sequences.push_back({.cached = context + vision});
  } else {
    sequences.assign(static_cast<std::size_t>(input_.batch), {.cached = input_.context + vision});
    for (std::size_t i = 0; i < sequences.size() && input_.slides; ++i)
      sequences[i].slid = step + static_cast<std::int64_t>(i);
  }
  work_.sequences = work_.produced = static_cast<std::int64_t>(sequences.size());
  if (const auto& chunk = input_.kinds.chunk) sequences.push_back({chunk->cached, chunk->tokens, 0});
  if (const auto& arrivals = input_.kinds.arrivals) work_.arriving = arrivals->tokens(input_.batch, step);
}

void StepSchedule::prefill(const Prefill& prefill, std::int64_t step) {
  const std::int64_t prompt = prompt_tokens(input_.kinds);
  const std::int64_t chunk = chunk_of(prefill, prompt);
  const std::int64_t last = chunks_of(prefill, prompt) - 1;
  SequenceStep sequence;
  if (step <= last)
    sequence = {step * chunk, std::min(chunk, prompt - step * chunk), step == last ? 1 : 0};
  else
    sequence.cached = prompt + step - last - 1;
  work_.passes.front().sequences.assign(static_cast<std::size_t>(input_.batch), sequence);
  work_.produced = step >= last ? input_.batch : 0;
}

std::int64_t StepSchedule::accepted(const Speculation& speculation) {
  constexpr std::uint64_t kOne = 1'000'000;
  const auto below = static_cast<std::uint64_t>(speculation.acceptance.count());
  std::int64_t count = 0;
  while (count < speculation.draft_tokens && random_.below(kOne) < below) ++count;
  return count;
}

void StepSchedule::speculate(const Speculation& speculation, std::int64_t step) {
  require(step == made_ + 1, "StepSchedule", "steps that draft are asked for in order");
  const std::int64_t cached = input_.context + input_.kinds.vision_tokens;
  const std::int64_t drafted = speculation.draft_tokens;
  const bool mtp = speculation.method == DraftMethod::kMtp;
  for (std::int64_t& accepted_here : accepted_before_) {
    // Tokens that the drafter has not seen, as far as the context reaches.
    const std::int64_t unseen = mtp ? accepted_here + 1 : (accepted_here == drafted ? 2 : 1);
    const std::int64_t end = mtp ? cached : cached + 1;  // of the first pass
    const std::int64_t first = std::clamp<std::int64_t>(end, 1, unseen);
    work_.passes.front().sequences.push_back({std::max<std::int64_t>(0, end - first), first, 1});
    for (std::int64_t i = 1; i < drafted; ++i)
      work_.passes[static_cast<std::size_t>(i)].sequences.push_back({.cached = std::max<std::int64_t>(1, end) + i - 1});
    work_.passes.back().sequences.push_back({cached, drafted + 1, drafted + 1});
    accepted_here = accepted(speculation);
    work_.produced += accepted_here + 1;
  }
}

void StepSchedule::diffuse(const BlockDiffusion& diffusion, std::int64_t step) {
  const std::int64_t in_block = step % diffusion.steps_per_block();
  const std::int64_t before = multiply(step / diffusion.steps_per_block(), diffusion.block);
  const SequenceStep sequence{add(input_.context + input_.kinds.vision_tokens, before), diffusion.block,
                              in_block < diffusion.refinements ? diffusion.block : 0, false};
  work_.passes.front().sequences.assign(static_cast<std::size_t>(input_.batch), sequence);
  if (in_block + 1 == diffusion.steps_per_block()) work_.produced = multiply(input_.batch, diffusion.block);
}

}  // namespace decodesim
