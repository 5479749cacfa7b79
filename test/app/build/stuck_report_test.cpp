// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/stuck_report.hpp"

#include <gtest/gtest.h>

#include "test/support/toy_plan.hpp"
#include "workloads/collectives/programs.hpp"

namespace decodesim {
namespace {
using namespace literals;

class Nobody : public CollectiveListener {
 public:
  void collective_done(std::uint64_t) override {}
};

class StuckReportTest : public testing::Test {
 protected:
  StuckReportTest() {
    for (std::int32_t rank = 0; rank < 3; ++rank) programs.push_back(one_shot_push_all_reduce({{0, 1, 3}, rank, 64_B}));
  }
  void start(std::size_t rank) { machine.ranks()[rank]->collectives->start(programs[rank], 0, nobody); }

  Plan plan = test::toy_plan(3);
  Context context;
  Machine machine{plan, context, 3};
  std::vector<MessageProgram> programs;
  Nobody nobody;
};

TEST_F(StuckReportTest, SaysWhoWaitsForWhom) {
  start(0);
  start(1);
  sc_core::sc_start();
  EXPECT_EQ(stuck_report(machine),
            "rank 0 waits in collective 0 of 3 ranks, phase 0, with 1 of 2 messages, for rank 2; rank 1 waits in "
            "collective 0 of 3 ranks, phase 0, with 1 of 2 messages, for rank 2");
}

TEST_F(StuckReportTest, SaysWhatIsHeld) {
  machine.ranks()[1]->core.hold();
  EXPECT_EQ(stuck_report(machine), "held for good: rank 1");
}

TEST_F(StuckReportTest, SaysNothingOfWhatHasEnded) {
  for (const std::size_t rank : {0U, 1U, 2U}) start(rank);
  sc_core::sc_start();
  EXPECT_EQ(stuck_report(machine), "no event is left before the last step");
}

}  // namespace
}  // namespace decodesim
