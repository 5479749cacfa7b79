// SPDX-License-Identifier: Apache-2.0
// CollectivePrograms: the message programs that a step's collectives need, made once a shape and kept.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/app/scenario/plan.hpp"
#include "sim/core/work/message_program.hpp"
#include "workloads/operator.hpp"

namespace decodesim {

class CollectivePrograms {
 public:
  /// For the first `simulated_ranks` ranks of `plan`, which must outlive this.
  CollectivePrograms(const Plan& plan, std::int64_t simulated_ranks);

  /// For each operator of `step` the index of its program; -1 where it needs none. Makes what is missing. Spans from
  /// of_rank() are invalid after a call that returned true.
  bool prepare(const StepProgram& step, std::vector<std::int32_t>& program_of_operator);
  [[nodiscard]] const std::vector<MessageProgram>& of_rank(std::size_t rank) const { return by_rank_.at(rank); }
  /// The all-reduce algorithms in use, "one_shot", in order of first use.
  [[nodiscard]] const std::vector<std::string>& all_reduce_algorithms() const { return algorithms_; }

 private:
  struct Shape {
    OperatorKind kind = OperatorKind::kAllReduce;
    Bytes bytes;
    std::int64_t group = 1;
    friend bool operator==(const Shape&, const Shape&) = default;
  };

  std::int32_t index_of(const Shape& shape, bool& made);
  [[nodiscard]] MessageProgram make(const Shape& shape, std::int32_t rank);

  const Plan& plan_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<MessageProgram>> by_rank_;
  std::vector<std::string> algorithms_;
};

}  // namespace decodesim
