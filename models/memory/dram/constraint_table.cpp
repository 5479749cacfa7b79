// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/constraint_table.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

using enum DramCommand;
using P = DramParameters;

constexpr std::int64_t kMaxBanks = 64;  // of a pseudo-channel: the controller keeps sets of banks in a word

constexpr CommandSet kReads{kRead, kReadAuto};
constexpr CommandSet kWrites{kWrite, kWriteAuto};
constexpr CommandSet kPrecharges{kPrecharge, kPrechargeAll};
constexpr CommandSet kRowStarts{kActivate, kRefreshAll, kRefreshPerBank};  // what needs a precharged bank
constexpr CommandSet kRowCommands{kActivate, kPrecharge, kPrechargeAll, kRefreshAll, kRefreshPerBank};

Clock clocks(Duration d, Frequency clock) {
  return checked::multiply_divide_up(d.count(), clock.count(), kPicosecondsPerSecond);
}

// A parameter that a part may leave out.
Duration given_or(Duration value, Duration otherwise) { return value.is_zero() ? otherwise : value; }

Duration row_cycle(const P& p) { return given_or(p.rc, p.ras + p.rp); }
Clock ccd_r(const P& p) { return p.ccd_r == 0 ? p.ccd_s + 1 : p.ccd_r; }
Clock burst_clocks(const P& p) { return p.burst_length / p.transfers_per_clock; }

}  // namespace

ConstraintTable::ConstraintTable(const DramParameters& p)
    : ranks_(static_cast<std::int32_t>(p.ranks)),
      bank_groups_(static_cast<std::int32_t>(p.bank_groups)),
      banks_per_group_(static_cast<std::int32_t>(p.banks_per_group)),
      read_latency_(clocks(p.read_latency, p.clock)),
      write_latency_(clocks(p.write_latency, p.clock)),
      burst_(burst_clocks(p)),
      activate_to_read_(clocks(p.rcd_read, p.clock)),
      activate_to_write_(clocks(p.rcd_write, p.clock)),
      refresh_interval_(checked::multiply_divide((p.above_85c ? p.refi / 2 : p.refi).count(), p.clock.count(),
                                                 kPicosecondsPerSecond)),
      refresh_time_(clocks(p.refresh == RefreshMode::kAllBank ? p.rfc : p.rfc_per_bank, p.clock)),
      refresh_mode_(p.refresh),
      refresh_postpone_(p.controller.refresh_postpone) {
  const std::vector<std::string> wrong = problems(p);
  require(wrong.empty(), "ConstraintTable", wrong.empty() ? "" : wrong.front());
  add_row_commands(p);
  add_column_commands(p);
  add_refresh(p);
  add_command_bus(p);
}

void ConstraintTable::add_row_commands(const P& p) {
  const auto after = [&](Duration d) { return clocks(d, p.clock); };
  const Clock write_end = write_latency_ + burst_ + after(p.wr);
  const Clock rrd_l = after(given_or(p.rrd_l, p.rrd_s));
  rows_.push_back({"tRCDRD", {kActivate}, kReads, Scope::kBank, activate_to_read_});
  rows_.push_back({"tRCDWR", {kActivate}, kWrites, Scope::kBank, activate_to_write_});
  rows_.push_back({"tRAS", {kActivate}, kPrecharges, Scope::kBank, after(p.ras)});
  rows_.push_back({"tRC", {kActivate}, kRowStarts, Scope::kBank, after(row_cycle(p))});
  rows_.push_back({"tRP", kPrecharges, kRowStarts, Scope::kBank, after(p.rp)});
  rows_.push_back({"tRTP", {kRead}, kPrecharges, Scope::kBank, after(p.rtp)});
  rows_.push_back({"tRTP+tRP", {kReadAuto}, kRowStarts, Scope::kBank, after(p.rtp) + after(p.rp)});
  rows_.push_back({"tWR", {kWrite}, kPrecharges, Scope::kBank, write_end});
  rows_.push_back({"tWR+tRP", {kWriteAuto}, kRowStarts, Scope::kBank, write_end + after(p.rp)});
  rows_.push_back({"tRRD_S", {kActivate}, {kActivate, kRefreshPerBank}, Scope::kRank, after(p.rrd_s)});
  rows_.push_back({"tRRD_L", {kActivate}, {kActivate, kRefreshPerBank}, Scope::kBankGroup, rrd_l});
  rows_.push_back({"tFAW", {kActivate}, {kActivate}, Scope::kRank, after(p.faw), 4});
}

void ConstraintTable::add_column_commands(const P& p) {
  const Clock write_end = write_latency_ + burst_;
  const Clock wtr_s = clocks(given_or(p.wtr_s, p.wtr_l), p.clock);
  rows_.push_back({"tCCD_S read", kReads, kReads, Scope::kRank, p.ccd_s});
  rows_.push_back({"tCCD_S write", kWrites, kWrites, Scope::kRank, p.ccd_s});
  rows_.push_back({"tCCD_L read", kReads, kReads, Scope::kBankGroup, p.ccd_l});
  rows_.push_back({"tCCD_L write", kWrites, kWrites, Scope::kBankGroup, p.ccd_l_write == 0 ? p.ccd_l : p.ccd_l_write});
  rows_.push_back({"tWTR_S", kWrites, kReads, Scope::kRank, write_end + wtr_s});
  rows_.push_back({"tWTR_L", kWrites, kReads, Scope::kBankGroup, write_end + clocks(p.wtr_l, p.clock)});
  rows_.push_back({"tRTW", kReads, kWrites, Scope::kChannel, clocks(p.rtw, p.clock)});
  if (ranks_ > 1) {
    rows_.push_back({"tCCD_R read", kReads, kReads, Scope::kOtherRank, ccd_r(p)});
    rows_.push_back({"tCCD_R write", kWrites, kWrites, Scope::kOtherRank, ccd_r(p)});
    // Another rank only shares the data pins: its read data must follow the write data as its own would (tCCD_R).
    const Clock pins = std::max<Clock>(1, write_latency_ + ccd_r(p) - read_latency_);
    rows_.push_back({"tWTR_R", kWrites, kReads, Scope::kOtherRank, pins});
  }
}

void ConstraintTable::add_refresh(const P& p) {
  const auto after = [&](Duration d) { return clocks(d, p.clock); };
  rows_.push_back({"tRFC", {kRefreshAll}, kRowStarts, Scope::kBank, after(p.rfc)});
  rows_.push_back({"tRFCpb", {kRefreshPerBank}, kRowStarts, Scope::kBank, after(p.rfc_per_bank)});
  rows_.push_back({"tRREFD",
                   {kRefreshPerBank},
                   {kActivate, kRefreshPerBank},
                   Scope::kRank,
                   after(given_or(p.rrefd, given_or(p.rrd_l, p.rrd_s)))});
}

// Row and column commands have pins of their own in HBM; tCCD_S and tRTW keep column commands apart by themselves.
void ConstraintTable::add_command_bus(const P& p) {
  if (p.shared_command_bus) {
    const CommandSet all{kActivate, kPrecharge, kPrechargeAll, kRead,          kReadAuto,
                         kWrite,    kWriteAuto, kRefreshAll,   kRefreshPerBank};
    rows_.push_back({"command bus", all, all, Scope::kChannel, p.command_clocks});
  } else {
    rows_.push_back({"row command bus", kRowCommands, kRowCommands, Scope::kChannel, p.command_clocks});
  }
}

std::vector<std::string> ConstraintTable::problems(const P& p) {
  std::vector<std::string> out = p.problems();
  if (!out.empty()) return out;
  if (p.ranks * p.banks() > kMaxBanks)
    out.push_back("ranks x bank_groups x banks_per_group is " + std::to_string(p.ranks * p.banks()) +
                  "; expected at most " + std::to_string(kMaxBanks) + " banks a pseudo-channel");
  if (!p.rc.is_zero() && p.rc < p.ras + p.rp)
    out.push_back("rc " + to_text(p.rc) + " is below ras + rp " + to_text(p.ras + p.rp) +
                  "; expected tRC >= tRAS + tRP");
  if (!p.rrd_l.is_zero() && p.rrd_l < p.rrd_s) out.emplace_back("rrd_l is below rrd_s; expected tRRD_L >= tRRD_S");
  if (p.faw < p.rrd_s) out.emplace_back("faw is below rrd_s; expected a window of four activates to hold two of them");
  if (p.ccd_l_write != 0 && p.ccd_l_write < p.ccd_l)
    out.emplace_back("ccd_l_write is below ccd_l; expected tCCD_L_WR >= tCCD_L");
  if (p.wtr_s > p.wtr_l) out.emplace_back("wtr_s is above wtr_l; expected tWTR_S <= tWTR_L");
  if (p.ccd_r != 0 && p.ccd_r < burst_clocks(p))
    out.emplace_back("ccd_r is below a burst; expected tCCD_R to cover burst_length / transfers_per_clock");
  if (!p.rrefd.is_zero() && p.rrefd > p.rfc_per_bank)
    out.emplace_back("rrefd is above rfc_per_bank; expected tRREFD <= tRFCpb");
  if (clocks(p.rtw, p.clock) + clocks(p.write_latency, p.clock) < clocks(p.read_latency, p.clock) + burst_clocks(p))
    out.emplace_back(
        "rtw lets a write drive the pins during the data of the read before it; expected rtw + write_latency >= "
        "read_latency + burst");
  if (p.above_85c && p.rfc >= p.refi / 2)
    out.emplace_back("rfc is not below refi / 2: above 85 C the part would only refresh; expected tRFC < tREFI / 2");
  if (p.refresh == RefreshMode::kPerBank && p.rfc_per_bank >= (p.above_85c ? p.refi / 2 : p.refi))
    out.emplace_back(
        "rfc_per_bank is not below the refresh interval: the part would only refresh; expected tRFCpb < it");
  if (p.controller.write_low + p.write_drain > p.controller.write_queue_depth)
    out.push_back("write_drain + write_low is " + std::to_string(p.controller.write_low + p.write_drain) +
                  ", more than write_queue_depth " + std::to_string(p.controller.write_queue_depth) +
                  ": a drain would never start; expected at most that");
  return out;
}

}  // namespace decodesim
