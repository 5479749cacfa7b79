// SPDX-License-Identifier: Apache-2.0
// Command: what a command processor executes: a kernel, a collective or host work. The builder of a simulation makes
// them from operators and a software profile; an accelerator knows nothing of either.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <variant>

#include "models/compute/attention_kernel.hpp"
#include "models/compute/matrix_kernel.hpp"
#include "sim/core/units/units.hpp"
#include "sim/core/work/data_type.hpp"
#include "sim/core/work/traffic_class.hpp"

namespace decodesim {

/// One operand's way between a memory tier and the cores.
struct Transfer {
  std::int32_t tier = 0;
  bool write = false;
  bool prefetchable = false;  ///< no data dependence: may be loaded before its command starts
  bool announced = false;     ///< its place is known before the step: a memory may read ahead
  TrafficClass traffic = TrafficClass::kOther;
  std::uint32_t tensor = 0;
  std::uint64_t address = 0;
  Bytes bytes;
  Bytes run;  ///< contiguous bytes; zero: all of them
  /// Bytes that pass through the cache between two uses of the operand, its own among them; kNeverAgain: more than any
  /// cache holds.
  Bytes reuse_distance = kNeverAgain;

  static constexpr Bytes kNeverAgain{std::numeric_limits<std::int64_t>::max()};
};

/// out[m,n] = in[m,k] x weights[k,n] on the matrix unit; or `groups` of them with weights of their own.
struct MatrixWork {
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  DataType type = DataType::kBf16;  ///< of the multiplication
  std::int64_t groups = 1;
  std::span<const std::int64_t> group_rows{};  ///< rows of each group; empty: each has m. Outlives the command
  const MatrixKernel* kernel = nullptr;        ///< null: one that costs nothing. Outlives the command

  /// Whether it is the same work; of one with group_rows that is not known.
  [[nodiscard]] bool same_as(const MatrixWork& other) const {
    return m == other.m && n == other.n && k == other.k && type == other.type && groups == other.groups &&
           kernel == other.kernel && group_rows.empty() && other.group_rows.empty();
  }
  /// Groups that have any rows.
  [[nodiscard]] std::int64_t group_count() const {
    return group_rows.empty() ? groups : static_cast<std::int64_t>(group_rows.size());
  }
  /// Of all groups.
  [[nodiscard]] std::int64_t rows() const;
  /// Tiles of `tile_m` rows of all groups: a group's last one may be partly empty.
  [[nodiscard]] std::int64_t row_tiles(std::int64_t tile_m) const;
};

/// The query tokens of each sequence over its cached tokens.
struct AttentionWork {
  std::int64_t sequences = 0;
  std::int64_t q_heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t kv_tokens = 0;  ///< summed over the sequences
  std::int64_t longest_context = 0;
  DataType type = DataType::kBf16;
  std::int64_t value_dim = 0;  ///< elements of a value where they are not those of a key; zero: head_dim
  // With more than one query token a sequence; zero otherwise.
  std::int64_t query_tokens = 0;            ///< of all sequences
  std::int64_t most_queries = 0;            ///< of one sequence
  std::int64_t attended = 0;                ///< pairs of a query and a token that it sees
  Bytes bytes_per_token{};                  ///< of one KV head's keys and values in the cache
  const AttentionKernel* kernel = nullptr;  ///< null: one that costs nothing. Outlives the command

  [[nodiscard]] std::int64_t value_elements() const { return value_dim > 0 ? value_dim : head_dim; }
};

/// Independent rows of element-wise or reducing work on data in SRAM.
struct VectorWork {
  std::int64_t rows = 0;                ///< a row is not divided among cores
  Bytes bytes_per_row;                  ///< read and written in SRAM
  Flops flops;                          ///< of all rows
  std::int64_t dependent_accesses = 0;  ///< SRAM round trips that wait for each other
};

using Work = std::variant<std::monostate, MatrixWork, AttentionWork, VectorWork>;

enum class CommandKind : std::uint8_t { kKernel, kCollective, kHost };

struct Command {
  CommandKind kind = CommandKind::kKernel;
  std::string_view name;  ///< a string that outlives the run
  std::int32_t layer = -1;
  std::int32_t queue = 0;
  std::int32_t after = -1;  ///< index of a command of another queue that must have completed; -1: none
  Duration gap;             ///< start cost: between its predecessor's end (or its dependence) and its first work
  Duration drain;           ///< between its last work and its results being visible to the next command
  Work work;
  std::array<Transfer, 6> transfers{};
  std::int32_t transfer_count = 0;
  std::int32_t program = -1;  ///< of a collective: index into the accelerator's programs
  Duration host_time;         ///< of host work

  void add_transfer(const Transfer& transfer);
};

/// Where the time of a command queue goes. The parts add up to its busy time.
struct Breakdown {
  Duration memory;
  Duration compute;
  Duration network;
  Duration overhead;

  [[nodiscard]] Duration total() const { return memory + compute + network + overhead; }
  Breakdown& operator+=(const Breakdown& other);
  friend Breakdown operator-(const Breakdown& a, const Breakdown& b);
};

}  // namespace decodesim
