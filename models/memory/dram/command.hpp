// SPDX-License-Identifier: Apache-2.0
// The commands of a DRAM pseudo-channel, and the record of one that was issued.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace decodesim {

/// Cycles of a part's command clock CK since the start of simulated time. Plain integers in the hot paths: 2^63 of
/// them are decades, and what leaves for simulated time goes through checked arithmetic.
using Clock = std::int64_t;

enum class DramCommand : std::uint8_t {
  kActivate,        ///< ACT: opens a row
  kPrecharge,       ///< PRE: closes a bank's row
  kPrechargeAll,    ///< PREA: closes all rows of a rank
  kRead,            ///< RD
  kReadAuto,        ///< RDA: read, then precharge by itself
  kWrite,           ///< WR
  kWriteAuto,       ///< WRA: write, then precharge by itself
  kRefreshAll,      ///< REFab: all banks of a rank
  kRefreshPerBank,  ///< REFpb: one bank
};
inline constexpr std::size_t kCommands = 9;

/// "ACT", "PRE", ...: as the standards call it.
[[nodiscard]] std::string_view name_of(DramCommand command);

/// A set of commands.
class CommandSet {
 public:
  constexpr CommandSet() = default;
  constexpr CommandSet(std::initializer_list<DramCommand> commands) {
    for (const DramCommand c : commands) bits_ |= 1U << static_cast<unsigned>(c);
  }
  [[nodiscard]] constexpr bool has(DramCommand c) const { return ((bits_ >> static_cast<unsigned>(c)) & 1U) != 0; }

 private:
  std::uint32_t bits_ = 0;
};

/// Commands that act on all banks of a rank.
inline constexpr CommandSet kAllBankCommands{DramCommand::kPrechargeAll, DramCommand::kRefreshAll};
inline constexpr CommandSet kColumnCommands{DramCommand::kRead, DramCommand::kReadAuto, DramCommand::kWrite,
                                            DramCommand::kWriteAuto};

/// One issued command. `bank` counts within the pseudo-channel: (rank x bank groups + group) x banks a group + bank;
/// of an all-bank command it is the first bank of its rank. `row` is only of ACT and the column commands.
struct CommandRecord {
  Clock clock = 0;
  DramCommand command = DramCommand::kActivate;
  std::int32_t bank = 0;
  std::int64_t row = 0;
};

/// Told of every command that a controller issues, in order.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void command(const CommandRecord& record) = 0;
};

/// Keeps all commands.
class CommandLog : public CommandSink {
 public:
  void command(const CommandRecord& record) override { records_.push_back(record); }
  [[nodiscard]] const std::vector<CommandRecord>& records() const { return records_; }

 private:
  std::vector<CommandRecord> records_;
};

}  // namespace decodesim
