// SPDX-License-Identifier: Apache-2.0
#include "workloads/sequence_step.hpp"

#include <algorithm>

#include "sim/core/units/units.hpp"

namespace decodesim {
namespace {

using checked::add;
using checked::multiply;

std::int64_t part(std::int64_t tokens, std::int64_t splits) {
  return checked::narrow(checked::divide_up(tokens, splits));
}

// part(1) + ... + part(last): `full` groups of `splits` equal terms, then the rest of a group.
std::int64_t sum_of_parts(std::int64_t last, std::int64_t splits) {
  const std::int64_t full = last / splits;
  const std::int64_t rest = last % splits;
  const Int128 groups = static_cast<Int128>(full) * (full + 1) / 2;
  return add(multiply(splits, checked::narrow(groups)), multiply(rest, full + 1));
}

// Query i of n sees min(cached + i, window) tokens.
std::int64_t causal_pairs(const SequenceStep& step, std::int64_t window, std::int64_t splits) {
  const std::int64_t growing = std::clamp<std::int64_t>(window - step.cached, 0, step.tokens);
  const std::int64_t first =
      sum_of_parts(add(step.cached, growing), splits) - sum_of_parts(growing == 0 ? 0 : step.cached, splits);
  const std::int64_t full = step.tokens - growing;
  return add(growing == 0 ? 0 : first, full == 0 ? 0 : multiply(full, part(window, splits)));
}

// Query i of n sees all n and of the cached ones those of its window: min(cached, window - i).
std::int64_t mutual_pairs(const SequenceStep& step, std::int64_t window, std::int64_t splits) {
  const std::int64_t whole = std::clamp<std::int64_t>(window - step.cached, 0, step.tokens);
  std::int64_t pairs = multiply(whole, part(add(step.cached, step.tokens), splits));
  for (std::int64_t i = whole + 1; i <= step.tokens; ++i)
    pairs = add(pairs, part(add(std::max<std::int64_t>(0, window - i), step.tokens), splits));
  return pairs;
}

}  // namespace

AttentionSpan attention_span(const SequenceStep& step, std::int64_t window, std::int64_t splits) {
  const std::int64_t read = add(std::min(step.cached, window - 1), step.tokens);
  return {part(read, splits), step.causal ? causal_pairs(step, window, splits) : mutual_pairs(step, window, splits)};
}

}  // namespace decodesim
