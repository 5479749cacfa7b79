// SPDX-License-Identifier: Apache-2.0
// The checker against planted violations, one for each row of the table, and against what the controller issues.
#include "models/memory/dram/checker.hpp"

#include <gmock/gmock.h>

#include "test/models/memory/dram/constraint_pair.hpp"

namespace decodesim {
namespace {
using namespace literals;

std::vector<std::string_view> rules(const Checker& checker) {
  std::vector<std::string_view> out;
  for (const Violation& violation : checker.violations()) out.push_back(violation.rule);
  return out;
}

/// What the checker says of `log` followed by `last`.
std::vector<std::string_view> rules_broken(const ConstraintTable& table, const CommandLog& log,
                                           const CommandRecord& last) {
  Checker checker(table);
  for (const CommandRecord& record : log.records()) checker.command(record);
  checker.command(last);
  return rules(checker);
}

class PlantedViolationTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(PlantedViolationTest, IsFoundByTheRowsName) {
  DramParameters p = test::two_ranks();
  p.refi = 1_ms;  // the staging takes longer than a refresh may wait
  const ConstraintTable table(p);
  const Constraint& row = table.rows()[GetParam()];
  int planted = 0;
  for (const test::Pair& pair : test::pairs_of(table, row)) {
    PseudoChannelState state(table);
    CommandLog log;
    const Clock start = test::stage(state, log, table, pair);
    if (start < 0 || log.records().back().clock > start + row.latency - 1) continue;
    const Clock legal = start + row.latency;
    EXPECT_THAT(rules_broken(table, log, {legal - 1, pair.after, pair.second, 7}), ::testing::Contains(row.name))
        << row.name << ": " << name_of(pair.before) << " " << name_of(pair.after) << " bank " << pair.second;
    const Clock at = std::max(legal, state.earliest(pair.after, pair.second));
    EXPECT_THAT(rules_broken(table, log, {at, pair.after, pair.second, 7}), ::testing::IsEmpty());
    ++planted;
  }
  EXPECT_GT(planted, 0);
}

INSTANTIATE_TEST_SUITE_P(EveryRow, PlantedViolationTest,
                         ::testing::Range<std::size_t>(0, ConstraintTable(test::two_ranks()).rows().size()),
                         [](const auto& test) {
                           return test::test_name(ConstraintTable(test::two_ranks()).rows()[test.param]);
                         });

TEST(CheckerTest, StateViolationsAreFound) {
  Checker checker{ConstraintTable(test::two_ranks())};
  checker.command({0, DramCommand::kRead, 0, 7});
  checker.command({100, DramCommand::kActivate, 0, 7});
  checker.command({200, DramCommand::kRead, 0, 8});
  checker.command({300, DramCommand::kActivate, 0, 9});
  checker.command({290, DramCommand::kPrecharge, 1, 0});
  EXPECT_THAT(rules(checker),
              ::testing::ElementsAre("bank closed", "wrong row", "bank open", "order", "row command bus"));
}

TEST(CheckerTest, MissingRefreshIsFound) {
  // tREFI is 6240 clocks: the first of each rank by 2 x 6240.
  Checker late{ConstraintTable(test::two_ranks())};
  late.command({12'480, DramCommand::kRefreshAll, 0, 0});
  EXPECT_THAT(rules(late), ::testing::IsEmpty());
  late.command({12'481, DramCommand::kRefreshAll, 16, 0});
  EXPECT_THAT(rules(late), ::testing::ElementsAre("refresh missing"));
  Checker never{ConstraintTable(test::hbm3_pseudo_channel())};
  never.finish(12'480);
  EXPECT_EQ(never.violation_count(), 0);
  never.finish(12'481);
  EXPECT_EQ(never.violation_count(), 16);  // every bank
}

TEST(CheckerTest, SaysWhatAndWhen) {
  Checker checker{ConstraintTable(test::two_ranks())};
  checker.command({0, DramCommand::kActivate, 3, 7});
  checker.command({30, DramCommand::kRead, 3, 7});
  ASSERT_EQ(checker.violations().size(), 1U);
  EXPECT_EQ(checker.violations()[0].text(), "tRCDRD: RD of bank 3 at clock 30; legal at 31");
}

struct Soak {
  const char* name;
  std::int64_t ranks;
  RefreshMode refresh;
  std::int64_t postpone;
  PagePolicy page;
  bool shared_bus;
  std::int64_t bursts;
};

class RandomTrafficTest : public ::testing::TestWithParam<Soak> {};

// Runs of different lengths, a third of them writes, with pauses.
TEST_P(RandomTrafficTest, BreaksNoRow) {
  const Soak& soak = GetParam();
  DramParameters p = test::hbm3_pseudo_channel();
  p.ranks = soak.ranks;
  p.refresh = soak.refresh;
  p.controller.refresh_postpone = soak.postpone;
  p.controller.page = soak.page;
  p.shared_command_bus = soak.shared_bus;
  const AddressMap map(p);
  test::Completions completions;
  Checker checker{ConstraintTable(p)};
  DramController controller(p, completions, &checker);
  RandomStream random(7, "checker_test", soak.name);
  std::int64_t sent = 0;
  while (sent < soak.bursts) {
    const Bytes run = Bytes(std::int64_t{32} << random.below(6));
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

INSTANTIATE_TEST_SUITE_P(
    Hbm3, RandomTrafficTest,
    ::testing::Values(Soak{"AboutAMillionCommands", 1, RefreshMode::kAllBank, 0, PagePolicy::kOpen, false, 500'000},
                      Soak{"PerBankRefresh", 1, RefreshMode::kPerBank, 0, PagePolicy::kOpen, false, 100'000},
                      Soak{"FourStackIds", 4, RefreshMode::kPerBank, 8, PagePolicy::kOpen, false, 100'000},
                      Soak{"PostponedAllBankRefresh", 2, RefreshMode::kAllBank, 8, PagePolicy::kOpen, false, 100'000},
                      Soak{"ClosedPage", 2, RefreshMode::kPerBank, 0, PagePolicy::kClosed, false, 100'000},
                      Soak{"SharedCommandBus", 1, RefreshMode::kAllBank, 4, PagePolicy::kClosed, true, 100'000}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace decodesim
