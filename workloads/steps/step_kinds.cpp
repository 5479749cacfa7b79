// SPDX-License-Identifier: Apache-2.0
#include "workloads/steps/step_kinds.hpp"

#include "workloads/trace/decode_trace.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kMostOutput = 1'000'000;
constexpr std::int64_t kMostPositions = 65'536;  // of a block; of drafted tokens far fewer make sense

}  // namespace

Schema<Prefill> Prefill::schema() {
  return std::move(
      Schema<Prefill>("workload", "Prompts, computed before their first token")
          .field("prompt", &Prefill::prompt, {1, kLongestContext - 1}, "Tokens of each sequence's prompt", required())
          .field("chunk", &Prefill::chunk, {1, kLongestContext - 1}, "Tokens of each prompt computed in a step",
                 derived("the whole prompt"))
          .field("output", &Prefill::output, {1, kMostOutput},
                 "Tokens generated for each sequence; the first is made by its prompt's last chunk",
                 assumed("1: nothing is decoded")));
}

Schema<PrefillChunk> PrefillChunk::schema() {
  return std::move(
      Schema<PrefillChunk>("prefill_chunk", "A piece of another sequence's prompt in every decode step")
          .field("tokens", &PrefillChunk::tokens, {1, kLongestContext - 1}, "Tokens of the piece", required())
          .field("cached", &PrefillChunk::cached, {0, kLongestContext - 1}, "Tokens of that prompt computed before it",
                 assumed("0: its first piece")));
}

Schema<Arrivals> Arrivals::schema() {
  return std::move(
      Schema<Arrivals>("arrivals", "Prompts computed elsewhere, whose keys and values come into the cache")
          .field("prompt", &Arrivals::prompt, {1, kLongestContext - 1}, "Tokens of each sequence's prompt", required())
          .field("output", &Arrivals::output, {1, kMostOutput},
                 "Tokens that a sequence makes before the next one takes its place", required()));
}

std::int64_t Arrivals::tokens(std::int64_t batch, std::int64_t step) const {
  const std::int64_t a_round = checked::multiply(batch, prompt);
  const auto until = [&](std::int64_t steps) { return checked::multiply_divide(steps, a_round, output); };
  return until(step + 1) - until(step);
}

Schema<Speculation> Speculation::schema() {
  return std::move(
      Schema<Speculation>("speculative", "Speculative decoding: draft a chain of tokens, verify it in one pass")
          .choice<DraftMethod>(
              "method", &Speculation::method, {{"mtp", DraftMethod::kMtp}, {"draft", DraftMethod::kDraft}},
              "What drafts: the model's multi-token prediction module, or a model of its own", required())
          .field("draft_tokens", &Speculation::draft_tokens, {1, 1'024}, "Tokens drafted for each sequence in a step",
                 required())
          .field("acceptance", &Speculation::acceptance, {Ratio(0), Ratio(1'000'000)},
                 "Probability that a drafted token is accepted when those before it were", required()));
}

Schema<BlockDiffusion> BlockDiffusion::schema() {
  return std::move(
      Schema<BlockDiffusion>("diffusion", "Block diffusion: all positions of a block refined together")
          .field("block", &BlockDiffusion::block, {1, kMostPositions}, "Positions of a block", required())
          .field("refinements", &BlockDiffusion::refinements, {1, 100'000}, "Steps that refine a block", required())
          .field("commit_step", &BlockDiffusion::commit_step,
                 "Whether one more step computes the finished block's keys and values",
                 cited("Arriola et al., Block Diffusion, arXiv 2503.09573, algorithm 1"))
          .field("blocks", &BlockDiffusion::blocks, {1, 1'000'000}, "Blocks of each sequence, one after the other",
                 assumed("1: they differ by their context only")));
}

}  // namespace decodesim
