// SPDX-License-Identifier: Apache-2.0
// RowPrograms: a row of a table of operators -> what one rank executes for it.
#pragma once

#include <map>
#include <vector>

#include "workloads/operator.hpp"
#include "workloads/operators/operator_row.hpp"

namespace decodesim {

class RowPrograms {
 public:
  /// Fills `step` with the operators of `row`. Throws OverflowError for sizes that nobody can mean. Spans in the
  /// operators are valid as long as this.
  void fill(const OperatorRow& row, StepProgram& step);

 private:
  void moe(const OperatorRow& row, std::vector<Operator>& out);
  const std::vector<std::int64_t>& rows_of(const ExpertShape& shape);

  std::map<ExpertShape, std::vector<std::int64_t>> loads_;
};

/// Cached keys and values that the operators of `step` read and write.
[[nodiscard]] Bytes cache_bytes(const StepProgram& step);

}  // namespace decodesim
