// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/decode_trace.hpp"

#include <algorithm>
#include <numeric>

#include "sim/core/component/require.hpp"
#include "workloads/trace/step_laws.hpp"

namespace decodesim {

// Most steps have the sequences of the one before, in its order: then their ids are known to be unique.
bool DecodeTrace::continues(std::span<const SequenceId> ids, std::span<const std::int64_t> contexts) const {
  if (steps() == 0) return false;
  const auto grown = [](std::int64_t before, std::int64_t now) { return now == before + 1 && now <= kLongestContext; };
  const auto ids_before = this->ids(steps() - 1);
  const auto contexts_before = this->contexts(steps() - 1);
  return std::equal(ids_before.begin(), ids_before.end(), ids.begin(), ids.end()) &&
         std::equal(contexts_before.begin(), contexts_before.end(), contexts.begin(), contexts.end(), grown);
}

void DecodeTrace::add_step(std::span<const SequenceId> ids, std::span<const std::int64_t> contexts,
                           std::span<const std::int64_t> expert_rows) {
  require(ids.size() == contexts.size(), "DecodeTrace", "a step has one context an id");
  require(steps() == 0 || static_cast<std::int64_t>(expert_rows.size()) == experts_, "DecodeTrace",
          "every step has as many experts");
  if (!continues(ids, contexts)) {
    StepLaws laws;
    if (steps() > 0) laws.check(this->ids(steps() - 1), this->contexts(steps() - 1));
    const auto problem = laws.check(ids, contexts);
    require(!problem, "DecodeTrace", problem ? problem->message : "");
  }
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  contexts_.insert(contexts_.end(), contexts.begin(), contexts.end());
  expert_rows_.insert(expert_rows_.end(), expert_rows.begin(), expert_rows.end());
  experts_ = static_cast<std::int64_t>(expert_rows.size());
  ends_.push_back(ids_.size());
}

std::span<const std::int64_t> DecodeTrace::expert_rows(std::int64_t step) const {
  require(step >= 0 && step < steps(), "DecodeTrace", "the step exists");
  const auto each = static_cast<std::size_t>(experts_);
  return std::span(expert_rows_).subspan(static_cast<std::size_t>(step) * each, each);
}

std::size_t DecodeTrace::begin_of(std::int64_t step) const {
  require(step >= 0 && step < steps(), "DecodeTrace", "the step exists");
  return step == 0 ? 0 : ends_[static_cast<std::size_t>(step) - 1];
}

std::span<const SequenceId> DecodeTrace::ids(std::int64_t step) const {
  const std::size_t begin = begin_of(step);
  return std::span(ids_).subspan(begin, ends_[static_cast<std::size_t>(step)] - begin);
}

std::span<const std::int64_t> DecodeTrace::contexts(std::int64_t step) const {
  const std::size_t begin = begin_of(step);
  return std::span(contexts_).subspan(begin, ends_[static_cast<std::size_t>(step)] - begin);
}

std::int64_t DecodeTrace::largest_batch() const {
  std::size_t most = 0;
  for (std::int64_t step = 0; step < steps(); ++step) most = std::max(most, ids(step).size());
  return static_cast<std::int64_t>(most);
}

std::int64_t DecodeTrace::longest_context() const {
  return contexts_.empty() ? 0 : *std::max_element(contexts_.begin(), contexts_.end());
}

std::int64_t DecodeTrace::peak_cached_tokens(std::int64_t replicas) const {
  std::int64_t peak = 0;
  for (std::int64_t step = 0; step < steps(); ++step) {
    const auto active = contexts(step);
    for (std::int64_t replica = 0; replica < replicas; ++replica) {
      std::int64_t tokens = 0;
      for (auto i = static_cast<std::size_t>(replica); i < active.size(); i += static_cast<std::size_t>(replicas))
        tokens += active[i] + 1;
      peak = std::max(peak, tokens);
    }
  }
  return peak;
}

}  // namespace decodesim
