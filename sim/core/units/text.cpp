// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units/text.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>

namespace decodesim {
namespace {

constexpr std::int64_t kKilo = 1'000;
constexpr std::int64_t kMega = 1'000'000;
constexpr std::int64_t kGiga = 1'000'000'000;
constexpr std::int64_t kTera = 1'000'000'000'000;
constexpr std::int64_t kPeta = 1'000'000'000'000'000;
constexpr std::int64_t kKibi = 1LL << 10;
constexpr std::int64_t kMebi = 1LL << 20;
constexpr std::int64_t kGibi = 1LL << 30;
constexpr std::int64_t kTebi = 1LL << 40;
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

constexpr std::array kDurationUnits{
    UnitSymbol{"s", kTera}, UnitSymbol{"ms", kGiga},       UnitSymbol{"us", kMega},      UnitSymbol{"ns", kKilo},
    UnitSymbol{"ps", 1},    UnitSymbol{"min", 60 * kTera}, UnitSymbol{"h", 3600 * kTera}};
constexpr std::array kBytesUnits{UnitSymbol{"TB", kTera},  UnitSymbol{"GB", kGiga},  UnitSymbol{"MB", kMega},
                                 UnitSymbol{"kB", kKilo},  UnitSymbol{"B", 1},       UnitSymbol{"TiB", kTebi},
                                 UnitSymbol{"GiB", kGibi}, UnitSymbol{"MiB", kMebi}, UnitSymbol{"KiB", kKibi}};
constexpr std::array kBandwidthUnits{
    UnitSymbol{"PB/s", kPeta},    UnitSymbol{"TB/s", kTera},    UnitSymbol{"GB/s", kGiga},
    UnitSymbol{"MB/s", kMega},    UnitSymbol{"kB/s", kKilo},    UnitSymbol{"B/s", 1},
    UnitSymbol{"TiB/s", kTebi},   UnitSymbol{"GiB/s", kGibi},   UnitSymbol{"MiB/s", kMebi},
    UnitSymbol{"Tb/s", kTera, 8}, UnitSymbol{"Gb/s", kGiga, 8}, UnitSymbol{"Mb/s", kMega, 8}};
constexpr std::array kFlopsUnits{UnitSymbol{"PFLOP", kPeta}, UnitSymbol{"TFLOP", kTera}, UnitSymbol{"GFLOP", kGiga},
                                 UnitSymbol{"MFLOP", kMega}, UnitSymbol{"FLOP", 1}};
constexpr std::array kFlopRateUnits{UnitSymbol{"PFLOP/s", kPeta}, UnitSymbol{"TFLOP/s", kTera},
                                    UnitSymbol{"GFLOP/s", kGiga}, UnitSymbol{"MFLOP/s", kMega},
                                    UnitSymbol{"FLOP/s", 1}};
constexpr std::array kFrequencyUnits{UnitSymbol{"GHz", kGiga}, UnitSymbol{"MHz", kMega}, UnitSymbol{"kHz", kKilo},
                                     UnitSymbol{"Hz", 1}};
constexpr std::array kEnergyUnits{UnitSymbol{"kJ", kPeta}, UnitSymbol{"J", kTera},  UnitSymbol{"mJ", kGiga},
                                  UnitSymbol{"uJ", kMega}, UnitSymbol{"nJ", kKilo}, UnitSymbol{"pJ", 1}};
constexpr std::array kEnergyPerBitUnits{UnitSymbol{"nJ/bit", kGiga}, UnitSymbol{"pJ/bit", kMega},
                                        UnitSymbol{"fJ/bit", kKilo}, UnitSymbol{"aJ/bit", 1}};
constexpr std::array kPowerUnits{UnitSymbol{"MW", kTera}, UnitSymbol{"kW", kGiga}, UnitSymbol{"W", kMega},
                                 UnitSymbol{"mW", kKilo}, UnitSymbol{"uW", 1}};
constexpr std::array kMoneyUnits{UnitSymbol{"USD", kMega}, UnitSymbol{"mUSD", kKilo}, UnitSymbol{"uUSD", 1}};
constexpr std::array kCarbonUnits{UnitSymbol{"tCO2e", kGiga}, UnitSymbol{"kgCO2e", kMega}, UnitSymbol{"gCO2e", kKilo},
                                  UnitSymbol{"mgCO2e", 1}};
constexpr std::array kRatioUnits{UnitSymbol{"", kMega}, UnitSymbol{"%", 10'000}, UnitSymbol{"ppm", 1}};

bool is_decimal(const UnitSymbol& unit) {
  std::int64_t n = unit.numerator;
  while (n % 10 == 0) n /= 10;
  return n == 1 && unit.denominator == 1;
}

struct Decimal {
  Int128 digits = 0;
  Int128 scale = 1;  ///< value = digits / scale
  bool negative = false;
  std::size_t length = 0;  ///< characters consumed; 0 when there is no number
  bool overflow = false;   ///< more digits than fit before the point
  bool too_fine = false;   ///< more digits than fit behind it
};

// Sign, digits with optional underscores, fraction, optional decimal exponent ("1.5e3").
Decimal read_decimal(std::string_view text) {
  Decimal d;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) d.negative = text[i++] == '-';
  bool any = false;
  bool fraction = false;
  const Int128 limit = static_cast<Int128>(1) << 96;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      any = true;
      if (d.digits > limit || d.scale > limit) {
        (fraction ? d.too_fine : d.overflow) = true;
        continue;
      }
      d.digits = d.digits * 10 + (c - '0');
      if (fraction) d.scale *= 10;
    } else if (c != '_' || !any) {
      break;
    }
  }
  if (!any) return {};
  if (i + 1 < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    std::size_t j = i + 1;
    const bool shrink = text[j] == '-';
    if (text[j] == '-' || text[j] == '+') ++j;
    int exponent = 0;
    const std::size_t first = j;
    for (; j < text.size() && std::isdigit(static_cast<unsigned char>(text[j])) != 0; ++j)
      exponent = std::min(exponent * 10 + (text[j] - '0'), 100);
    if (j > first) {
      i = j;
      for (; exponent > 0; --exponent) {
        Int128& target = shrink ? d.scale : d.digits;
        if (target > limit) {
          (shrink ? d.too_fine : d.overflow) = true;
          break;
        }
        target *= 10;
      }
    }
  }
  d.length = i;
  return d;
}

std::string expected_units(const UnitTable& table) {
  std::string out = "expected one of ";
  bool first = true;
  for (const UnitSymbol& unit : table.units) {
    if (unit.symbol.empty()) continue;
    if (!first) out += ", ";
    out += unit.symbol;
    first = false;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

// sign * magnitude, where it fits: the negative range reaches one further.
std::optional<std::int64_t> with_sign(Int128 magnitude, bool negative) {
  const Int128 value = negative ? -magnitude : magnitude;
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return static_cast<std::int64_t>(value);
}

ParseResult<std::int64_t> in_base_units(const Decimal& number, const UnitSymbol& unit, std::string_view text,
                                        const UnitTable& table) {
  const std::string quoted = "'" + std::string(text) + "'";
  const std::string what = std::string(table.quantity);
  const std::string too_large = quoted + " is too large for a " + what;
  const Int128 limit = static_cast<Int128>(1) << 126;
  if (number.overflow || (number.digits != 0 && unit.numerator > limit / number.digits))
    return {std::nullopt, too_large + "; expected at most " + print_quantity(kLargest, table)};
  const Int128 top = number.digits * unit.numerator;
  const Int128 bottom = number.scale * unit.denominator;
  if (number.too_fine || top % bottom != 0)
    return {std::nullopt, quoted + " is finer than the resolution of a " + what + " (" + print_quantity(1, table) +
                              "); expected a multiple of it"};
  const std::optional<std::int64_t> count = with_sign(top / bottom, number.negative);
  if (!count) return {std::nullopt, too_large + "; expected at most " + print_quantity(kLargest, table)};
  return {count, {}};
}

// The first decimal unit that `reaches` accepts, else the smallest; a quantity that needs no unit is printed in its
// first. Every table begins with a decimal unit.
template <class Reaches>
const UnitSymbol& unit_for(const UnitTable& table, const Reaches& reaches) {
  const UnitSymbol* chosen = &table.units.front();
  for (const UnitSymbol& unit : table.units) {
    if (!is_decimal(unit)) continue;
    chosen = &unit;
    if (table.bare_number_ok || reaches(unit)) break;
  }
  return *chosen;
}

}  // namespace

ParseResult<std::int64_t> parse_quantity(std::string_view text, const UnitTable& table) {
  const std::string_view body = trimmed(text);
  const Decimal number = read_decimal(body);
  if (number.length == 0)
    return {std::nullopt, "'" + std::string(text) + "' is not a " + std::string(table.quantity) +
                              "; expected a number with a unit, one of" + expected_units(table).substr(15)};
  const std::string_view symbol = trimmed(body.substr(number.length));
  if (symbol.empty() && !table.bare_number_ok)
    return {std::nullopt, "'" + std::string(body) + "' has no unit; " + expected_units(table)};
  for (const UnitSymbol& unit : table.units)
    if (unit.symbol == symbol) return in_base_units(number, unit, body, table);
  return {std::nullopt, "'" + std::string(symbol) + "' is not a unit of " + std::string(table.quantity) + "; " +
                            expected_units(table)};
}

std::string print_quantity(std::int64_t count, const UnitTable& table) {
  const Int128 magnitude = count < 0 ? -static_cast<Int128>(count) : static_cast<Int128>(count);
  const UnitSymbol& chosen = unit_for(table, [&](const UnitSymbol& unit) { return magnitude >= unit.numerator; });
  std::string out = count < 0 ? "-" : "";
  out += std::to_string(static_cast<std::int64_t>(magnitude / chosen.numerator));
  Int128 rest = magnitude % chosen.numerator;
  if (rest != 0) out += '.';
  for (Int128 place = chosen.numerator / 10; rest != 0; place /= 10) {
    out += static_cast<char>('0' + static_cast<int>(rest / place));
    rest %= place;
  }
  if (!chosen.symbol.empty()) out += " " + std::string(chosen.symbol);
  return out;
}

std::string short_quantity(double base_units, const UnitTable& table) {
  const UnitSymbol& chosen = unit_for(
      table, [&](const UnitSymbol& unit) { return std::abs(base_units) >= static_cast<double>(unit.numerator); });
  std::array<char, 64> buffer{};
  const double value = base_units / static_cast<double>(chosen.numerator);
  const int written = std::snprintf(buffer.data(), buffer.size(), "%.4g %s", value, chosen.symbol.data());
  return {buffer.data(), static_cast<std::size_t>(written) - (chosen.symbol.empty() ? 1 : 0)};
}

ParseResult<std::int64_t> parse_integer(std::string_view text) {
  const std::string_view body = trimmed(text);
  const Decimal number = read_decimal(body);
  const std::string quoted = "'" + std::string(body) + "'";
  if (number.length == 0 || number.length != body.size())
    return {std::nullopt, quoted + " is not a whole number; expected digits without a unit"};
  const std::string too_large = quoted + " is too large; expected at most " + std::to_string(kLargest);
  if (number.overflow) return {std::nullopt, too_large};
  if (number.too_fine || number.digits % number.scale != 0)
    return {std::nullopt, quoted + " is not a whole number; expected an integer"};
  const std::optional<std::int64_t> value = with_sign(number.digits / number.scale, number.negative);
  if (!value) return {std::nullopt, too_large};
  return {value, {}};
}

template <>
const UnitTable& unit_table<Duration>() {
  static constexpr UnitTable kTable{"duration", kDurationUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Bytes>() {
  static constexpr UnitTable kTable{"size", kBytesUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Bandwidth>() {
  static constexpr UnitTable kTable{"bandwidth", kBandwidthUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Flops>() {
  static constexpr UnitTable kTable{"amount of arithmetic", kFlopsUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<FlopRate>() {
  static constexpr UnitTable kTable{"arithmetic rate", kFlopRateUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Frequency>() {
  static constexpr UnitTable kTable{"frequency", kFrequencyUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Energy>() {
  static constexpr UnitTable kTable{"energy", kEnergyUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<EnergyPerBit>() {
  static constexpr UnitTable kTable{"energy per bit", kEnergyPerBitUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Power>() {
  static constexpr UnitTable kTable{"power", kPowerUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Money>() {
  static constexpr UnitTable kTable{"amount of money", kMoneyUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Carbon>() {
  static constexpr UnitTable kTable{"amount of carbon", kCarbonUnits};
  return kTable;
}
template <>
const UnitTable& unit_table<Ratio>() {
  static constexpr UnitTable kTable{"ratio", kRatioUnits, true};
  return kTable;
}

}  // namespace decodesim
