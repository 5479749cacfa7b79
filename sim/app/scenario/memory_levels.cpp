// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/memory_levels.hpp"

#include <algorithm>
#include <array>

#include "sim/core/config/diagnostics.hpp"

namespace decodesim {
namespace {

const std::vector<std::string> kLevels{"channel", "pseudo_channel", "rank", "bank_group", "bank", "row", "column"};
constexpr std::uint64_t kNowhere = std::uint64_t{1} << 63U;  // beyond any capacity, and no access from there wraps

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void set(DecodedAddress& where, std::size_t level, std::uint32_t value) {
  const auto narrow = static_cast<std::int32_t>(value);  // entries are at most 31 bits
  const std::array<std::int32_t*, 7> places{
      &where.channel, &where.pseudo_channel, &where.rank, &where.bank_group, &where.bank, nullptr, &where.column};
  if (places[level] != nullptr)
    *places[level] = narrow;
  else
    where.row = narrow;
}

}  // namespace

std::vector<std::string> usual_levels(std::size_t count, const DramParameters& dram) {
  const std::string second = dram.pseudo_channels > 1 ? "pseudo_channel" : "rank";
  switch (count) {
    case 7: return kLevels;
    case 6: return {"channel", second, "bank_group", "bank", "row", "column"};
    case 5: return {"channel", "bank_group", "bank", "row", "column"};
    default: return {};
  }
}

std::string levels_problem(const std::vector<std::string>& names, std::size_t count) {
  if (count == 0)
    return names.empty() ? "" : "the trace's records have byte addresses and no address vectors; expected no levels";
  if (names.empty())
    return "address vectors of " + std::to_string(count) +
           " entries have no usual meaning; expected a name for each, of " + listed(kLevels);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(kLevels.begin(), kLevels.end(), names[i]) == kLevels.end())
      return "'" + names[i] + "' is no level of an address" + suggestion(names[i], kLevels);
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      return "'" + names[i] + "' is there twice; expected each level once";
  }
  if (names.size() == count) return "";
  return std::to_string(names.size()) + " names for address vectors of " + std::to_string(count) +
         " entries; expected a name for each, of " + listed(kLevels);
}

AddressVectorMap address_vector_map(const std::vector<std::string>& names, const AddressMap& map) {
  std::vector<std::size_t> levels;
  levels.reserve(names.size());
  for (const std::string& name : names)
    levels.push_back(static_cast<std::size_t>(std::find(kLevels.begin(), kLevels.end(), name) - kLevels.begin()));
  return [levels, map](std::span<const std::uint32_t> vector) {
    DecodedAddress where;
    for (std::size_t i = 0; i < levels.size(); ++i) set(where, levels[i], vector[i]);
    return map.encode(where).value_or(kNowhere);
  };
}

}  // namespace decodesim
