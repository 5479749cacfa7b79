// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that is about experts.
#include <algorithm>

#include "workloads/decode_step.hpp"

namespace decodesim {
namespace {

using checked::multiply;

constexpr std::int64_t kRoutingFlops = 5;     // a logit: exponential, sum, quotient, and its share of the choice
constexpr std::int64_t kActivationFlops = 5;  // as in the MLP

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

Operator DecodeStepBuilder::grouped_gemm(std::string_view name, std::int64_t rows, std::int64_t experts, std::int64_t n,
                                         std::int64_t k) const {
  const DataType weights = config_.precision.weights;
  Operator op = gemm(name, divide_up(rows, experts), multiply(experts, n), k, weights, config_.architecture.biases.mlp);
  op.input_bytes = activations(multiply(rows, k));
  op.output_bytes = activations(multiply(rows, n));
  op.flops = Flops(2) * multiply(multiply(rows, n), k) + Flops(config_.architecture.biases.mlp ? rows * n : 0);
  return op;
}

void DecodeStepBuilder::append_shared_experts(std::int64_t rows, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t width = shape_.shared_expert;
  out.push_back(gemm("shared_gate_up", rows, 2 * width, a.hidden, config_.precision.weights, a.biases.mlp));
  out.push_back(elementwise(OperatorKind::kActivation, "shared_activation", 2 * rows * width, rows * width,
                            kActivationFlops * rows * width));
  out.push_back(gemm("shared_down", rows, a.hidden, width, config_.precision.weights, a.biases.mlp));
}

void DecodeStepBuilder::append_experts_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t rows = batch.rows;
  const std::int64_t routed = multiply(rows, a.moe.experts_per_token);
  const std::int64_t experts = expected_experts(a.moe, rows);
  const std::int64_t logits = a.moe.experts + (a.moe.shared_gate ? 1 : 0);
  out.push_back(norm("mlp_norm", rows));
  Operator router = gemm("router", rows, logits, a.hidden, config_.precision.activations);
  router.weight_bytes = router_weights();
  out.push_back(router);
  out.push_back(
      elementwise(OperatorKind::kActivation, "routing", rows * logits, 2 * routed, kRoutingFlops * rows * logits));
  out.push_back(grouped_gemm("experts_gate_up", routed, experts, 2 * shape_.expert, a.hidden));
  out.push_back(elementwise(OperatorKind::kActivation, "experts_activation", 2 * routed * shape_.expert,
                            routed * shape_.expert, kActivationFlops * routed * shape_.expert));
  out.push_back(grouped_gemm("experts_down", routed, experts, a.hidden, shape_.expert));
  if (shape_.shared_expert > 0) append_shared_experts(rows, out);
  const std::int64_t parts = routed + (shape_.shared_expert > 0 ? rows : 0);  // a product and a sum each
  out.push_back(elementwise(OperatorKind::kActivation, "experts_combine", multiply(parts, a.hidden), rows * a.hidden,
                            multiply(2 * parts, a.hidden)));
  append_collective(OperatorKind::kAllReduce, "mlp_all_reduce", activations(rows * a.hidden), config_.ranks, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_mlp_norm", rows));
}

Bytes DecodeStepBuilder::expert_weights() const {
  const Architecture& a = config_.architecture;
  const DataType weights = config_.precision.weights;
  const auto bytes = [&](std::int64_t experts, std::int64_t width) {
    const Bytes biases = activations(a.biases.mlp ? multiply(experts, 2 * width + a.hidden) : 0);
    return size_of(weights, multiply(multiply(2, experts), multiply(width, a.hidden))) +
           size_of(weights, multiply(experts, multiply(width, a.hidden))) + biases;
  };
  Bytes shared;
  if (shape_.shared_expert > 0) shared = bytes(1, shape_.shared_expert);
  return bytes(a.moe.experts, shape_.expert) + shared;
}

Bytes DecodeStepBuilder::router_weights() const {
  const Architecture& a = config_.architecture;
  if (!a.moe.present()) return Bytes();
  const std::int64_t logits = a.moe.experts + (a.moe.shared_gate ? 1 : 0);
  return activations(multiply(logits, a.hidden) + (a.moe.router_bias ? a.moe.experts : 0));
}

std::int64_t DecodeStepBuilder::experts_activations() const {
  const Architecture& a = config_.architecture;
  return a.moe.experts_per_token * (a.hidden + 2 * shape_.expert) + 2 * shape_.shared_expert;
}

}  // namespace decodesim
