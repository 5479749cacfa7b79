// SPDX-License-Identifier: Apache-2.0
// A model whose every number can be written out by hand, and its decode steps.
#pragma once

#include <vector>

#include "workloads/decode_step.hpp"

namespace decodesim::test {

using Contexts = std::vector<std::int64_t>;

/// Two kv heads of 2, four query heads, hidden 8, MLP 16, vocabulary 10.
inline Architecture toy_architecture(std::int64_t layers) {
  Architecture a;
  a.name = "toy";
  a.layers = layers;
  a.hidden = 8;
  a.q_heads = 4;
  a.kv_heads = 2;
  a.head_dim = 2;
  a.intermediate = 16;
  a.vocabulary = 10;
  a.max_context = 64;
  return a;
}

inline StepProgram step_of(const DecodeConfig& config, const Contexts& contexts) {
  StepProgram program;
  DecodeStepBuilder(config).fill(contexts, program);
  return program;
}

}  // namespace decodesim::test
