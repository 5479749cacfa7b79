// SPDX-License-Identifier: Apache-2.0
// DRAM parts whose figures contradict each other are refused before anything is simulated, word for word.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

struct Mistake {
  const char* given;  ///< for hbm3-16GB, beside or instead of its own figures
  const char* said;
};

const Mistake kMistakes[] = {
    // One figure against another of the part.
    {"rc: 40 ns", "test.yaml:3:17: memory hbm: rc 40 ns is below ras + rp 44.375 ns; expected tRC >= tRAS + tRP"},
    {"rrd_l: 1 ns", "test.yaml:3:20: memory hbm: rrd_l is below rrd_s; expected tRRD_L >= tRRD_S"},
    {"faw: 1 ns",
     "test.yaml:3:18: memory hbm: faw is below rrd_s; expected a window of four activates to hold two of them"},
    {"ccd_l: 1", "test.yaml:3:20: memory hbm: ccd_l is below ccd_s; expected tCCD_L >= tCCD_S"},
    {"ccd_s: 1",
     "test.yaml:3:20: memory hbm: ccd_s is shorter than a burst; expected tCCD_S to cover burst_length / "
     "transfers_per_clock"},
    {"ccd_l_write: 3", "test.yaml:3:26: memory hbm: ccd_l_write is below ccd_l; expected tCCD_L_WR >= tCCD_L"},
    {"ccd_r: 1",
     "test.yaml:3:20: memory hbm: ccd_r is below a burst; expected tCCD_R to cover burst_length / transfers_per_clock"},
    {"wtr_s: 7 ns", "test.yaml:3:20: memory hbm: wtr_s is above wtr_l; expected tWTR_S <= tWTR_L"},
    {"rtw: 1 ns",
     "test.yaml:3:18: memory hbm: rtw lets a write drive the pins during the data of the read before it; expected rtw "
     "+ write_latency >= read_latency + burst"},
    {"rfc: 4 us",
     "test.yaml:3:18: memory hbm: rfc is not below refi: the part would only refresh; expected tRFC < tREFI"},
    {"rrefd: 300 ns", "test.yaml:3:20: memory hbm: rrefd is above rfc_per_bank; expected tRREFD <= tRFCpb"},
    {"ranks: 5",
     "test.yaml:3:20: memory hbm: ranks x bank_groups x banks_per_group is 80; expected at most 64 banks a "
     "pseudo-channel"},
    {"write_drain: 60",
     "test.yaml:3:26: memory hbm: write_drain + write_low is 76, more than write_queue_depth 64: a drain would never "
     "start; expected at most that"},
    {"above_85c: true, rfc: 2 us",
     "test.yaml:3:35: memory hbm: rfc is not below refi / 2: above 85 C the part would only refresh; expected tRFC < "
     "tREFI / 2"},
    // Bursts, rows and chunks that do not fit each other.
    {"width_bits: 20, burst_length: 7",
     "test.yaml:3:25: memory hbm: width_bits x burst_length is not a whole number of bytes; expected a multiple of 8 "
     "bits\ntest.yaml:3:43: memory hbm: burst_length is not a multiple of transfers_per_clock; expected whole clocks a "
     "burst"},
    {"burst_length: 6",
     "catalog:memory/hbm3-16GB.yaml:15:20: memory hbm: row_bytes 1.024 kB is not a multiple of the burst's 24 B; "
     "expected whole bursts\ntest.yaml:3:27: memory hbm: burst_length is not a multiple of transfers_per_clock; "
     "expected whole clocks a burst"},
    {"row_bytes: 1000 B",
     "test.yaml:3:24: memory hbm: row_bytes 1 kB is not a multiple of the burst's 32 B; expected whole bursts"},
    {"interleave: 48 B",
     "test.yaml:3:25: memory hbm: interleave 48 B is not a multiple of the burst's 32 B; expected whole bursts"},
    {"interleave: 768 B",
     "test.yaml:3:25: memory hbm: interleave 768 B does not divide a row of 1.024 kB; expected whole chunks a row"},
    {"interleave: 2 KiB",
     "test.yaml:3:25: memory hbm: interleave 2.048 kB does not divide a row of 1.024 kB; expected whole chunks a row"},
    // The address map against the organisation.
    {"rows: 1000", "test.yaml:3:19: memory hbm: rows: 1000 a bank cover 1.048576 GB; expected the capacity, 16 GB"},
    {"channels: 17, capacity: 16 GiB, controller: {address_map: rank row bank column bank_group channel:16 "
     "pseudo_channel interleave}",
     "test.yaml:3:71: memory hbm: address_map: its pieces of 'channel' have 16 values; expected to cover 17"},
    {"controller: {address_map: row rank bank bank_group column channel}",
     "test.yaml:3:39: memory hbm: address_map: its pieces of 'pseudo_channel' have 1 values; expected to cover 2"},
    {"controller: {address_map: row rank banc}",
     "test.yaml:3:39: memory hbm: address_map: 'banc' is not a part of an address; expected row, rank, bank_group, "
     "bank, column, channel, pseudo_channel or interleave"},
    {"controller: {address_map: row rank bank bank_group column:9000000000 column:9000000000 channel}",
     "test.yaml:3:39: memory hbm: address_map: its values exceed what 64 bits count; expected fewer"},
    {"controller: {address_map: row row rank bank bank_group column channel pseudo_channel}",
     "test.yaml:3:39: memory hbm: address_map: 'row' takes the rest of its values twice; expected once"},
    {"controller: {address_map: bank row column bank_group channel pseudo_channel interleave rank}",
     "test.yaml:3:39: memory hbm: address_map: the capacity 16 GB fills its last row in part; expected row to be most "
     "significant or a capacity that is a multiple of 1.048576 MB"},
};

std::string scenario_with(const std::string& given) {
  return test::replaced(test::kMinimal, "workload:", "  memory: [{" + given + "}]\nworkload:");
}

TEST(DramErrorsTest, EachContradictionIsNamedWithItsPlaceAndWhatWasExpected) {
  for (const Mistake& mistake : kMistakes)
    EXPECT_EQ(test::mistakes(scenario_with(mistake.given)), mistake.said) << mistake.given;
}

TEST(DramErrorsTest, EveryContradictionOfAPartIsNamedAtOnce) {
  EXPECT_EQ(test::mistakes(scenario_with("rc: 40 ns, faw: 1 ns, rows: 1000")),
            "test.yaml:3:17: memory hbm: rc 40 ns is below ras + rp 44.375 ns; expected tRC >= tRAS + "
            "tRP\ntest.yaml:3:29: memory hbm: faw is below rrd_s; expected a window of four activates to hold two of "
            "them\ntest.yaml:3:41: memory hbm: rows: 1000 a bank cover 1.048576 GB; expected the capacity, 16 GB");
}

TEST(DramErrorsTest, AnOddNumberOfChannelsIsNoMistake) { EXPECT_EQ(test::mistakes(scenario_with("channels: 17")), ""); }

}  // namespace
}  // namespace decodesim
