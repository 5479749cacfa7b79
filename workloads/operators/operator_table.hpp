// SPDX-License-Identifier: Apache-2.0
// Reads tables of single operators: comma-separated, columns found by name in the header, one operator a row.
//
//   gemm:       dtype, m, n, k
//   attention:  kv_dtype, batch, q_heads, kv_heads, head_dim, kv_len
//   mla:        kv_dtype, batch, q_heads, kv_len
//   moe:        dtype, tokens, hidden, intermediate, top_k, experts, tp, ep, distribution (balanced, power_law_<alpha>)
//   all_reduce, all_gather, reduce_scatter, alltoall, broadcast, send_recv:  dtype, ranks, bytes
//
// and for each op, besides `op` itself, as far as the table has them: software, buffers, residency, measured_us. Other
// columns are kept as they are.
#pragma once

#include <iosfwd>

#include "workloads/operators/operator_row.hpp"

namespace decodesim {

/// Adds the rows of one table to `out`; `name` stands for the file in messages. Mistakes go to `diagnostics`, each with
/// line and column.
void read_operator_table(std::istream& in, const std::string& name, OperatorTable& out, Diagnostics& diagnostics);

/// The same from a file. Throws ConfigError when it cannot be read.
void read_operator_file(const std::string& path, OperatorTable& out, Diagnostics& diagnostics);

}  // namespace decodesim
