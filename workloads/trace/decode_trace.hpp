// SPDX-License-Identifier: Apache-2.0
// DecodeTrace: which sequences are active in each decode step and how long their contexts are, and its text format
// (docs/decode-trace.md). Kept as flat arrays: 12 bytes a sequence and step.
//
//   # decodesim decode trace 1
//   0:374 1:396        one step: id:context, where context counts the tokens cached before the step; perhaps followed
//   by
//                      experts=0,3,1,0: the rows that each routed expert of a layer gets in the step
//   0:375 1:397 2:879
//   end 2
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "sim/core/config/diagnostics.hpp"

namespace decodesim {

using SequenceId = std::uint32_t;

/// The longest context that a trace may hold, in tokens.
inline constexpr std::int64_t kLongestContext = std::int64_t{1} << 31;

class DecodeTrace {
 public:
  /// Adds a step. `ids` and `contexts` have one entry an active sequence, at least one; `expert_rows` one an expert,
  /// the same number in every step, or none. Throws InternalError when they break a law of the format (StepLaws in
  /// step_laws.hpp).
  void add_step(std::span<const SequenceId> ids, std::span<const std::int64_t> contexts,
                std::span<const std::int64_t> expert_rows = {});

  [[nodiscard]] std::int64_t steps() const { return static_cast<std::int64_t>(ends_.size()); }
  /// The active sequences of a step, 0 <= step < steps(), and the tokens each has cached before it.
  [[nodiscard]] std::span<const SequenceId> ids(std::int64_t step) const;
  [[nodiscard]] std::span<const std::int64_t> contexts(std::int64_t step) const;

  /// Routed experts of a layer; zero when the trace does not say which rows they get.
  [[nodiscard]] std::int64_t experts() const { return experts_; }
  /// Rows of each of them in a step.
  [[nodiscard]] std::span<const std::int64_t> expert_rows(std::int64_t step) const;

  /// Tokens that all steps produce: one a sequence and step.
  [[nodiscard]] std::int64_t tokens() const { return static_cast<std::int64_t>(ids_.size()); }
  /// The most sequences of any step; zero without steps.
  [[nodiscard]] std::int64_t largest_batch() const;
  /// The longest context of any step, before that step; zero without steps.
  [[nodiscard]] std::int64_t longest_context() const;
  /// The most tokens in the cache at the end of any step, summed over its sequences: what capacity has to hold.
  /// When sequence i of a step belongs to replica i mod `replicas`, of the replica that has most.
  [[nodiscard]] std::int64_t peak_cached_tokens(std::int64_t replicas = 1) const;

  friend bool operator==(const DecodeTrace&, const DecodeTrace&) = default;

 private:
  [[nodiscard]] std::size_t begin_of(std::int64_t step) const;
  [[nodiscard]] bool continues(std::span<const SequenceId> ids, std::span<const std::int64_t> contexts) const;

  std::vector<std::size_t> ends_;  // of each step, into the two below
  std::vector<SequenceId> ids_;
  std::vector<std::int64_t> contexts_;
  std::int64_t experts_ = 0;
  std::vector<std::int64_t> expert_rows_;  // experts_ a step
};

/// Reads a trace and checks all of it. Throws ConfigError with file, line and column of each mistake: missing or empty
/// file, wrong header, malformed record, duplicate id, a context that does not grow by one, missing or wrong `end`.
DecodeTrace read_decode_trace(const std::string& path);
/// The same from a stream; `name` stands for the file in messages.
DecodeTrace read_decode_trace(std::istream& in, const std::string& name);

/// Writes a trace; reading it back gives an equal one.
void write_decode_trace(const DecodeTrace& trace, std::ostream& out);
/// Writes a whole file or none (a temporary beside it is renamed); into what is no regular file, such as a pipe, it
/// writes directly. Throws ConfigError when that fails.
void write_decode_trace(const DecodeTrace& trace, const std::string& path);

}  // namespace decodesim
