// SPDX-License-Identifier: Apache-2.0
// Every shipped DRAM part: its peak, its rows, what a sequential stream gets of the peak, what a bit costs, and
// millions of commands of random traffic before the checker.
#include <gmock/gmock.h>

#include "models/memory/dram/checker.hpp"
#include "test/support/dram_parts.hpp"
#include "test/support/dram_traffic.hpp"

namespace decodesim {
namespace {

/// What arithmetic and publications say of a part.
struct Expected {
  const char* part;
  // Peak in kB/s: channels x pseudo-channels x bytes a burst x CK in kHz / clocks a burst.
  std::int64_t channels;
  std::int64_t pseudo_channels;
  std::int64_t burst_bytes;
  std::int64_t kilohertz;
  std::int64_t burst_clocks;
  std::int64_t peak;
  std::int64_t rows;   // capacity / (pseudo-channels x ranks x banks x bytes a row)
  double least, most;  // pJ/bit of a sequential read

  friend std::ostream& operator<<(std::ostream& out, const Expected& e) { return out << e.part; }
};

// Energy: HBM2 3.59 to 3.97 (O'Connor et al., MICRO 2017); HBM2E 4.3 and HBM3E 3.44 (SK hynix, IEDM 2023), HBM3 between
// them; HBM4 3.05, a DDR5-6400 module 29.3 (Ma and Patterson, arXiv 2601.05047, table 3); LPDDR5X a fifth below the 7.4
// of LPDDR5 (the same; Samsung 2021); GDDR6 5.5 for its pins (CENT) and 2 within the die; GDDR7 a third less (Micron
// 2024); two chips back to back refresh twice the rows and idle twice: 0.3 more for GDDR6, 0.5 for GDDR7. 3 percent
// either way for one figure, 5 for a module's or package's.
constexpr Expected kExpected[] = {
    {"ddr5-6400", 2, 1, 64, 3'200'000, 8, 51'200'000, 65'536, 29.3 * 0.95, 29.3 * 1.05},
    {"gddr6-16000", 2, 1, 32, 2'000'000, 2, 64'000'000, 32'768, 7.5 * 0.97, 7.5 * 1.03},
    {"gddr6-18000", 2, 1, 32, 2'250'000, 2, 72'000'000, 65'536, 7.8 * 0.97, 7.8 * 1.03},
    {"gddr7-25000", 4, 1, 32, 1'559'570, 2, 99'812'480, 49'152, 5.5 * 0.97, 5.5 * 1.03},
    {"gddr7-32000", 4, 1, 32, 2'000'000, 2, 128'000'000, 16'384, 5.0 * 0.97, 5.0 * 1.03},
    {"hbm2-2000", 8, 2, 32, 1'000'000, 2, 256'000'000, 16'384, 3.59, 3.97},
    {"hbm2e-16GB", 8, 2, 32, 1'593'000, 2, 407'808'000, 32'768, 4.3 * 0.97, 4.3 * 1.03},
    {"hbm2e-3200", 8, 2, 32, 1'600'000, 2, 409'600'000, 16'384, 4.3 * 0.97, 4.3 * 1.03},
    {"hbm2e-3600", 8, 2, 32, 1'800'000, 2, 460'800'000, 32'768, 4.3 * 0.97, 4.3 * 1.03},
    {"hbm3-16GB", 16, 2, 32, 1'309'500, 2, 670'464'000, 15'259, 3.44, 4.3},
    {"hbm3-24GB", 16, 2, 32, 1'300'000, 2, 665'600'000, 16'384, 3.44, 4.3},
    {"hbm3-6400", 16, 2, 32, 1'600'000, 2, 819'200'000, 15'259, 3.44, 4.3},
    {"hbm3-6400-16GB", 16, 2, 32, 1'600'000, 2, 819'200'000, 16'384, 3.44, 4.3},
    {"hbm3e-24GB", 16, 2, 32, 1'562'500, 2, 800'000'000, 24'576, 3.44 * 0.97, 3.44 * 1.03},
    {"hbm3e-32GB", 16, 2, 32, 1'464'844, 2, 750'000'128, 21'846, 3.44 * 0.97, 3.44 * 1.03},
    {"hbm3e-36GB", 16, 2, 32, 1'953'125, 2, 1'000'000'000, 24'576, 3.44 * 0.97, 3.44 * 1.03},
    {"hbm3e-7200", 16, 2, 32, 1'800'000, 2, 921'600'000, 24'576, 3.44 * 0.97, 3.44 * 1.03},
    {"hbm3e-7800", 16, 2, 32, 1'953'125, 2, 1'000'000'000, 24'576, 3.44 * 0.97, 3.44 * 1.03},
    {"hbm3e-9200", 16, 2, 32, 2'300'000, 2, 1'177'600'000, 24'576, 3.44 * 0.97, 3.44 * 1.03},
    {"hbm4-8000", 32, 2, 32, 2'000'000, 2, 2'048'000'000, 16'384, 3.05 * 0.97, 3.05 * 1.03},
    {"lpddr5x-8533", 4, 1, 32, 1'066'625, 2, 68'264'000, 65'536, 5.9 * 0.95, 5.9 * 1.05},
};

Clock clocks(Duration d, const DramParameters& p) {
  return checked::multiply_divide_up(d.count(), p.clock.count(), kPicosecondsPerSecond);
}

/// A long sequential read on one pseudo-channel.
struct SequentialRead {
  double share;       ///< of the peak, in percent
  double pj_per_bit;  ///< everything but what other pseudo-channels take
};

SequentialRead sequential_read(const DramParameters& p) {
  const AddressMap map(p);
  test::Completions completions;
  DramController controller(p, completions);
  test::Pattern pattern(p.capacity, p.burst_bytes(), p.row_bytes, false, 0);
  constexpr std::int64_t kBursts = 300'000;
  test::saturate(controller, map, pattern, kBursts);
  const Clock total = controller.bus().total();
  const DramEnergy energy = energy_of(p, controller.counts(), 1, cycles_at(total, p.clock));
  const auto bits = static_cast<double>(8 * kBursts * p.burst_bytes().count());
  return {100.0 * static_cast<double>(controller.bus().data()) / static_cast<double>(total),
          static_cast<double>(energy.total().count()) / bits};
}

TEST(DramPartsTest, EveryShippedPartIsExpectedHere) {
  std::vector<std::string> expected;
  for (const Expected& e : kExpected) expected.emplace_back(e.part);
  EXPECT_EQ(test::dram_part_names(), expected);
}

class DramPartTest : public ::testing::TestWithParam<Expected> {
 protected:
  [[nodiscard]] DramParameters part() const { return test::dram_part(GetParam().part); }
};

TEST_P(DramPartTest, ContradictsNothing) {
  const DramParameters p = part();
  EXPECT_THAT(p.problems(), ::testing::IsEmpty());
  EXPECT_THAT(ConstraintTable::problems(p), ::testing::IsEmpty());
  EXPECT_THAT(AddressMap::problems(p), ::testing::IsEmpty());
}

TEST_P(DramPartTest, PeakIsChannelsTimesBytesABurstOverItsTime) {
  const Expected& e = GetParam();
  const DramParameters p = part();
  EXPECT_EQ(p.channels, e.channels);
  EXPECT_EQ(p.pseudo_channels, e.pseudo_channels);
  EXPECT_EQ(p.burst_bytes(), Bytes(e.burst_bytes));
  EXPECT_EQ(ConstraintTable(p).burst(), e.burst_clocks);
  EXPECT_EQ(p.clock, Frequency(1000 * e.kilohertz));
  EXPECT_EQ(e.channels * e.pseudo_channels * e.burst_bytes * e.kilohertz / e.burst_clocks, e.peak);
  EXPECT_EQ(p.peak(), Bandwidth(1000 * e.peak));
}

TEST_P(DramPartTest, RowsCoverTheCapacity) {
  const DramParameters p = part();
  EXPECT_EQ(AddressMap(p).rows(), GetParam().rows);
  const Bytes covered = p.row_bytes * (GetParam().rows * p.banks() * p.ranks * p.units());
  EXPECT_GE(covered, p.capacity);
  EXPECT_LT(to_double(covered), to_double(p.capacity) * 1.0001);  // 16 GB and 24 GB are no multiple of a row
}

// An all-bank refresh takes the pins from the last read to the first after it: tRTP + tRP + tRFC + tRCD. At most, that
// read waits first for tRAS of a row just opened, and the stream runs at full rate only with four banks open, a tFAW
// later.
TEST_P(DramPartTest, SequentialReadGetsAllThatAllBankRefreshLeaves) {
  DramParameters p = test::one_pseudo_channel(part());
  p.refresh = RefreshMode::kAllBank;
  const Clock closed = clocks(p.rtp, p) + clocks(p.rp, p) + clocks(p.rfc, p) + clocks(p.rcd_read, p);
  const Clock longest = closed + clocks(p.ras, p) - clocks(p.rtp, p) + clocks(p.faw, p);
  const auto left = [&](Clock lost) {
    return 100.0 - 100.0 * static_cast<double>(lost) / static_cast<double>(clocks(p.refi, p));
  };
  const double share = sequential_read(p).share;
  RecordProperty("share", std::to_string(share));
  EXPECT_LT(share, left(closed) + 0.1);
  EXPECT_GT(share, left(longest));
}

// A refresh of one bank goes to a bank that the stream does not want, and row cycles hide behind the other banks: what
// is lost is what a queue of 64 bursts cannot see in time; most where they are all of one pair of banks (HBM4) and the
// bank skew brings a bank back earlier, once in so many rows.
TEST_P(DramPartTest, SequentialReadLosesNothingToPerBankRefresh) {
  DramParameters p = test::one_pseudo_channel(part());
  p.refresh = RefreshMode::kPerBank;
  const double share = sequential_read(p).share;
  RecordProperty("share", std::to_string(share));
  EXPECT_GT(share, 98.9);
}

TEST_P(DramPartTest, SequentialReadCostsWhatIsPublished) {
  const double cost = sequential_read(test::one_pseudo_channel(part())).pj_per_bit;
  RecordProperty("pj_per_bit", std::to_string(cost));
  EXPECT_GE(cost, GetParam().least);
  EXPECT_LE(cost, GetParam().most);
}

/// Random runs of different lengths, a third of them writes, with pauses, until `commands` were issued.
void soak(const DramParameters& p, const std::string& name, std::int64_t commands) {
  const AddressMap map(p);
  test::Completions completions;
  Checker checker{ConstraintTable(p)};
  DramController controller(p, completions, &checker);
  RandomStream random(7, "parts_test", name);
  std::int64_t sent = 0;
  while (controller.counts().total() < commands) {
    const Bytes run = p.burst_bytes() * (std::int64_t{1} << random.below(7));
    test::Pattern pattern(p.capacity, p.burst_bytes(), run, random.below(4) != 0, random.below(3) * 33);
    const std::int64_t bursts = random.between(100, 5000);
    test::saturate(controller, map, pattern, bursts);
    controller.run_until(controller.now() + random.between(0, 20'000));
    sent += bursts;
  }
  checker.finish(controller.now());
  EXPECT_EQ(checker.violation_count(), 0) << checker.violations()[0].text();
  EXPECT_EQ(completions.count, sent);
  EXPECT_EQ(checker.commands(), controller.counts().total());
}

class DramPartSoakTest : public DramPartTest {};

TEST_P(DramPartSoakTest, TenMillionCommandsBreakNoRow) {
  DramParameters p = test::one_pseudo_channel(part());
  p.refresh = RefreshMode::kAllBank;
  soak(p, "all_bank", 5'000'000);
  p.refresh = RefreshMode::kPerBank;
  soak(p, "per_bank", 5'000'000);
}

// With one rank random activates come at tRRD and never leave a gap; a refresh becomes legal on the clock of the next.
TEST(DramSingleRankTest, ActivatesWithoutAGapDoNotStarveRefreshes) {
  DramParameters p = test::one_pseudo_channel(test::dram_part("hbm2e-3200"));
  p.ranks = 1;
  p.refresh = RefreshMode::kPerBank;
  soak(p, "per_bank", 5'000'000);
}

const auto kName = [](const auto& test) { return test::test_name(test.param.part); };
INSTANTIATE_TEST_SUITE_P(Shipped, DramPartTest, ::testing::ValuesIn(kExpected), kName);
INSTANTIATE_TEST_SUITE_P(Shipped, DramPartSoakTest, ::testing::ValuesIn(kExpected), kName);

}  // namespace
}  // namespace decodesim
