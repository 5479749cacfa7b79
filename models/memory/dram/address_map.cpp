// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/address_map.hpp"

#include <bit>
#include <sstream>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kRest = 0;  // a piece without a number
constexpr std::array<std::string_view, 7> kNames{"row",    "rank",    "bank_group",    "bank",
                                                 "column", "channel", "pseudo_channel"};

// Bytes of one row of every bank.
std::int64_t stripe_bytes(const DramParameters& p) {
  return checked::multiply(checked::multiply(p.units() * p.ranks, p.banks()), p.row_bytes.count());
}

// Sum of the digits in base 4 (nearly all parts have four banks a group), all at once: pairs, nibbles, bytes.
std::uint64_t sum_of_base_4(std::uint64_t digits) {
  constexpr std::uint64_t kPairs = 0x3333'3333'3333'3333;
  constexpr std::uint64_t kNibbles = 0x0f0f'0f0f'0f0f'0f0f;
  digits = (digits & kPairs) + ((digits >> 2U) & kPairs);
  digits = (digits + (digits >> 4U)) & kNibbles;
  return (digits * 0x0101'0101'0101'0101) >> 56U;
}

std::int64_t rows_of(const DramParameters& p) {
  return p.rows != 0 ? p.rows : checked::narrow(checked::divide_up(p.capacity.count(), stripe_bytes(p)));
}

}  // namespace

DramParameters all_stacks(DramParameters parameters, std::int64_t stacks) {
  parameters.channels = checked::multiply(parameters.channels, stacks);
  parameters.capacity = parameters.capacity * stacks;
  return parameters;
}

// The pieces of the text, most significant first, or what is wrong with it.
std::string AddressMap::parse(const DramParameters& p, std::vector<std::pair<Part, std::int64_t>>& order) const {
  std::istringstream words(p.controller.address_map);
  for (std::string word; words >> word;) {
    const std::size_t colon = word.find(':');
    const std::string name = word.substr(0, colon);
    if (name == "interleave") {
      if (p.row_bytes.count() % p.interleave.count() != 0)
        return "interleave " + to_text(p.interleave) + " does not divide a row of " + to_text(p.row_bytes) +
               "; expected whole chunks a row";
      order.emplace_back(Part::kColumn, p.interleave / p.burst_bytes());
      continue;
    }
    std::size_t part = 0;
    while (part < kParts && kNames[part] != name) ++part;
    if (part == kParts)
      return "address_map: '" + name +
             "' is not a part of an address; expected row, rank, bank_group, bank, column, channel, pseudo_channel or "
             "interleave";
    std::int64_t size = kRest;
    if (colon != std::string::npos) {
      const auto parsed = parse_integer(word.substr(colon + 1));
      if (!parsed.value || *parsed.value < 1)
        return "address_map: '" + word + "' has no count of values; expected one as in column:4";
      size = *parsed.value;
    }
    order.emplace_back(static_cast<Part>(part), size);
  }
  return "";
}

std::vector<std::string> AddressMap::build(const DramParameters& p, AddressMap& out) {
  std::vector<std::pair<Part, std::int64_t>> order;
  if (std::string wrong = out.parse(p, order); !wrong.empty()) return {wrong};
  const std::array<std::int64_t, kParts> sizes{
      rows_of(p), p.ranks,          p.bank_groups, p.banks_per_group, p.row_bytes / p.burst_bytes(),
      p.channels, p.pseudo_channels};
  std::vector<std::string> wrong;
  std::array<std::int64_t, kParts> given{};  // product of the numbered pieces of each part
  std::array<int, kParts> rests{};
  given.fill(1);
  for (const auto& [part, size] : order) {
    const auto i = static_cast<std::size_t>(part);
    if (size == kRest)
      ++rests[i];
    else
      given[i] = checked::multiply(given[i], size);
  }
  for (std::size_t i = 0; i < kParts; ++i) {
    const std::string name(kNames[i]);
    if (rests[i] > 1)
      wrong.push_back("address_map: '" + name + "' takes the rest of its values twice; expected once");
    else if (rests[i] == 1 ? sizes[i] % given[i] != 0 : sizes[i] != given[i])
      wrong.push_back("address_map: its pieces of '" + name + "' have " + std::to_string(given[i]) +
                      " values; expected to cover " + std::to_string(sizes[i]));
  }
  if (!wrong.empty()) return wrong;
  std::array<std::int64_t, kParts> weight{};
  weight.fill(1);
  for (auto piece = order.rbegin(); piece != order.rend(); ++piece) {
    const auto i = static_cast<std::size_t>(piece->first);
    const std::int64_t size = piece->second == kRest ? sizes[i] / given[i] : piece->second;
    const auto radix = static_cast<std::uint64_t>(size);
    if (size > 1)
      out.digits_.push_back(
          {piece->first, radix, weight[i], std::has_single_bit(radix) ? std::countr_zero(radix) : -1});
    weight[i] *= size;
  }
  out.banks_per_group_ = p.banks_per_group;
  const auto base = static_cast<std::uint64_t>(p.banks_per_group);
  out.skew_shift_ = std::has_single_bit(base) ? std::countr_zero(base) : 0;
  out.skewed_ = p.controller.bank_skew;
  out.rows_ = sizes[0];
  out.capacity_ = p.capacity;
  out.burst_bytes_ = static_cast<std::uint64_t>(p.burst_bytes().count());
  out.make_fields();
  return {};
}

std::vector<std::string> AddressMap::problems(const DramParameters& p) {
  std::vector<std::string> wrong = p.problems();
  if (!wrong.empty()) return wrong;
  try {
    return uncovered(p);
  } catch (const OverflowError&) {
    return {"address_map: its values exceed what 64 bits count; expected fewer"};
  }
}

std::vector<std::string> AddressMap::uncovered(const DramParameters& p) {
  AddressMap map;
  std::vector<std::string> out = build(p, map);
  if (!out.empty()) return out;
  const std::int64_t stripe = stripe_bytes(p);
  const Bytes covered(checked::multiply(map.rows_, stripe));
  // A part of the last rows may be missing if nothing but the rank is above them.
  auto top = map.digits_.rbegin();
  if (top != map.digits_.rend() && top->part == Part::kRank) ++top;
  const bool row_on_top = top != map.digits_.rend() && top->part == Part::kRow;
  if (covered < p.capacity || covered - p.capacity >= Bytes(stripe))
    out.push_back("rows: " + std::to_string(map.rows_) + " a bank cover " + to_text(covered) +
                  "; expected the capacity, " + to_text(p.capacity));
  else if (covered != p.capacity && !row_on_top)
    out.push_back("address_map: the capacity " + to_text(p.capacity) + " fills its last row in part; expected row to " +
                  "be most significant or a capacity that is a multiple of " + to_text(Bytes(stripe)));
  return out;
}

AddressMap::AddressMap(const DramParameters& parameters) {
  const std::vector<std::string> wrong = problems(parameters);
  require(wrong.empty(), "AddressMap", wrong.empty() ? "" : wrong.front());
  build(parameters, *this);
}

// The digits as bits, which come apart without waiting for each other. The topmost digit takes all the bits that are
// left: an address within the capacity has no more than it counts.
void AddressMap::make_fields() {
  if (!std::has_single_bit(burst_bytes_)) return;
  int shift = 0;
  for (const Digit& digit : digits_) {
    const bool top = &digit == &digits_.back();
    const auto weight = static_cast<std::uint64_t>(digit.weight);
    if ((digit.shift < 0 && !top) || !std::has_single_bit(weight)) return;
    const Field field{top ? ~0ULL : digit.size - 1, static_cast<std::uint8_t>(shift),
                      static_cast<std::uint8_t>(std::countr_zero(weight))};
    if (Field& first = fields_[static_cast<std::size_t>(digit.part)]; first.mask == 0)
      first = field;
    else
      more_.emplace_back(digit.part, field);
    shift += std::max(0, digit.shift);
  }
  burst_shift_ = std::countr_zero(burst_bytes_);
}

void AddressMap::take_apart(std::uint64_t burst, Values& value) const {
  for (const Digit& digit : digits_) {
    const std::uint64_t quotient = digit.shift >= 0 ? burst >> static_cast<unsigned>(digit.shift) : burst / digit.size;
    const std::uint64_t remainder = burst - quotient * digit.size;
    value[static_cast<std::size_t>(digit.part)] += remainder * static_cast<std::uint64_t>(digit.weight);
    burst = quotient;
  }
}

DecodedAddress AddressMap::decode(std::uint64_t address) const {
  Values value{};
  if (burst_shift_ < 0) {
    take_apart(address / burst_bytes_, value);
  } else {
    const std::uint64_t burst = address >> static_cast<unsigned>(burst_shift_);
    for (std::size_t i = 0; i < kParts; ++i) value[i] = fields_[i].of(burst);
    for (const auto& [part, field] : more_) value[static_cast<std::size_t>(part)] += field.of(burst);
  }
  const auto narrow = [&](Part part) { return static_cast<std::int32_t>(value[static_cast<std::size_t>(part)]); };
  DecodedAddress where{static_cast<std::int64_t>(value[0]),
                       narrow(Part::kChannel),
                       narrow(Part::kPseudoChannel),
                       narrow(Part::kRank),
                       narrow(Part::kBankGroup),
                       narrow(Part::kBank),
                       narrow(Part::kColumn)};
  if (skewed_) {
    where.bank += static_cast<std::int32_t>(skew_of(where.row));
    if (where.bank >= banks_per_group_) where.bank -= static_cast<std::int32_t>(banks_per_group_);
  }
  return where;
}

// Sum of the row's digits but the two lowest in base banks a group, modulo that.
std::int64_t AddressMap::skew_of(std::int64_t row) const {
  const std::int64_t base = banks_per_group_;
  if (base == 1) return 0;
  if (skew_shift_ > 0) {  // the same with shifts
    auto digits = static_cast<std::uint64_t>(row) >> static_cast<unsigned>(2 * skew_shift_);
    if (skew_shift_ == 2) return static_cast<std::int64_t>(sum_of_base_4(digits) & 3U);
    std::uint64_t sum = 0;
    for (; digits != 0; digits >>= static_cast<unsigned>(skew_shift_))
      sum += digits & static_cast<std::uint64_t>(base - 1);
    return static_cast<std::int64_t>(sum & static_cast<std::uint64_t>(base - 1));
  }
  std::int64_t sum = 0;
  for (row /= base * base; row > 0; row /= base) sum += row % base;
  return sum % base;
}

// The digits from most to least significant. A part whose value exceeds its digits does not come back from decode.
std::optional<std::uint64_t> AddressMap::encode(const DecodedAddress& place) const {
  DecodedAddress where = place;
  if (skewed_ && where.row >= 0 && where.bank >= 0 && where.bank < banks_per_group_)
    where.bank = static_cast<std::int32_t>((where.bank + banks_per_group_ - skew_of(where.row)) % banks_per_group_);
  const std::array<std::int64_t, kParts> parts{where.row,    where.rank,    where.bank_group,    where.bank,
                                               where.column, where.channel, where.pseudo_channel};
  for (const std::int64_t value : parts)
    if (value < 0) return std::nullopt;
  Int128 burst = 0;
  for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit) {
    const auto value = static_cast<std::uint64_t>(parts[static_cast<std::size_t>(digit->part)] / digit->weight);
    burst = burst * digit->size + value % digit->size;
  }
  const Int128 address = burst * burst_bytes_;
  if (address >= capacity_.count()) return std::nullopt;
  const auto found = static_cast<std::uint64_t>(address);
  if (decode(found) != place) return std::nullopt;
  return found;
}

}  // namespace decodesim
