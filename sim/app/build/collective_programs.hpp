// SPDX-License-Identifier: Apache-2.0
// CollectivePrograms: the message programs that a step's collectives need, made once a shape and kept.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "sim/app/build/collective_chooser.hpp"
#include "sim/core/work/message_program.hpp"
#include "workloads/collectives/expert_exchange.hpp"
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
  /// Rows that each expert of a layer gets in the steps that are prepared from now on; empty: as the plan's routing.
  void route(std::span<const std::int64_t> expert_rows);

  /// The algorithms in use, "one_shot", in order of first use.
  struct InUse {
    std::vector<std::string> all_reduce;
    std::vector<std::string> all_gather;
    std::vector<std::string> expert_exchange;
  };
  [[nodiscard]] const InUse& in_use() const { return in_use_; }

 private:
  struct Shape {
    OperatorKind kind = OperatorKind::kAllReduce;
    Bytes bytes;
    std::int64_t group = 1;
    std::int64_t peer = 0;
    TokenExchange exchange;     ///< where tokens are routed
    CollectiveRequest request;  ///< of kinds that a step does not name by itself
    friend bool operator==(const Shape&, const Shape&) = default;
  };

  std::int32_t index_of(const Shape& shape, bool& made);
  [[nodiscard]] MessageProgram make(const Shape& shape, std::int32_t rank);
  [[nodiscard]] MessageProgram all_reduce(const Shape& shape, const RankGroup& group, std::int32_t rank);
  [[nodiscard]] MessageProgram all_gather(const Shape& shape, const RankGroup& group, std::int32_t rank);
  [[nodiscard]] MessageProgram token_exchange(const Shape& shape, const RankGroup& group, std::int32_t rank);
  [[nodiscard]] const ExpertExchange& routing(const TokenExchange& exchange, const RankGroup& group);
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
  InUse in_use_;
  std::vector<std::int64_t> expert_rows_;
  std::int64_t routes_ = 0;                                         // how often they have changed
  std::vector<std::int64_t> made_at_;                               // by shape: routes_ then
  std::map<std::array<std::int64_t, 4>, ExpertExchange> routings_;  // by tokens, experts, top_k and first rank
};

}  // namespace decodesim
