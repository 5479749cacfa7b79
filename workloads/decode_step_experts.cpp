// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that is about experts:
//
//   norm router routing experts_gate_up experts_activation experts_down [shared_gate_up shared_activation shared_down]
//   experts_combine [all_reduce] [post_norm]
//
// All ranks of one replica have all rows of its tokens, so that each computes its experts' part and the all-reduce adds
// the parts. With several replicas, rows are exchanged instead:
//
//   norm router routing experts_dispatch experts_gate_up experts_activation experts_down experts_combine experts_return
//   [shared_gate_up shared_activation shared_down] experts_sum [all_reduce] [post_norm]
//
// A row goes once to every rank that has a part of one of its experts (as in DeepEP's kernels for many tokens), in the
// format that the experts multiply in, and comes back once, added up there, in the activations' format. Messages are of
// the expected size, reaching_share() of the rows for every rank; TokenExchange says what a routing of each token
// needs.
//
// The step reads the experts that its tokens are expected to be routed to, expected_experts(), their rows being dealt
// out evenly; or, with a power law, those of rows_per_expert(). The products of a rank's experts are one grouped GEMM.
// Which experts they are matters where some are hot (DecodeConfig::hot_experts): with a power law those that get most
// rows, which are the same in every step; in a trace those that its caller says; where all are alike, the hot ones'
// share of those that are read is that of those that there are. The router and its bias keep the activations' format.
#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

#include "sim/core/component/require.hpp"
#include "workloads/decode_step.hpp"

namespace decodesim {
namespace {

using checked::multiply;

constexpr std::int64_t kRoutingFlops = 5;  // a logit: exponential, sum, quotient, and its share of the choice

constexpr std::int64_t kShareOne = std::int64_t{1} << 40;  // of reaching_share

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

}  // namespace

// In 2^-40 and whole numbers, so that every machine gets the same: the part of the experts that no token has reached.
std::int64_t expected_experts(const MoeShape& moe, std::int64_t tokens) {
  constexpr std::int64_t kOne = std::int64_t{1} << 40;
  std::int64_t missed = kOne;
  for (std::int64_t i = 0; i < tokens && missed > 0; ++i)
    missed = missed * (moe.experts - moe.experts_per_token) / moe.experts;
  const std::int64_t reached = (multiply(moe.experts, kOne - missed) + kOne / 2) / kOne;
  return std::clamp(reached, moe.experts_per_token, moe.experts);
}

// One after the other, a token's experts miss the given ones: (n - some) / n x (n - some - 1) / (n - 1) x ...
std::int64_t reaching_share(const MoeShape& moe, std::int64_t some) {
  std::int64_t missed = kShareOne;
  for (std::int64_t i = 0; i < moe.experts_per_token; ++i)
    missed = checked::multiply_divide(missed, std::max<std::int64_t>(0, moe.experts - some - i), moe.experts - i);
  return kShareOne - missed;
}

std::int64_t DecodeStepBuilder::hot_experts() const {
  return (multiply(shape_.experts, config_.hot_experts.count()) + kPartsPerMillion / 2) / kPartsPerMillion;
}

void DecodeStepBuilder::route(std::span<const std::int64_t> expert_rows, std::span<const char> hot) {
  traced_rows_.clear();
  traced_hot_ = 0;
  if (expert_rows.empty()) return;
  const std::int64_t experts = config_.architecture.moe.experts;
  require(static_cast<std::int64_t>(expert_rows.size()) == experts, "DecodeStepBuilder", "rows of every expert");
  const auto block = static_cast<std::size_t>(divide_up(experts, config_.parallel.expert));
  std::span<const std::int64_t> busiest;
  std::int64_t most = -1;
  for (std::size_t first = 0; first < expert_rows.size(); first += block) {
    const auto part = expert_rows.subspan(first, std::min(block, expert_rows.size() - first));
    const std::int64_t sum = std::accumulate(part.begin(), part.end(), std::int64_t{0});
    if (sum > most) most = sum, busiest = part;
  }
  const auto first_of_busiest = static_cast<std::size_t>(busiest.data() - expert_rows.data());
  for (std::size_t i = 0; i < busiest.size() && !hot.empty(); ++i)
    traced_hot_ += busiest[i] > 0 && hot[first_of_busiest + i] != 0 ? 1 : 0;
  std::copy_if(busiest.begin(), busiest.end(), std::back_inserter(traced_rows_), [](std::int64_t r) { return r > 0; });
  std::sort(traced_rows_.begin(), traced_rows_.end(), std::greater<>());
}

DecodeStepBuilder::ExpertRows DecodeStepBuilder::expert_rows(std::int64_t tokens) const {
  if (!traced_rows_.empty())
    return {std::accumulate(traced_rows_.begin(), traced_rows_.end(), std::int64_t{0}),
            static_cast<std::int64_t>(traced_rows_.size()), traced_rows_, traced_hot_};
  const MoeShape& moe = config_.architecture.moe;
  const std::int64_t parts = config_.parallel.expert;
  if (config_.routing_alpha_ppm == 0) {
    const std::int64_t sum = divide_up(multiply(tokens, moe.experts_per_token), parts);
    const std::int64_t read = std::min(sum, divide_up(expected_experts(moe, tokens), parts));
    return {sum, read, {}, (2 * multiply(read, hot_experts()) + shape_.experts) / (2 * shape_.experts)};
  }
  const ExpertShape shape{tokens, moe.experts_per_token, moe.experts, parts, config_.routing_alpha_ppm};
  auto found = loads_.find(shape);
  if (found == loads_.end()) found = loads_.emplace(shape, rows_per_expert(shape)).first;
  const std::vector<std::int64_t>& each = found->second;
  const auto read = static_cast<std::int64_t>(each.size());
  return {std::accumulate(each.begin(), each.end(), std::int64_t{0}), read, each, std::min(read, hot_experts())};
}

Operator DecodeStepBuilder::grouped_gemm(std::string_view name, const ExpertRows& rows, std::int64_t n,
                                         std::int64_t k) const {
  const bool bias = config_.architecture.biases.mlp;
  Operator op = gemm(name, divide_up(rows.sum, rows.experts), n, k, config_.precision.experts_format(), bias);
  op.routed = true;
  op.groups = rows.experts;
  op.group_rows = rows.each;
  op.hot_groups = rows.hot;
  op.weight_bytes = op.weight_bytes * rows.experts;
  op.input_bytes = activations(multiply(rows.sum, k));
  op.output_bytes = activations(multiply(rows.sum, n));
  op.flops = Flops(2) * multiply(multiply(rows.sum, n), k) + Flops(bias ? rows.sum * n : 0);
  return op;
}

void DecodeStepBuilder::append_shared_experts(std::int64_t rows, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t width = shape_.shared_expert;
  const WeightFormat format = config_.precision.experts_format();
  out.push_back(gemm(a.gated_mlp ? "shared_gate_up" : "shared_up", rows, up_projections() * width, a.hidden, format,
                     a.biases.mlp));
  out.push_back(gated("shared_activation", rows, width));
  out.push_back(gemm("shared_down", rows, a.hidden, width, format, a.biases.mlp));
}

void DecodeStepBuilder::append_routed_experts(const ExpertRows& rows, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  out.push_back(
      grouped_gemm(a.gated_mlp ? "experts_gate_up" : "experts_up", rows, up_projections() * shape_.expert, a.hidden));
  out.push_back(gated("experts_activation", rows.sum, shape_.expert));
  out.push_back(grouped_gemm("experts_down", rows, a.hidden, shape_.expert));
}

// Every rank of a replica has all its rows and sends a part of them, each to the ranks that have an expert for it.
void DecodeStepBuilder::append_exchanged_experts(const Batch& batch, const ExpertRows& rows,
                                                 std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const Parallelism& p = config_.parallel;
  const std::int64_t share = reaching_share(a.moe, shape_.experts);
  const auto reaching = [share](std::int64_t n) { return checked::multiply_divide_up(n, share, kShareOne); };
  const std::int64_t sent = reaching(multiply(divide_up(batch.rows, p.replica_ranks()), a.hidden));
  const std::int64_t arrived = reaching(batch.all_rows);
  const DataType travels = config_.precision.experts_format().multiplied_in(config_.precision.activations);
  append_collective(OperatorKind::kAllToAll, "experts_dispatch", size_of(travels, sent), p.stage_ranks(), out);
  TokenExchange exchange{batch.all_rows, size_of(travels, a.hidden), a.moe.experts, a.moe.experts_per_token};
  out.back().exchange = exchange;
  append_routed_experts(rows, out);
  out.push_back(elementwise(OperatorKind::kActivation, "experts_combine", multiply(rows.sum, a.hidden),
                            multiply(arrived, a.hidden), multiply(2 * rows.sum, a.hidden)));
  append_collective(OperatorKind::kAllToAll, "experts_return", activations(sent), p.stage_ranks(), out);
  exchange.bytes = activations(a.hidden);
  exchange.back = true;
  out.back().exchange = exchange;
}

void DecodeStepBuilder::append_experts_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t rows = batch.rows;
  const std::int64_t logits = a.moe.experts + (a.moe.shared_gate ? 1 : 0);
  const bool exchanged = config_.parallel.data > 1;
  const ExpertRows load = expert_rows(batch.all_rows);
  if (!parallel_blocks()) out.push_back(norm("mlp_norm", rows));
  Operator router = gemm("router", rows, logits, a.hidden, config_.precision.activations);
  router.weight_bytes = router_weights();
  out.push_back(router);
  out.push_back(elementwise(OperatorKind::kRouting, "routing", rows * logits,
                            2 * multiply(rows, a.moe.experts_per_token), kRoutingFlops * rows * logits));
  if (exchanged)
    append_exchanged_experts(batch, load, out);
  else
    append_routed_experts(load, out);
  if (shape_.shared_expert > 0) append_shared_experts(rows, out);
  // A product and a sum for each of the parts; of those that have come back, the weights have been applied.
  std::int64_t parts = load.sum;
  if (exchanged) {
    const std::int64_t own = divide_up(rows, config_.parallel.replica_ranks());
    const std::int64_t share = reaching_share(a.moe, shape_.experts);
    // Combined on the way: one sum of the other ranks', beside what there is of this rank's.
    parts = config_.combined_on_the_way
                ? checked::multiply_divide_up(own, kShareOne + share, kShareOne)
                : checked::multiply_divide_up(multiply(own, config_.parallel.stage_ranks()), share, kShareOne);
  }
  if (shape_.shared_expert > 0) parts += rows;
  out.push_back(elementwise(OperatorKind::kActivation, exchanged ? "experts_sum" : "experts_combine",
                            multiply(parts, a.hidden), rows * a.hidden,
                            multiply((exchanged ? 1 : 2) * parts, a.hidden)));
  append_replica_all_reduce("mlp_all_reduce", rows, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_mlp_norm", rows));
}

DecodeStepBuilder::ExpertWeights DecodeStepBuilder::expert_weights() const {
  ExpertWeights weights;
  if (!config_.architecture.moe.present()) return weights;
  std::vector<Operator> operators;
  append_routed_experts({shape_.experts, shape_.experts, {}, hot_experts()}, operators);
  for (const Operator& op : operators) {
    weights.hot += op.hot_weight_bytes();
    weights.others += op.weight_bytes - op.hot_weight_bytes();
  }
  operators.clear();
  if (shape_.shared_expert > 0) append_shared_experts(1, operators);
  for (const Operator& op : operators) weights.shared += op.weight_bytes;
  return weights;
}

Bytes DecodeStepBuilder::router_weights() const {
  const Architecture& a = config_.architecture;
  if (!a.moe.present()) return Bytes();
  const std::int64_t logits = a.moe.experts + (a.moe.shared_gate ? 1 : 0);
  return activations(multiply(logits, a.hidden) + (a.moe.router_bias ? a.moe.experts : 0));
}

std::int64_t DecodeStepBuilder::experts_activations() const {
  const Architecture& a = config_.architecture;
  const std::int64_t rows = divide_up(a.moe.experts_per_token * config_.parallel.data, config_.parallel.expert);
  return multiply(rows, a.hidden + up_projections() * shape_.expert) + up_projections() * shape_.shared_expert;
}

}  // namespace decodesim
