// SPDX-License-Identifier: Apache-2.0
#include "workloads/operators/operator_cells.hpp"

#include <charconv>
#include <cmath>

#include "sim/core/units/checked.hpp"
#include "workloads/operators/expert_load.hpp"

namespace decodesim {
namespace {

constexpr double kLongestUs = 1e12;  // a measurement of eleven days

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string shown(std::string_view cell) { return "'" + LineReader::shown(cell) + "'"; }

std::vector<std::string> weight_format_names() {
  std::vector<std::string> out;
  for (const WeightFormat& format : weight_formats()) out.emplace_back(format.name);
  return out;
}

std::optional<double> plain_double(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::general);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

CellLine split_cells(std::string_view line) {
  CellLine out;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::size_t first = begin;
    std::size_t last = end;
    while (first < last && blank(line[first])) ++first;
    while (last > first && blank(line[last - 1])) --last;
    out.cells.push_back(line.substr(first, last - first));
    out.offsets.push_back(first);
    begin = end + 1;
  }
  return out;
}

bool OperatorCells::refuse_quotes() {
  const std::size_t quote = lines_.line().find('"');
  if (quote == std::string_view::npos) return false;
  diagnostics_.error(lines_.at(quote), "a quoted cell; expected plain ones, without quotes and with no comma inside");
  return true;
}

bool OperatorCells::read_header() {
  if (refuse_quotes()) return false;
  header_ = lines_.at(0);
  const CellLine header = split_cells(lines_.line());
  const std::size_t before = mistakes();
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const std::string name(header.cells[i]);
    if (name.empty())
      diagnostics_.error(lines_.at(header.offsets[i]), "a column without a name; expected one, like op");
    else if (!index_.emplace(name, i).second)
      diagnostics_.error(lines_.at(header.offsets[i]),
                         "a second column " + shown(name) + "; expected each column once");
    columns_.push_back(name);
  }
  if (!index_.contains("op"))
    diagnostics_.error(header_, "the header lacks the column 'op'; expected a line of column names, among them op");
  return mistakes() == before;
}

bool OperatorCells::read_row() {
  if (refuse_quotes()) return false;
  row_ = split_cells(lines_.line());
  if (row_.cells.size() == columns_.size()) return true;
  diagnostics_.error(lines_.at(row_.offsets[std::min(row_.cells.size(), columns_.size()) - 1]),
                     std::to_string(row_.cells.size()) + (row_.cells.size() == 1 ? " cell" : " cells") + "; expected " +
                         std::to_string(columns_.size()) + ", as the header has");
  return false;
}

SourcePosition OperatorCells::at(std::string_view column) const {
  const auto found = index_.find(column);
  return lines_.at(found == index_.end() ? 0 : row_.offsets[found->second]);
}

std::string_view OperatorCells::optional(std::string_view column) const {
  const auto found = index_.find(column);
  return found == index_.end() ? std::string_view() : row_.cells[found->second];
}

// A column that is missing is one mistake, however many rows need it.
std::string_view OperatorCells::text(std::string_view column, std::string_view op) {
  if (index_.contains(column)) return optional(column);
  if (missed_.emplace(column).second)
    diagnostics_.error(header_, "the header lacks the column '" + std::string(column) +
                                    "'; expected it, as there are rows of " + std::string(op));
  return {};
}

std::int64_t OperatorCells::whole(std::string_view column, std::string_view cell, std::int64_t most) {
  std::int64_t value = 0;
  const char* end = cell.data() + cell.size();
  const auto [stop, fault] = std::from_chars(cell.data(), end, value);
  const bool number = stop == end && !cell.empty() && fault != std::errc::invalid_argument;
  if (number && fault == std::errc() && value >= 1 && value <= most) return value;
  error(column, std::string(column) + ": " + shown(cell) + (number ? " is out of range" : " is no whole number") +
                    "; expected 1 to " + std::to_string(most));
  return 1;
}

std::int64_t OperatorCells::number(std::string_view column, std::string_view op, std::int64_t most) {
  const std::string_view cell = text(column, op);
  return index_.contains(column) ? whole(column, cell, most) : 1;
}

std::int64_t OperatorCells::number_or(std::string_view column, std::int64_t otherwise, std::int64_t most) {
  const std::string_view cell = optional(column);
  return cell.empty() ? otherwise : whole(column, cell, most);
}

WeightFormat OperatorCells::weights(std::string_view column, std::string_view op) {
  const std::string_view cell = text(column, op);
  const WeightFormat* format = weight_format_named(cell);
  if (format != nullptr) return *format;
  if (index_.contains(column))
    error(column, std::string(column) + ": " + shown(cell) + " is no format of weights" +
                      suggestion(cell, weight_format_names()));
  return {};
}

DataType OperatorCells::data_type(std::string_view column, std::string_view op) {
  const std::string_view cell = text(column, op);
  const auto type = data_type_named(cell);
  if (type) return *type;
  if (index_.contains(column))
    error(column, std::string(column) + ": " + shown(cell) + " is no number format" +
                      suggestion(cell, {"fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4"}));
  return DataType::kBf16;
}

std::int64_t OperatorCells::distribution(std::string_view column, std::string_view op) {
  const std::string_view cell = text(column, op);
  if (!index_.contains(column)) return 0;
  if (const auto alpha_ppm = distribution_named(cell)) return *alpha_ppm;
  error(column,
        std::string(column) + ": " + shown(cell) + " is no distribution; expected " + std::string(kDistributions));
  return 0;
}

std::optional<double> OperatorCells::time_us(std::string_view column) {
  const std::string_view cell = optional(column);
  if (cell.empty()) return std::nullopt;
  const auto value = plain_double(cell);
  if (value && *value > 0 && *value <= kLongestUs) return value;
  error(column, std::string(column) + ": " + shown(cell) + (value ? " is out of range" : " is not a number") +
                    "; expected a time in microseconds above zero");
  return std::nullopt;
}

}  // namespace decodesim
