// SPDX-License-Identifier: Apache-2.0
// Quantities <-> text. Parsing is exact: "3.35 TB/s" is 3,350,000,000,000 B/s, and a value finer than the base
// unit ("0.5 ps") is refused rather than rounded. Printing is exact too: parse(to_text(x)) == x for every x.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/units/units.hpp"

namespace decodesim {

/// One accepted unit: its symbol and how many base units it is, numerator / denominator.
struct UnitSymbol {
  std::string_view symbol;
  std::int64_t numerator;
  std::int64_t denominator = 1;
};

/// Accepted units of a quantity, largest first; printing prefers earlier ones. `bare_number_ok` holds only for Ratio.
struct UnitTable {
  std::string_view quantity;          ///< "duration", "bandwidth", ...: for messages
  std::span<const UnitSymbol> units;  ///< printing uses the decimal ones; parsing all
  bool bare_number_ok = false;
};

/// The table of quantity Q. Specialised for every type of units.hpp but TimePoint.
template <class Q>
const UnitTable& unit_table();

/// Outcome of parsing: a value, or what is wrong ("'25' has no unit; expected one of TB/s, GB/s, ...").
template <class V>
struct ParseResult {
  std::optional<V> value;
  std::string error;
};

/// `text` in base units of `table`, exactly.
ParseResult<std::int64_t> parse_quantity(std::string_view text, const UnitTable& table);

/// `count` base units as the shortest exact text with the largest unit that is not above it.
std::string print_quantity(std::int64_t count, const UnitTable& table);

/// A whole decimal number without a unit: "8", "1_000", "1e6"; a leading zero does not mean octal.
ParseResult<std::int64_t> parse_integer(std::string_view text);

template <class Q>
ParseResult<Q> parse(std::string_view text) {
  const auto parsed = parse_quantity(text, unit_table<Q>());
  if (!parsed.value) return {std::nullopt, parsed.error};
  return {Q(*parsed.value), {}};
}

template <class Q>
std::string to_text(Q value) {
  return print_quantity(value.count(), unit_table<Q>());
}

/// `base_units` with about four significant digits: behind to_short_text.
std::string short_quantity(double base_units, const UnitTable& table);

/// For people: about four significant digits, "1.234 ms", "3.02 TB/s". Not exact.
template <class Q>
std::string to_short_text(Q value) {
  return short_quantity(static_cast<double>(value.count()), unit_table<Q>());
}

}  // namespace decodesim
