// SPDX-License-Identifier: Apache-2.0
// OperatorCells: one row of a table of operators as cells, found by their columns' names. Internal to
// workloads/operators.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/config/diagnostics.hpp"
#include "sim/core/work/weight_format.hpp"
#include "workloads/trace/line_reader.hpp"

namespace decodesim {

/// Cells of one line and where each begins.
struct CellLine {
  std::vector<std::string_view> cells;
  std::vector<std::size_t> offsets;
};

/// Blanks around a cell are not part of it.
CellLine split_cells(std::string_view line);

class OperatorCells {
 public:
  OperatorCells(LineReader& lines, Diagnostics& diagnostics) : lines_(lines), diagnostics_(diagnostics) {}

  /// Takes the present line as the header. False, and a mistake is reported, when it is none.
  bool read_header();
  /// Takes the present line as a row. False, and a mistake is reported, when it has not the header's number of cells.
  bool read_row();

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<std::string_view>& cells() const { return row_.cells; }
  /// The place of the cell in `column`, of the row where it has none.
  [[nodiscard]] SourcePosition at(std::string_view column) const;

  /// The cell in `column`; empty where there is no such column.
  [[nodiscard]] std::string_view optional(std::string_view column) const;
  /// What the cells say; where that is a mistake, it is reported and something harmless returned. `op` needs the
  /// column.
  std::string_view text(std::string_view column, std::string_view op);
  std::int64_t number(std::string_view column, std::string_view op, std::int64_t most);
  WeightFormat weights(std::string_view column, std::string_view op);
  DataType data_type(std::string_view column, std::string_view op);
  /// Exponent of the power law in millionths; zero: balanced.
  std::int64_t distribution(std::string_view column, std::string_view op);
  /// Whole and positive; `otherwise` where the cell is empty.
  std::int64_t number_or(std::string_view column, std::int64_t otherwise, std::int64_t most);
  /// Positive; nothing where the cell is empty.
  std::optional<double> time_us(std::string_view column);

  void error(std::string_view column, const std::string& message) { diagnostics_.error(at(column), message); }
  [[nodiscard]] std::size_t mistakes() const { return diagnostics_.list().size(); }

 private:
  bool refuse_quotes();
  [[nodiscard]] std::int64_t whole(std::string_view column, std::string_view cell, std::int64_t most);

  LineReader& lines_;
  Diagnostics& diagnostics_;
  SourcePosition header_;
  std::vector<std::string> columns_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::set<std::string> missed_;  ///< columns that have been reported as missing
  CellLine row_;
};

}  // namespace decodesim
