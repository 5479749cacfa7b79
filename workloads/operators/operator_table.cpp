// SPDX-License-Identifier: Apache-2.0
#include "workloads/operators/operator_table.hpp"

#include <algorithm>
#include <array>
#include <istream>

#include "workloads/operators/operator_cells.hpp"

namespace decodesim {
namespace {

constexpr std::array<std::string_view, 10> kKinds{"gemm",       "attention",      "mla",      "moe",       "all_reduce",
                                                  "all_gather", "reduce_scatter", "alltoall", "broadcast", "send_recv"};
// Beyond these nobody means what stands there, and products of two still are exact.
constexpr std::int64_t kMostSize = 100'000'000;
constexpr std::int64_t kMostExperts = 65'536;
constexpr std::int64_t kMostRanks = 1'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;

class TableReader {
 public:
  TableReader(std::istream& in, const std::string& name, OperatorTable& out, Diagnostics& diagnostics)
      : lines_(in, name), name_(name), out_(out), diagnostics_(diagnostics), cells_(lines_, diagnostics) {}

  void read() {
    if (!lines_.next()) {
      diagnostics_.error(whole_file(name_),
                         "the table is empty; expected a line of column names, then a row an operator");
      return;
    }
    if (!cells_.read_header()) return;
    place_columns();
    const std::size_t rows = out_.rows.size();
    const std::size_t before = diagnostics_.list().size();
    read_rows();
    if (out_.rows.size() == rows && diagnostics_.list().size() == before)
      diagnostics_.error(whole_file(name_), "the table has no rows; expected one an operator");
  }

 private:
  // Of the columns of all tables; earlier tables' rows get empty cells.
  void place_columns() {
    for (const std::string& column : cells_.columns()) {
      const auto found = std::find(out_.columns.begin(), out_.columns.end(), column);
      places_.push_back(static_cast<std::size_t>(found - out_.columns.begin()));
      if (found == out_.columns.end()) out_.columns.push_back(column);
    }
    for (OperatorRow& row : out_.rows) row.cells.resize(out_.columns.size());
  }

  // Empty lines are only at the end.
  void read_rows() {
    SourcePosition empty;
    while (lines_.next()) {
      if (lines_.line().find_first_not_of(" \t") == std::string_view::npos) {
        if (empty.line == 0) empty = lines_.at(0);
        continue;
      }
      if (empty.line != 0) diagnostics_.error(empty, "an empty line; expected rows without gaps");
      empty = {};
      if (cells_.read_row()) read_row();
    }
  }

  void read_row() {
    const std::string_view op = cells_.optional("op");
    const auto kind = std::find(kKinds.begin(), kKinds.end(), op);
    if (kind == kKinds.end()) {
      cells_.error(
          "op", "op: '" + LineReader::shown(op) + "' is no operator" + suggestion(op, {kKinds.begin(), kKinds.end()}));
      return;
    }
    OperatorRow row;
    row.kind = static_cast<RowKind>(kind - kKinds.begin());
    row.at = lines_.at(0);
    read_shape(row, *kind);
    const bool cached = row.kind == RowKind::kAttention || row.kind == RowKind::kMla;
    row.dtype = std::string(cells_.optional(cached ? "kv_dtype" : "dtype"));
    row.software = std::string(cells_.optional("software"));
    row.software_at = cells_.at("software");
    row.buffers = cells_.number_or("buffers", 1, kMostSize);
    row.residency = std::string(cells_.optional("residency"));
    row.measured_us = cells_.time_us("measured_us");
    row.cells.resize(out_.columns.size());
    for (std::size_t i = 0; i < places_.size(); ++i) row.cells[places_[i]] = std::string(cells_.cells()[i]);
    out_.rows.push_back(std::move(row));
  }

  void read_shape(OperatorRow& row, std::string_view op) {
    const auto size = [&](std::string_view column) { return cells_.number(column, op, kMostSize); };
    switch (row.kind) {
      case RowKind::kGemm:
        row.weights = cells_.weights("dtype", op);
        row.m = size("m");
        row.n = size("n");
        row.k = size("k");
        break;
      case RowKind::kAttention:
        row.kv_heads = size("kv_heads");
        row.head_dim = size("head_dim");
        [[fallthrough]];
      case RowKind::kMla:
        row.kv_type = cells_.data_type("kv_dtype", op);
        row.batch = size("batch");
        row.q_heads = size("q_heads");
        row.kv_len = size("kv_len");
        break;
      case RowKind::kMoe: read_experts(row, op); break;
      case RowKind::kAllReduce:
      case RowKind::kAllGather:
      case RowKind::kReduceScatter:
      case RowKind::kAllToAll:
      case RowKind::kBroadcast:
      case RowKind::kSendReceive:
        row.ranks = cells_.number("ranks", op, kMostRanks);
        row.bytes = Bytes(cells_.number("bytes", op, kMostBytes));
        cells_.data_type("dtype", op);
        break;
    }
    if (row.kind == RowKind::kAttention && row.q_heads < row.kv_heads)
      cells_.error("q_heads", "q_heads: " + std::to_string(row.q_heads) + " query heads for " +
                                  std::to_string(row.kv_heads) + " kv heads; expected at least as many");
  }

  void read_experts(OperatorRow& row, std::string_view op) {
    row.weights = cells_.weights("dtype", op);
    row.hidden = cells_.number("hidden", op, kMostSize);
    row.intermediate = cells_.number("intermediate", op, kMostSize);
    row.tp = cells_.number("tp", op, kMostRanks);
    ExpertShape& shape = row.experts;
    const std::size_t before = cells_.mistakes();
    shape.tokens = cells_.number("tokens", op, kMostSize);
    shape.top_k = cells_.number("top_k", op, kMostExperts);
    shape.experts = cells_.number("experts", op, kMostExperts);
    shape.ranks = cells_.number("ep", op, kMostRanks);
    shape.alpha_ppm = cells_.distribution("distribution", op);
    if (cells_.mistakes() != before) return;
    for (const auto& [column, count] : {std::pair{"top_k", shape.top_k}, std::pair{"ep", shape.ranks}})
      if (count > shape.experts)
        cells_.error(column, std::string(column) + ": " + std::to_string(count) + " with " +
                                 std::to_string(shape.experts) + " experts; expected at most as many");
  }

  LineReader lines_;
  std::string name_;
  OperatorTable& out_;
  Diagnostics& diagnostics_;
  OperatorCells cells_;
  std::vector<std::size_t> places_;  ///< by column of this table: its place among the columns of all
};

}  // namespace

CollectiveOp collective_of(RowKind kind) {
  switch (kind) {
    case RowKind::kAllGather: return CollectiveOp::kAllGather;
    case RowKind::kReduceScatter: return CollectiveOp::kReduceScatter;
    case RowKind::kAllToAll: return CollectiveOp::kAllToAll;
    case RowKind::kBroadcast: return CollectiveOp::kBroadcast;
    case RowKind::kSendReceive: return CollectiveOp::kSendReceive;
    default: return CollectiveOp::kAllReduce;
  }
}

std::string_view name_of(RowKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

void read_operator_table(std::istream& in, const std::string& name, OperatorTable& out, Diagnostics& diagnostics) {
  TableReader(in, name, out, diagnostics).read();
}

void read_operator_file(const std::string& path, OperatorTable& out, Diagnostics& diagnostics) {
  std::ifstream in = open_text_file(path, "a table of operators");
  read_operator_table(in, path, out, diagnostics);
}

}  // namespace decodesim
