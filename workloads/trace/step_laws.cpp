// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/step_laws.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::string name_of(SequenceId id) { return "sequence " + std::to_string(id); }

}  // namespace

std::optional<StepProblem> StepLaws::check(std::span<const SequenceId> ids, std::span<const std::int64_t> contexts) {
  if (ids.empty()) return StepProblem{0, "a step without a sequence; expected id:context at least once"};
  current_.clear();
  for (std::size_t i = 0; i < ids.size(); ++i) current_.push_back({ids[i], contexts[i], i});
  std::sort(current_.begin(), current_.end(),
            [](const Active& a, const Active& b) { return a.id != b.id ? a.id < b.id : a.index < b.index; });

  std::optional<StepProblem> problem;
  const auto note = [&problem](const Active& at, const std::string& message) {
    if (!problem || at.index < problem->sequence) problem = StepProblem{at.index, message};
  };
  auto before = previous_.cbegin();
  for (std::size_t i = 0; i < current_.size(); ++i) {
    const Active& at = current_[i];
    if (at.context < 0 || at.context > kLongestContext)
      note(at, name_of(at.id) + " has a context of " + std::to_string(at.context) + "; expected 0 to " +
                   std::to_string(kLongestContext));
    if (i > 0 && current_[i - 1].id == at.id) note(at, name_of(at.id) + " is twice in one step; expected each id once");
    while (before != previous_.cend() && before->id < at.id) ++before;
    if (before != previous_.cend() && before->id == at.id && before->context + 1 != at.context)
      note(at, name_of(at.id) + " goes from context " + std::to_string(before->context) + " to " +
                   std::to_string(at.context) + "; expected " + std::to_string(before->context + 1) +
                   ", one token a step");
  }
  std::swap(previous_, current_);
  return problem;
}

}  // namespace decodesim
