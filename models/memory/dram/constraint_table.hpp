// SPDX-License-Identifier: Apache-2.0
// ConstraintTable: the timing rules of a DRAM pseudo-channel as data. One row says: after a command of `preceding`, a
// command of `following` within `scope` is legal only `latency` clocks later. DramController and checker both read this
// table and share nothing else.
//
// Latencies are a part's durations in whole clocks, rounded up; the refresh interval is rounded down.
//
// Laws, tested row by row in test/models/memory/dram/: illegal one clock before, legal at its time.
//
// Not modelled: the command bus that two pseudo-channels of a channel share (each has slots of its own), REFpb within
// tFAW, mode registers, power-down, self-refresh.
//
// Sources: JESD235 (HBM2), JESD238 (HBM3), JESD79-5 (DDR5) for which pairs are constrained.
#pragma once

#include <vector>

#include "models/memory/dram/command.hpp"
#include "models/memory/dram_parameters.hpp"

namespace decodesim {

/// Which pairs of commands a row is about. An all-bank command touches every bank of its rank.
enum class Scope : std::uint8_t {
  kBank,       ///< both touch the same bank
  kBankGroup,  ///< both are in the same bank group of the same rank
  kRank,       ///< both are in the same rank (stack id)
  kOtherRank,  ///< they are in different ranks
  kChannel,    ///< any two commands of the pseudo-channel
};

struct Constraint {
  std::string_view name;  ///< unique, "tRCDRD"
  CommandSet preceding;
  CommandSet following;
  Scope scope = Scope::kBank;
  Clock latency = 0;
  std::int32_t window = 1;  ///< counts from the window-th last preceding command: 4 for tFAW
};

class ConstraintTable {
 public:
  /// REQUIRES problems(parameters) empty.
  explicit ConstraintTable(const DramParameters& parameters);

  /// What contradicts itself at command level, beside DramParameters::problems(); empty when sound.
  [[nodiscard]] static std::vector<std::string> problems(const DramParameters& parameters);

  [[nodiscard]] const std::vector<Constraint>& rows() const { return rows_; }

  [[nodiscard]] std::int32_t ranks() const { return ranks_; }
  [[nodiscard]] std::int32_t bank_groups() const { return bank_groups_; }  ///< a rank
  [[nodiscard]] std::int32_t banks_per_group() const { return banks_per_group_; }
  [[nodiscard]] std::int32_t banks_per_rank() const { return bank_groups_ * banks_per_group_; }
  [[nodiscard]] std::int32_t banks() const { return ranks_ * banks_per_rank(); }  ///< of the pseudo-channel

  [[nodiscard]] Clock read_latency() const { return read_latency_; }    ///< RD to its first data
  [[nodiscard]] Clock write_latency() const { return write_latency_; }  ///< WR to its first data
  [[nodiscard]] Clock burst() const { return burst_; }                  ///< data clocks of a column command
  [[nodiscard]] Clock activate_to_read() const { return activate_to_read_; }
  [[nodiscard]] Clock activate_to_write() const { return activate_to_write_; }
  /// Clocks between refreshes that a rank (all-bank) or each bank (per bank) is due: tREFI, half of it when hot.
  [[nodiscard]] Clock refresh_interval() const { return refresh_interval_; }
  [[nodiscard]] Clock refresh_time() const { return refresh_time_; }  ///< tRFC or tRFCpb, by the part's mode
  [[nodiscard]] RefreshMode refresh_mode() const { return refresh_mode_; }
  [[nodiscard]] std::int64_t refresh_postpone() const { return refresh_postpone_; }

 private:
  void add_row_commands(const DramParameters& p);
  void add_column_commands(const DramParameters& p);
  void add_refresh(const DramParameters& p);
  void add_command_bus(const DramParameters& p);

  std::vector<Constraint> rows_;
  std::int32_t ranks_ = 1;
  std::int32_t bank_groups_ = 1;
  std::int32_t banks_per_group_ = 1;
  Clock read_latency_ = 0;
  Clock write_latency_ = 0;
  Clock burst_ = 0;
  Clock activate_to_read_ = 0;
  Clock activate_to_write_ = 0;
  Clock refresh_interval_ = 0;
  Clock refresh_time_ = 0;
  RefreshMode refresh_mode_ = RefreshMode::kAllBank;
  std::int64_t refresh_postpone_ = 0;
};

}  // namespace decodesim
