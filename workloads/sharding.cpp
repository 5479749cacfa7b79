// SPDX-License-Identifier: Apache-2.0
#include "workloads/sharding.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

std::string text(std::int64_t n) { return std::to_string(n); }

std::int64_t cached_heads(const Architecture& a) { return a.mla.present() ? 1 : a.kv_heads; }

std::int64_t kv_group_of(const Architecture& a, const Parallelism& p) {
  return std::max<std::int64_t>(1, p.tensor / cached_heads(a)) * p.context;
}

std::int64_t kv_splits_of(const Architecture& a, const Parallelism& p, bool by_sequence) {
  return by_sequence ? kv_group_of(a, p) : p.context;
}

class Checks {
 public:
  Checks(const Architecture& a, const Parallelism& p) : a_(a), p_(p) {}

  void degrees() {
    const auto positive = [this](std::string_view key, std::int64_t degree) {
      if (degree < 1) add(key, name_of(key, degree) + " is not positive; expected at least 1");
    };
    positive("tensor", p_.tensor);
    positive("pipeline", p_.pipeline);
    positive("expert", p_.expert);
    positive("data", p_.data);
    positive("context", p_.context);
  }

  void query_heads() {
    if (a_.q_heads % p_.replica_ranks() != 0)
      add("tensor", replica() + " does not divide the " + text(a_.q_heads) + " query heads of " + a_.name +
                        "; expected a divisor of " + text(a_.q_heads));
  }

  void kv_heads(bool by_sequence) {
    const std::int64_t kv_heads = cached_heads(a_);
    if (kv_heads % p_.tensor != 0 && p_.tensor % kv_heads != 0) {
      add("tensor", name_of("tensor", p_.tensor) + " neither divides the " + text(kv_heads) + " kv heads of " +
                        a_.name + " nor is a multiple of them; expected one of the two");
      return;
    }
    const std::int64_t columns = 2 * std::max<std::int64_t>(1, kv_heads / p_.tensor) * a_.head_dim;
    const std::int64_t splits = kv_splits_of(a_, p_, by_sequence);
    if (!a_.mla.present() && columns % splits != 0)
      add(p_.context > 1 ? "context" : "tensor", replica() + " splits the key and value columns of a kv head (2 x " +
                                                     text(columns / 2) + ") into " + text(splits) +
                                                     " unequal parts; expected a divisor");
  }

  void widths() {
    const auto divide = [this](const std::string& what, std::int64_t width) {
      if (width % p_.replica_ranks() != 0)
        add("tensor", replica() + " does not divide the " + what + " width " + text(width) + " of " + a_.name +
                          "; expected a divisor of " + text(width));
    };
    if (a_.moe_layers() < a_.layers) divide("MLP", a_.intermediate);
    if (p_.expert == 1 && p_.data == 1) divide("expert", a_.moe.intermediate);
    divide("shared expert", a_.moe.shared_intermediate);
  }

  void experts() {
    const std::string who = name_of("expert", p_.expert);
    if (p_.expert > 1 && !a_.moe.present()) {
      add("expert", who + ", but " + a_.name + " has no experts; expected 1");
      return;
    }
    if (!a_.moe.present()) return;
    if (p_.expert > a_.moe.experts || a_.moe.experts % p_.expert != 0)
      add("expert", who + " does not divide the " + text(a_.moe.experts) + " experts of " + a_.name +
                        "; expected a divisor of " + text(a_.moe.experts));
    if (p_.stage_ranks() % p_.expert != 0) {
      add("expert", who + " does not divide the " + text(p_.stage_ranks()) +
                        " ranks of a stage (tensor x context x data); expected a divisor of " + text(p_.stage_ranks()));
      return;
    }
    const std::int64_t parts = p_.expert_ranks();
    if ((p_.expert > 1 || p_.data > 1) && a_.moe.intermediate % parts != 0)
      add("expert", who + " leaves " + text(parts) + " ranks to divide an expert's width " + text(a_.moe.intermediate) +
                        " of " + a_.name + "; expected a number that divides it");
  }

  void pipeline() {
    if (p_.pipeline > a_.layers)
      add("pipeline", name_of("pipeline", p_.pipeline) + " is more than the " + text(a_.layers) + " layers of " +
                          a_.name + "; expected at most " + text(a_.layers));
  }

  std::vector<ShardingProblem> found;

 private:
  static std::string name_of(std::string_view key, std::int64_t degree) {
    return std::string(key) + " parallelism " + text(degree);
  }
  // Who divides a replica.
  [[nodiscard]] std::string replica() const {
    if (p_.context == 1) return name_of("tensor", p_.tensor);
    return "tensor x context parallelism " + text(p_.tensor) + " x " + text(p_.context);
  }
  void add(std::string_view key, std::string message) { found.push_back({key, std::move(message)}); }

  const Architecture& a_;
  const Parallelism& p_;
};

}  // namespace

StageLayers layers_of(std::int64_t layers, std::int64_t stages, std::int64_t stage) {
  const std::int64_t each = layers / stages;
  const std::int64_t larger = layers % stages;
  return {each * stage + std::min(stage, larger), each + (stage < larger ? 1 : 0)};
}

RankShape shape_of(const Architecture& a, const Parallelism& p, bool kv_split_by_sequence) {
  RankShape shape;
  shape.kv_group = kv_group_of(a, p);
  shape.kv_splits = kv_splits_of(a, p, kv_split_by_sequence);
  shape.kv_heads = std::max<std::int64_t>(1, cached_heads(a) / p.tensor);
  shape.own_q_heads = a.q_heads / p.replica_ranks();
  shape.q_heads = shape.own_q_heads * shape.kv_splits;
  if (a.mla.present()) {
    shape.qkv_columns = shape.own_q_heads * a.head_dim;
    shape.o_rows = shape.own_q_heads * a.mla.value_head_dim;
  } else {
    shape.qkv_columns = (shape.q_heads + 2 * shape.kv_heads) * a.head_dim / shape.kv_splits;
    shape.o_rows = shape.own_q_heads * a.head_dim;
  }
  shape.intermediate = a.moe_layers() < a.layers ? a.intermediate / p.replica_ranks() : 0;
  shape.experts = a.moe.experts / p.expert;
  shape.expert = a.moe.intermediate / p.expert_ranks();
  shape.shared_expert = a.moe.shared_experts * a.moe.shared_intermediate / p.replica_ranks();
  shape.vocabulary = divide_up(a.vocabulary, p.replica_ranks());
  return shape;
}

std::vector<ShardingProblem> sharding_problems(const Architecture& a, const Parallelism& p, bool kv_split_by_sequence) {
  Checks checks(a, p);
  checks.degrees();
  if (!checks.found.empty()) return checks.found;
  checks.query_heads();
  checks.widths();
  checks.kv_heads(kv_split_by_sequence);
  checks.experts();
  checks.pipeline();
  return checks.found;
}

}  // namespace decodesim
