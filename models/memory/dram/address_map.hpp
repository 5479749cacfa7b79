// SPDX-License-Identifier: Apache-2.0
// AddressMap: from a byte address to the place of its burst, by a declared order of parts from most to least
// significant:
//
//   "rank row bank column bank_group channel pseudo_channel interleave"
//
// Parts are row, rank, bank_group, bank, column, channel, pseudo_channel, and interleave (the bursts of one
// interleave chunk: low part of the column). A part may be split, "column:4 bank_group column": `:n` takes n values of
// it (a power of two or not), and the piece without a number takes the rest. Bytes within a burst are always lowest.
// A row number is derived from the capacity unless the part states its rows.
//
// Laws, each a test in test/models/memory/dram/address_map_test.cpp:
//   1. Every burst of the capacity has a place of its own (decode is one to one).
//   2. The places cover the capacity exactly; only the last row may be used in part, and only when row is on top.
//   3. With the default map a sequential stream meets all pseudo-channels, then all bank groups, then the columns.
//   4. encode gives back the address of the burst that decode took apart, and nothing for places that do not exist.
//
//   5. With bank_skew, streams that lie at like places of different rows meet different banks.
//
// bank_skew turns the banks of a group by the sum of the row's digits, but the two lowest, in base banks a group: one
// to one within a row; a sequential stream still meets the bank groups in the same order, and hardly ever the bank that
// it has just left when it comes to the next row. After the idea of Zhang, Zhu and Zhang, "A permutation-based page
// interleaving scheme", MICRO 2000, which exclusive-ors bank and row bits; a sum also does for numbers of banks that
// are no power of two.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "models/memory/dram_parameters.hpp"

namespace decodesim {

/// Where a burst lies. Channel counts over all stacks.
struct DecodedAddress {
  std::int64_t row = 0;
  std::int32_t channel = 0;
  std::int32_t pseudo_channel = 0;
  std::int32_t rank = 0;
  std::int32_t bank_group = 0;
  std::int32_t bank = 0;    ///< within its group
  std::int32_t column = 0;  ///< in bursts

  friend bool operator==(const DecodedAddress&, const DecodedAddress&) = default;
};

/// `stacks` equal stacks as one part with so many times the channels.
[[nodiscard]] DramParameters all_stacks(DramParameters parameters, std::int64_t stacks);

class AddressMap {
 public:
  /// REQUIRES problems(parameters) empty.
  explicit AddressMap(const DramParameters& parameters);

  /// What is wrong with the part's map, each with what was expected; empty when sound.
  [[nodiscard]] static std::vector<std::string> problems(const DramParameters& parameters);

  /// REQUIRES address < capacity().
  [[nodiscard]] DecodedAddress decode(std::uint64_t address) const;
  /// The address of the burst at `where`; nothing when the part has no such place.
  [[nodiscard]] std::optional<std::uint64_t> encode(const DecodedAddress& where) const;
  [[nodiscard]] std::int64_t rows() const { return rows_; }  ///< of a bank
  [[nodiscard]] Bytes capacity() const { return capacity_; }

 private:
  enum class Part : std::uint8_t { kRow, kRank, kBankGroup, kBank, kColumn, kChannel, kPseudoChannel };
  static constexpr std::size_t kParts = 7;
  /// A digit of the address in mixed radix: size values, worth `weight` each in its part.
  struct Digit {
    Part part;
    std::uint64_t size;
    std::int64_t weight;
    int shift;  ///< log2 of size, or -1
  };

  AddressMap() = default;
  static std::vector<std::string> build(const DramParameters& parameters, AddressMap& out);
  static std::vector<std::string> uncovered(const DramParameters& parameters);
  std::string parse(const DramParameters& parameters, std::vector<std::pair<Part, std::int64_t>>& order) const;

  using Values = std::array<std::uint64_t, kParts>;

  void make_fields();
  void take_apart(std::uint64_t burst, Values& value) const;
  [[nodiscard]] std::int64_t skew_of(std::int64_t row) const;

  /// A digit as bits of a burst's number, where all digits below it count powers of two.
  struct Field {
    std::uint64_t mask = 0;  ///< of the value
    std::uint8_t shift = 0;
    std::uint8_t left = 0;  ///< log2 of its weight
    [[nodiscard]] std::uint64_t of(std::uint64_t burst) const { return ((burst >> shift) & mask) << left; }
  };

  std::vector<Digit> digits_;  ///< least significant first
  // The same, when all digits are bits: each part's first one, then those of parts in pieces.
  std::array<Field, kParts> fields_{};
  std::vector<std::pair<Part, Field>> more_;
  std::int64_t banks_per_group_ = 1;
  int skew_shift_ = 0;  ///< log2 of banks_per_group_, or 0
  bool skewed_ = false;
  std::uint64_t burst_bytes_ = 1;
  int burst_shift_ = -1;  ///< log2 of it when fields_ hold, or -1
  std::int64_t rows_ = 0;
  Bytes capacity_;
};

}  // namespace decodesim
