// SPDX-License-Identifier: Apache-2.0
// CollectivePrograms: the message programs that a step's collectives need, made once a shape and kept.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "sim/app/build/collective_chooser.hpp"
#include "sim/core/work/message_program.hpp"
#include "workloads/collectives/programs.hpp"
#include "workloads/operator.hpp"

namespace decodesim {

/// Ranks 0 to `count` - 1.
std::vector<std::int32_t> first_ranks(std::int64_t count);

/// Says which groups may be reduced in the network.
class ReductionAdmission {
 public:
  virtual ~ReductionAdmission() = default;
  /// Whether `group` may from now on; the same answer whenever it asks.
  virtual bool admit(const RankGroup& group) = 0;
};

class CollectivePrograms {
 public:
  /// For `ranks` of `plan`, which must outlive this, as must `reductions`: null where the network cannot reduce.
  CollectivePrograms(const Plan& plan, std::vector<std::int32_t> ranks, ReductionAdmission* reductions);

  /// For each operator of `step` the index of its program; -1 where it needs none. Makes what is missing. Spans from
  /// of_rank() are invalid after a call that returned true.
  bool prepare(const StepProgram& step, std::vector<std::int32_t>& program_of_operator);
  /// The same of a step whose only operator is one collective of all ranks, done as `request` says.
  bool prepare(const CollectiveRequest& request, std::int64_t group, std::vector<std::int32_t>& program_of_operator);
  /// Of the rank at `position` in the list of ranks.
  [[nodiscard]] const std::vector<MessageProgram>& of_rank(std::size_t position) const { return by_rank_.at(position); }
  /// The algorithms in use, "one_shot", in order of first use.
  [[nodiscard]] const std::vector<std::string>& all_reduce_algorithms() const { return all_reduces_; }
  [[nodiscard]] const std::vector<std::string>& all_gather_algorithms() const { return all_gathers_; }

 private:
  struct Shape {
    OperatorKind kind = OperatorKind::kAllReduce;
    Bytes bytes;
    std::int64_t group = 1;
    std::int64_t peer = 0;
    CollectiveRequest request;  ///< of kinds that a step does not name by itself
    friend bool operator==(const Shape&, const Shape&) = default;
  };

  std::int32_t index_of(const Shape& shape, bool& made);
  [[nodiscard]] MessageProgram make(const Shape& shape, std::int32_t rank);
  [[nodiscard]] MessageProgram all_reduce(const Shape& shape, const RankGroup& group, std::int32_t rank);
  [[nodiscard]] MessageProgram all_gather(const Shape& shape, const RankGroup& group, std::int32_t rank);
  [[nodiscard]] const CollectiveChoice& best(const CollectiveRequest& asked, std::int32_t ranks);
  [[nodiscard]] MessageProgram requested(CollectiveRequest request, const RankGroup& group, std::int32_t rank);
  [[nodiscard]] bool admitted(const RankGroup& group);
  [[nodiscard]] static MessageProgram make_message(const Shape& shape, std::int32_t rank);

  const Plan& plan_;
  CollectiveChooser chooser_;
  std::vector<std::int32_t> ranks_;
  ReductionAdmission* reductions_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<MessageProgram>> by_rank_;
  std::map<std::tuple<CollectiveOp, std::int64_t, std::int32_t>, CollectiveChoice> best_;  // by size and ranks
  std::vector<std::string> all_reduces_;
  std::vector<std::string> all_gathers_;
};

}  // namespace decodesim
