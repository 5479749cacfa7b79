// SPDX-License-Identifier: Apache-2.0
// Every row of the constraint table, one by one: the following command is not legal one clock before, and legal at its
// time. HBM3-6400 with two stack ids, CK 625 ps.
#include "models/memory/dram/constraint_table.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "sim/core/component/require.hpp"
#include "test/models/memory/dram/constraint_pair.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::Pair;

class ConstraintRowTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ConstraintRowTest, IllegalOneClockBeforeAndLegalAtItsTime) {
  const ConstraintTable table(test::two_ranks());
  const Constraint& row = table.rows()[GetParam()];
  SCOPED_TRACE(row.name);
  int binding = 0;
  for (const Pair& pair : test::pairs_of(table, row)) {
    PseudoChannelState state(table);
    CommandLog log;
    const Clock start = test::stage(state, log, table, pair);
    if (start < 0) continue;
    const Clock legal = start + row.latency;
    EXPECT_NE(state.probe(pair.after, pair.second, 7, legal - 1), Verdict::kLegal)
        << name_of(pair.before) << " " << name_of(pair.after) << " bank " << pair.second;
    EXPECT_THROW(state.issue(pair.after, pair.second, 7, legal - 1), InternalError);
    // At its time, unless another row holds this pair back for longer.
    if (state.earliest(pair.after, pair.second) != legal) continue;
    EXPECT_EQ(state.probe(pair.after, pair.second, 7, legal), Verdict::kLegal);
    EXPECT_NO_THROW(state.issue(pair.after, pair.second, 7, legal));
    ++binding;
  }
  EXPECT_GT(binding, 0) << "no pair of commands for which this row decides";
}

INSTANTIATE_TEST_SUITE_P(EveryRow, ConstraintRowTest,
                         ::testing::Range<std::size_t>(0, ConstraintTable(test::two_ranks()).rows().size()),
                         [](const auto& test) {
                           return test::test_name(ConstraintTable(test::two_ranks()).rows()[test.param]);
                         });

Clock latency_of(const ConstraintTable& table, std::string_view name) {
  for (const Constraint& row : table.rows())
    if (row.name == name) return row.latency;
  return -1;
}

TEST(ConstraintTableTest, LatenciesAreTheDatasheetsInClocks) {
  // HBM3_6400, CK 625 ps: tRCDRD 31, tRAS 45, tRC 72, tFAW 24; tWR after the data: CWL 10 + burst 2 + 33.
  const ConstraintTable table(test::two_ranks());
  EXPECT_EQ(latency_of(table, "tRCDRD"), 31);
  EXPECT_EQ(latency_of(table, "tRAS"), 45);
  EXPECT_EQ(latency_of(table, "tRC"), 72);
  EXPECT_EQ(latency_of(table, "tFAW"), 24);
  EXPECT_EQ(latency_of(table, "tWR"), 45);
  EXPECT_EQ(latency_of(table, "tWTR_S"), 19);
  EXPECT_EQ(latency_of(table, "tWTR_L"), 22);
  EXPECT_EQ(latency_of(table, "tCCD_R read"), 3);
  EXPECT_EQ(latency_of(table, "tRFC"), 560);
  EXPECT_EQ(latency_of(table, "tRFCpb"), 320);
  EXPECT_EQ(latency_of(table, "tRREFD"), 13);
  EXPECT_EQ(table.refresh_interval(), 6240);
}

TEST(ConstraintTableTest, DurationsAreRoundedUpToClocksAndTheRefreshIntervalDown) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.ras = Duration(28'126);
  p.refi = Duration(3'900'624);
  const ConstraintTable table(p);
  EXPECT_EQ(latency_of(table, "tRAS"), 46);
  EXPECT_EQ(table.refresh_interval(), 6240);
}

TEST(ConstraintTableTest, AHotPartIsRefreshedTwiceAsOften) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.above_85c = true;
  EXPECT_EQ(ConstraintTable(p).refresh_interval(), 3120);
}

TEST(ConstraintTableTest, WritesWithinABankGroupMayBeFurtherApartThanReads) {
  // DDR5 x4: a write of 64 bits modifies a code word of 128, tCCD_L_WR 20 ns beside tCCD_L 5 ns.
  DramParameters p = test::hbm3_pseudo_channel();
  p.ccd_l_write = 16;
  EXPECT_EQ(latency_of(ConstraintTable(p), "tCCD_L read"), 4);
  EXPECT_EQ(latency_of(ConstraintTable(p), "tCCD_L write"), 16);
  PseudoChannelState state{ConstraintTable(p)};
  state.issue(DramCommand::kActivate, 0, 1, 0);
  state.issue(DramCommand::kWrite, 0, 1, 100);
  EXPECT_EQ(state.probe(DramCommand::kWrite, 0, 1, 115), Verdict::kTooEarly);
  EXPECT_EQ(state.probe(DramCommand::kWrite, 0, 1, 116), Verdict::kLegal);
}

TEST(ConstraintTableTest, RowsAPartLeavesOutAreDerived) {
  DramParameters p = test::hbm3();  // gives no rc, rrd_l, wtr_s, ccd_r
  p.ranks = 2;
  const ConstraintTable table(p);
  EXPECT_EQ(latency_of(table, "tRC"), 45 + 26);
  EXPECT_EQ(latency_of(table, "tRRD_L"), latency_of(table, "tRRD_S"));
  EXPECT_EQ(latency_of(table, "tWTR_S"), latency_of(table, "tWTR_L"));
  EXPECT_EQ(latency_of(table, "tCCD_L write"), latency_of(table, "tCCD_L read"));
  EXPECT_EQ(latency_of(table, "tCCD_R read"), 3);
}

TEST(ConstraintTableTest, SharedCommandBusTakesOneCommandAtATime) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.shared_command_bus = true;
  p.command_clocks = 2;
  PseudoChannelState state{ConstraintTable(p)};
  state.issue(DramCommand::kActivate, 0, 1, 100);
  EXPECT_EQ(state.probe(DramCommand::kPrecharge, 5, 0, 101), Verdict::kTooEarly);
  EXPECT_EQ(state.probe(DramCommand::kPrecharge, 5, 0, 102), Verdict::kLegal);
}

TEST(ConstraintTableTest, ContradictionsAreNamed) {
  DramParameters p = test::hbm3_pseudo_channel();
  EXPECT_THAT(ConstraintTable::problems(p), ::testing::IsEmpty());
  p.rc = 40_ns;
  p.rrd_l = 1_ns;
  p.wtr_s = 100_ns;
  p.ccd_r = 1;
  p.rrefd = 1_us;
  p.rtw = 1_ns;
  p.ranks = 5;
  p.controller.write_queue_depth = 10;
  EXPECT_THAT(
      ConstraintTable::problems(p),
      ::testing::ElementsAre(
          "ranks x bank_groups x banks_per_group is 80; expected at most 64 banks a pseudo-channel",
          "rc 40 ns is below ras + rp 44.375 ns; expected tRC >= tRAS + tRP",
          "rrd_l is below rrd_s; expected tRRD_L >= tRRD_S", "wtr_s is above wtr_l; expected tWTR_S <= tWTR_L",
          "ccd_r is below a burst; expected tCCD_R to cover burst_length / transfers_per_clock",
          "rrefd is above rfc_per_bank; expected tRREFD <= tRFCpb",
          "rtw lets a write drive the pins during the data of the read before it; expected rtw + write_latency >= "
          "read_latency + burst",
          "write_drain + write_low is 48, more than write_queue_depth 10: a drain would never start; expected at most "
          "that"));
}

TEST(ConstraintTableTest, HotPartThatWouldOnlyRefreshIsRefused) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.above_85c = true;
  p.rfc = 2_us;
  EXPECT_THAT(ConstraintTable::problems(p),
              ::testing::ElementsAre(
                  "rfc is not below refi / 2: above 85 C the part would only refresh; expected tRFC < tREFI / 2"));
}

TEST(PseudoChannelStateTest, BanksKnowTheirRows) {
  PseudoChannelState state{ConstraintTable(test::two_ranks())};
  EXPECT_EQ(state.probe(DramCommand::kRead, 3, 9, 0), Verdict::kBankClosed);
  state.issue(DramCommand::kActivate, 3, 9, 0);
  EXPECT_EQ(state.row(3), 9);
  EXPECT_EQ(state.probe(DramCommand::kRead, 3, 8, 1000), Verdict::kWrongRow);
  EXPECT_EQ(state.probe(DramCommand::kActivate, 3, 8, 1000), Verdict::kBankOpen);
  EXPECT_EQ(state.probe(DramCommand::kRefreshAll, 0, 0, 1000), Verdict::kBankOpen);
  EXPECT_EQ(state.probe(DramCommand::kRefreshAll, 16, 0, 1000), Verdict::kLegal);  // the other rank
  state.issue(DramCommand::kReadAuto, 3, 9, 1000);
  EXPECT_FALSE(state.is_open(3));
  EXPECT_FALSE(state.any_open(0));
}

}  // namespace
}  // namespace decodesim
