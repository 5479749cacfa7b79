// SPDX-License-Identifier: Apache-2.0
// StepLaws: what consecutive steps of a decode trace have to satisfy, checked step by step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "workloads/trace/decode_trace.hpp"

namespace decodesim {

/// What is wrong with a step, and with which of its sequences (0 when it is the step as a whole).
struct StepProblem {
  std::size_t sequence = 0;
  std::string message;
};

class StepLaws {
 public:
  /// Checks the next step: 1. it has a sequence; 2. contexts lie in 0..kLongestContext; 3. ids are unique; 4. a
  /// sequence that was in the step before has one token more. A step with a problem counts as seen, so that one mistake
  /// is reported once.
  std::optional<StepProblem> check(std::span<const SequenceId> ids, std::span<const std::int64_t> contexts);

  /// A step that could not be understood: the one after it has nothing to be compared with.
  void skip() { previous_.clear(); }

 private:
  struct Active {
    SequenceId id;
    std::int64_t context;
    std::size_t index;
  };

  std::vector<Active> previous_;  // ordered by id
  std::vector<Active> current_;   // kept to avoid an allocation a step
};

}  // namespace decodesim
