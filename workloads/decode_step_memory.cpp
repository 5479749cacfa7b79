// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that is about what a rank holds, and which configurations there are.
#include <algorithm>

#include "workloads/decode_step.hpp"

namespace decodesim {
namespace {

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

std::string text(std::int64_t n) { return std::to_string(n); }

/// Weights of some operators.
struct BlockWeights {
  Bytes norms;
  Bytes others;
};

BlockWeights weights_of(const std::vector<Operator>& operators) {
  BlockWeights out;
  for (const Operator& op : operators) (op.kind == OperatorKind::kNorm ? out.norms : out.others) += op.weight_bytes;
  return out;
}

}  // namespace

std::vector<std::string> model_problems(const Architecture& a) {
  std::vector<std::string> out;
  const auto refuse = [&](bool found, const std::string& what, const std::string& expected) {
    if (found)
      out.push_back("the model " + a.name + " has " + what + ", which decode steps do not do yet; expected " +
                    expected);
  };
  refuse(a.norms_per_layer == 3, text(a.norms_per_layer) + " norms a layer", "1, 2 or 4");
  refuse(a.mla.present() && a.biases.attention != AttentionBias::kNone, "latent attention with biases",
         "a model without them");
  refuse(a.mla.present() && a.qk_norm, "latent attention with norms of query and key heads", "a model without them");
  return out;
}

std::vector<std::string> problems(const DecodeConfig& config) {
  std::vector<std::string> out = model_problems(config.architecture);
  for (ShardingProblem& problem : sharding_problems(config.architecture, config.parallel, config.kv_split_by_sequence))
    out.push_back(std::move(problem.message));
  return out;
}

// Every sequence's tokens are dealt out to the splits and rounded up. A windowed layer keeps what its new tokens see,
// and those. Recent are less than recent + block tokens of each sequence and the step's own; old all those of the
// longest one beyond the recent ones, in as many sequences as there are.
DecodeStepBuilder::CacheBytes DecodeStepBuilder::kv_cache_bytes(const StepPeak& peak, const StageLayers& layers) const {
  const WindowShape& window = config_.architecture.window;
  const KvAges& ages = config_.kv_ages;
  const auto here = [&, splits = shape_.kv_splits](std::int64_t tokens) {
    return divide_up(checked::add(tokens, checked::multiply(peak.sequences, splits - 1)), splits);
  };
  const Bytes token = size_of(config_.precision.kv_cache, shape_.kv_heads * head_shape().cached);
  const std::int64_t windowed = layers_with(layers, window);
  const std::int64_t seen_before = checked::multiply(peak.sequences, std::max<std::int64_t>(0, window.tokens - 1));
  const std::int64_t kept = std::min(peak.kv_tokens, checked::add(seen_before, peak.tokens));
  const auto bytes = [&](std::int64_t all, std::int64_t in_window) {
    return token * (layers.count - windowed) * here(all) + token * windowed * here(in_window);
  };
  if (!ages.present()) return {bytes(peak.kv_tokens, kept), Bytes()};
  const std::int64_t most_recent = checked::multiply(peak.sequences, checked::add(ages.recent, ages.block - 1));
  const std::int64_t recent = std::min(peak.kv_tokens, checked::add(most_recent, peak.tokens));
  const std::int64_t longest = peak.longest > 0 ? peak.longest : peak.kv_tokens;
  const auto old = [&](std::int64_t all, std::int64_t of_one) {
    return std::min(all, checked::multiply(peak.sequences, std::max<std::int64_t>(0, of_one - ages.recent)));
  };
  return {
      bytes(old(peak.kv_tokens, longest), old(kept, std::min(longest, std::max<std::int64_t>(0, window.tokens - 1)))),
      bytes(recent, std::min(kept, recent))};
}

// Of one token, the widest neighbours in attention.
std::int64_t DecodeStepBuilder::attention_activations() const {
  const Architecture& a = config_.architecture;
  const HeadShape head = head_shape();
  const std::int64_t around_attention = shape_.q_heads * (head.key + head.value) + shape_.kv_heads * head.cached;
  const std::int64_t latents = a.mla.present() ? a.mla.q_rank + head.key : 0;
  return std::max(a.hidden + shape_.qkv_columns + latents, around_attention);
}

std::vector<MemoryNeed> DecodeStepBuilder::memory_needs(const StepPeak& peak, std::int64_t stage) const {
  const Architecture& a = config_.architecture;
  const Precision& p = config_.precision;
  const std::int64_t ranks = config_.parallel.replica_ranks();
  const std::int64_t stages = config_.parallel.pipeline;
  const StageLayers layers = layers_of(a.layers, stages, stage);
  const std::int64_t sparse = layers_with(layers, a.moe);
  const bool first = stage == 0;
  const bool last = stage + 1 == stages;

  Batch one;
  one.sequences = one.rows = one.all_rows = 1;
  std::vector<Operator> block;
  append_attention_block(one, block);
  const BlockWeights attention = weights_of(block);
  block.clear();
  append_mlp_block(one, block);
  const BlockWeights mlp = weights_of(block);
  const ExpertWeights experts = expert_weights();
  const CacheBytes cache = kv_cache_bytes(peak, layers);
  const Bytes final_norm = last ? norm("final_norm", 1).weight_bytes : Bytes();
  const Bytes bias = activations(a.biases.lm_head ? shape_.vocabulary : 0);
  const Bytes table = size_of(p.lm_head_type(), checked::multiply(shape_.vocabulary, a.hidden));
  const bool own_table = !a.tied_embeddings || !first;

  const std::int64_t widest = std::max({
      attention_activations(),
      a.hidden + up_projections() * shape_.intermediate,  // around the first projection of the MLP
      (up_projections() + 1) * shape_.intermediate,       // around the activation
      experts_activations(),
  });
  const std::int64_t gathered = ranks == 1 ? 0 : shape_.vocabulary * ranks;
  // Of one micro-batch.
  const std::int64_t tokens = divide_up(peak.tokens, stages);
  const std::int64_t logits = last ? divide_up(peak.logits, stages) : 0;
  using enum TrafficClass;
  return of_module({
      {"embedding table", kWeights, first ? table : Bytes()},
      {"attention weights", kWeights, attention.others * layers.count},
      {"mlp weights", kWeights, mlp.others * (layers.count - sparse)},
      {"router weights", kWeights, router_weights() * sparse},
      {"expert weights", kWeights, experts.others * sparse},
      {"hot expert weights", kWeights, experts.hot * sparse},
      {"shared expert weights", kWeights, experts.shared * sparse},
      {"norm weights", kWeights, (attention.norms + mlp.norms) * layers.count + final_norm},
      {"lm_head weights", kWeights, last ? (own_table ? table : Bytes()) + bias : Bytes()},
      {"kv cache", kKvCache, cache.old},
      {"recent kv cache", kKvCache, cache.recent},
      {"corpus", kOther, corpus_bytes()},
      {"activations", kActivations, activations(checked::multiply(tokens, a.hidden + widest))},
      {"logits", kActivations, activations(checked::multiply(logits, shape_.vocabulary + gathered))},
  });
}

}  // namespace decodesim
