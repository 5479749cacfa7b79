// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/expectations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "sim/app/report/number_text.hpp"
#include "sim/app/report/results_json.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

/// A quantity as results.json counts it: `per_unit` base units are one of its SI unit.
struct ResultUnit {
  const UnitTable* table;
  double per_unit;
};

/// A figure of an expectation.
struct Figure {
  std::string text;              ///< as written
  std::optional<double> number;  ///< in the unit of the results; empty when it is a word
  std::optional<ResultUnit> unit;
};

struct Expectation {
  SourcePosition position;
  std::string path;
  SourcePosition path_position;
  std::optional<Figure> value;
  std::optional<Figure> tolerance;
  std::optional<Figure> min;
  std::optional<Figure> max;
  std::string because;
};

std::array<ResultUnit, 10> result_units() {
  return {ResultUnit{&unit_table<Duration>(), 1e12},
          {&unit_table<Bandwidth>(), 1},
          {&unit_table<Bytes>(), 1},
          {&unit_table<FlopRate>(), 1},
          {&unit_table<Flops>(), 1},
          {&unit_table<Frequency>(), 1},
          {&unit_table<Energy>(), 1e12},
          {&unit_table<Power>(), 1e6},
          {&unit_table<Money>(), 1e6},
          {&unit_table<Ratio>(), 1e6}};
}

std::optional<double> plain_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

Figure figure_of(const std::string& text) {
  Figure figure{text, plain_number(text), std::nullopt};
  if (figure.number) return figure;
  for (const ResultUnit& unit : result_units()) {
    const auto parsed = parse_quantity(text, *unit.table);
    if (!parsed.value) continue;
    figure.number = static_cast<double>(*parsed.value) / unit.per_unit;
    figure.unit = unit;
    return figure;
  }
  return figure;
}

bool starts_like_a_number(const std::string& text) {
  const std::size_t first = text.find_first_not_of("+-.");
  return first != std::string::npos && text[first] >= '0' && text[first] <= '9';
}

std::optional<Figure> read_figure(const Node& item, std::string_view key, Diagnostics& diagnostics) {
  const Node* node = item.find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_scalar()) {
    diagnostics.error(node->position(), std::string(key) + " is " + std::string(node->kind_text()) +
                                            "; expected a number, with a unit or without");
    return std::nullopt;
  }
  Figure figure = figure_of(node->text());
  // A word may be what a result says; a number with a unit that is none never is.
  const bool broken = starts_like_a_number(figure.text) && figure.text.find(' ') != std::string::npos;
  if (!figure.number && (key != "value" || broken)) {
    diagnostics.error(node->position(),
                      std::string(key) + ": '" + figure.text +
                          "' is not a number; expected one in the unit of the result, or with a unit");
    return std::nullopt;
  }
  if (key == "tolerance" && *figure.number < 0) {
    diagnostics.error(node->position(), "tolerance: '" + figure.text + "' is negative; expected a share like '5 %'");
    return std::nullopt;
  }
  return figure;
}

std::string read_text(const Node& item, std::string_view key, Diagnostics& diagnostics) {
  const Node* node = item.find(key);
  if (node == nullptr) return "";
  if (!node->is_scalar())
    diagnostics.error(node->position(), std::string(key) + " is " + std::string(node->kind_text()) + "; expected text");
  return node->text();
}

Expectation read_expectation(const Node& item, Diagnostics& diagnostics) {
  const std::vector<std::string> keys{"path", "value", "tolerance", "min", "max", "because"};
  Expectation out;
  out.position = item.position();
  if (!item.is_mapping()) {
    diagnostics.error(item.position(), "an expectation is " + std::string(item.kind_text()) +
                                           "; expected a mapping with path, value or min or max, and because");
    return out;
  }
  for (const Node::Entry& entry : item.entries()) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end())
      diagnostics.error(entry.key_position,
                        "'" + entry.key + "' is not a key of an expectation" + suggestion(entry.key, keys));
  }
  out.path = read_text(item, "path", diagnostics);
  if (const Node* path = item.find("path")) out.path_position = path->position();
  out.because = read_text(item, "because", diagnostics);
  out.value = read_figure(item, "value", diagnostics);
  out.tolerance = read_figure(item, "tolerance", diagnostics);
  out.min = read_figure(item, "min", diagnostics);
  out.max = read_figure(item, "max", diagnostics);
  const bool band = item.find("min") != nullptr || item.find("max") != nullptr;
  const bool value = item.find("value") != nullptr;
  if (item.find("path") == nullptr)
    diagnostics.error(item.position(), "an expectation lacks 'path'; expected one like decode.step_latency_s.mean");
  if (band == value)
    diagnostics.error(item.position(), std::string("an expectation has ") +
                                           (band ? "a value and a band" : "neither a value nor a band") +
                                           "; expected either value or min and max");
  if (out.min && out.max && *out.min->number > *out.max->number)
    diagnostics.error(item.find("min")->position(), "min: '" + out.min->text + "' is above max: '" + out.max->text +
                                                        "'; expected a band with something in it");
  if (item.find("tolerance") != nullptr && !(out.value && out.value->number) && !(value && !out.value))
    diagnostics.error(item.position(), "a tolerance without a number it is relative to; expected a value");
  return out;
}

std::vector<Expectation> read_expectations(const Node& list, Diagnostics& diagnostics) {
  std::vector<Expectation> out;
  if (list.is_null()) return out;
  if (!list.is_sequence()) {
    diagnostics.error(list.position(),
                      "expect is " + std::string(list.kind_text()) + "; expected a list of expectations");
    return out;
  }
  for (const Node& item : list.items()) out.push_back(read_expectation(item, diagnostics));
  return out;
}

const Json* child(const Json& node, const std::string& word) {
  if (node.is_object()) return node.contains(word) ? &node.at(word) : nullptr;
  if (!node.is_array()) return nullptr;
  for (std::size_t i = 0; i < node.size(); ++i)
    if (node[i].value("name", "") == word || std::to_string(i) == word) return &node[i];
  return nullptr;
}

std::vector<std::string> children(const Json& node) {
  std::vector<std::string> out;
  if (node.is_object())
    for (const auto& [key, value] : node.items()) out.push_back(key);
  if (node.is_array())
    for (std::size_t i = 0; i < node.size(); ++i) out.push_back(node[i].value("name", std::to_string(i)));
  return out;
}

// The result at `path`; or null and why not.
const Json* find_result(const Json& root, const std::string& path, std::string& problem) {
  const Json* node = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string word = path.substr(begin, end - begin);
    const Json* next = child(*node, word);
    if (next == nullptr) {
      const std::vector<std::string> known = children(*node);
      problem = "'" + path + "' is not in the results" +
                (known.empty() ? "; expected '" + path.substr(0, begin - 1) + "', which is a single result"
                               : suggestion(word, known));
      return nullptr;
    }
    node = next;
    begin = end + 1;
  }
  if (!node->is_structured()) return node;
  problem = "'" + path + "' is no single result" + suggestion("", children(*node));
  return nullptr;
}

// Exact, in the kind of unit that the expectation uses.
std::string result_text(const Json& got, const std::optional<ResultUnit>& unit) {
  if (got.is_string()) return got.get<std::string>();
  if (!unit || !got.is_number()) return got.dump();
  const double number = got.get<double>();
  if (unit->table == &unit_table<Ratio>()) return significant_text(number * 100, 6) + " %";
  const double base = number * unit->per_unit;
  return std::abs(base) < 9e18 ? print_quantity(std::llround(base), *unit->table) : got.dump();
}

std::string difference(double got, double expected) {
  const std::string_view side = got > expected ? " above" : " below";
  if (expected == 0) return significant_text(std::abs(got), 4) + std::string(side);
  return significant_text(std::abs(got - expected) / std::abs(expected) * 100, 3) + " %" + std::string(side);
}

bool within(double got, double expected, const std::optional<Figure>& tolerance) {
  if (got == expected) return true;
  // The last term only covers the rounding of the product.
  return tolerance && std::abs(got - expected) <= (*tolerance->number + 1e-12) * std::abs(expected);
}

std::string miss(const Expectation& e, const Json& got, const Figure& figure, std::string_view relation,
                 const std::string& amount) {
  return e.path + " is " + result_text(got, figure.unit) + "; expected " + std::string(relation) + figure.text +
         (e.tolerance ? " within " + e.tolerance->text : "") + (amount.empty() ? "" : ": " + amount);
}

// What is missed, or nothing.
std::string evaluate(const Expectation& e, const Json& root) {
  std::string problem;
  const Json* got = find_result(root, e.path, problem);
  if (got == nullptr) return problem;
  if (!got->is_number()) {
    const Figure& figure = e.value ? *e.value : e.min ? *e.min : *e.max;
    return e.value && result_text(*got, std::nullopt) == figure.text ? "" : miss(e, *got, figure, "", "");
  }
  const auto number = got->get<double>();
  if (e.value && !e.value->number) return miss(e, *got, *e.value, "", "");
  if (e.value && !within(number, *e.value->number, e.tolerance))
    return miss(e, *got, *e.value, "", difference(number, *e.value->number));
  if (e.min && number < *e.min->number) return miss(e, *got, *e.min, "at least ", difference(number, *e.min->number));
  if (e.max && number > *e.max->number) return miss(e, *got, *e.max, "at most ", difference(number, *e.max->number));
  return "";
}

}  // namespace

void check_expectations(const Plan& plan, Diagnostics& diagnostics) {
  const std::vector<Expectation> expectations = read_expectations(plan.expectations, diagnostics);
  if (expectations.empty() || !diagnostics.empty()) return;
  // What a run of no steps would report has every path that the real one will have.
  RunResult nothing;
  if (plan.faults.any()) nothing.faults.emplace();
  for (const MemoryPlan& memory : plan.memory) nothing.memory.push_back({memory.name, memory.part, {}, {}, {}, {}});
  if (plan.workload.memory)
    nothing.memory_phases.resize(static_cast<std::size_t>(plan.workload.memory->load_points) + 1);
  if (plan.workload.traffic) nothing.traffic.emplace().points.resize(plan.workload.traffic->loads.size());
  if (plan.workload.operators)
    for (const OperatorRow& row : plan.workload.operators->table.rows)
      nothing.operators.push_back(row.not_predicted.empty() ? Duration(1) : Duration());
  const Json root = Json::parse(results_json(plan, nothing));
  for (const Expectation& e : expectations) {
    std::string problem;
    if (find_result(root, e.path, problem) == nullptr) diagnostics.error(e.path_position, problem);
  }
}

std::vector<std::string> missed_expectations(const Plan& plan, const RunResult& result) {
  Diagnostics diagnostics;
  const std::vector<Expectation> expectations = read_expectations(plan.expectations, diagnostics);
  diagnostics.throw_if_any();
  std::vector<std::string> missed;
  if (expectations.empty()) return missed;
  const Json root = Json::parse(results_json(plan, result));
  for (const Expectation& e : expectations) {
    std::string what = evaluate(e, root);
    if (what.empty()) continue;
    if (!e.because.empty()) what += "; because: " + e.because;
    missed.push_back(Diagnostic{e.position, std::move(what)}.text());
  }
  return missed;
}

}  // namespace decodesim
