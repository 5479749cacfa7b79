// SPDX-License-Identifier: Apache-2.0
// OperatorRow: one row of a table of single operators, as engines and microbenchmarks time them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/config/diagnostics.hpp"
#include "sim/core/work/weight_format.hpp"
#include "workloads/collectives/collective_kinds.hpp"
#include "workloads/operators/expert_load.hpp"

namespace decodesim {

enum class RowKind : std::uint8_t {
  kGemm,       ///< D[m,n] = A[m,k] x W[n,k]^T
  kAttention,  ///< one query token a sequence, the new keys and values appended
  kMla,        ///< the same with DeepSeek's latent attention
  kMoe,        ///< routing, permutation, two grouped GEMMs, activation and combination on one rank
  kAllReduce,  ///< of `bytes` on each of `ranks`
  kAllGather,  ///< likewise, and the following
  kReduceScatter,
  kAllToAll,
  kBroadcast,
  kSendReceive,
};

/// "gemm", "all_reduce", ...
std::string_view name_of(RowKind kind);
constexpr bool is_collective(RowKind kind) { return kind >= RowKind::kAllReduce; }
/// Of a collective.
CollectiveOp collective_of(RowKind kind);

/// Sizes that an operator has not are zero.
struct OperatorRow {
  RowKind kind = RowKind::kGemm;
  std::string software;        ///< as written; empty: the machine's
  SourcePosition software_at;  ///< the cell
  SourcePosition at;           ///< the row
  std::string dtype;           ///< as written: of the weights, the cache or the message
  WeightFormat weights;        ///< gemm, moe
  DataType kv_type = DataType::kBf16;
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  std::int64_t batch = 0;
  std::int64_t q_heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t kv_len = 0;  ///< cached tokens of each sequence
  std::int64_t hidden = 0;
  std::int64_t intermediate = 0;  ///< of one expert, before tensor parallelism
  std::int64_t tp = 1;
  ExpertShape experts;
  std::int64_t ranks = 0;
  Bytes bytes;  ///< of a collective, as nccl-tests counts them (collective_kinds.hpp)
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::kAuto;
  CollectiveProtocol protocol = CollectiveProtocol::kAuto;
  std::int64_t buffers = 1;           ///< copies of the operands that the measurement cycles through
  std::string residency;              ///< "memory", "cache", "mixed"; may be empty
  std::optional<double> measured_us;  ///< absent: only a prediction is wanted
  std::vector<std::string> cells;     ///< as written, one a column of the table
  // Filled once the machine is known.
  std::size_t profile = 0;    ///< index of the software profile
  std::string not_predicted;  ///< why not; empty when it can be
};

/// Rows of one file or of several; columns are those of all, in order of first appearance.
struct OperatorTable {
  std::vector<std::string> columns;
  std::vector<OperatorRow> rows;
};

}  // namespace decodesim
