// SPDX-License-Identifier: Apache-2.0
#include "workloads/kv_ages.hpp"

#include <algorithm>

namespace decodesim {

std::int64_t KvAges::old(std::int64_t cached, std::int64_t slid) const {
  if (!present() || cached <= recent) return 0;
  const std::int64_t phase = slid % block;
  return std::max<std::int64_t>(0, (cached - recent + phase) / block * block - phase);
}

std::int64_t KvAges::moved(const SequenceStep& step) const {
  return old(step.cached + step.tokens, step.slid) - old(step.cached, step.slid);
}

// A query sees itself and window - 1 tokens before it: that is what is kept.
std::int64_t KvAges::old_read(const SequenceStep& step, std::int64_t window) const {
  const std::int64_t unseen = step.cached - std::min(step.cached, window - 1);
  return std::max<std::int64_t>(0, old(step.cached, step.slid) - unseen);
}

std::int64_t KvAges::moved_within(const SequenceStep& step, std::int64_t window) const {
  const std::int64_t after = step.cached + step.tokens;
  const std::int64_t dropped = after - std::min(after, window - 1);
  return std::max<std::int64_t>(0, old(after, step.slid) - std::max(old(step.cached, step.slid), dropped));
}

}  // namespace decodesim
