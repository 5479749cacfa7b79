// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch_allocator.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace decodesim {
namespace {

using Request = SwitchAllocator::Request;

std::vector<Request> all_pairs(std::int32_t n) {
  std::vector<Request> out;
  for (std::int32_t i = 0; i < n; ++i)
    for (std::int32_t o = 0; o < n; ++o) out.push_back({i, o, 0, TimePoint()});
  return out;
}

TEST(SwitchAllocatorTest, MatchesEachPortOnceAndOnlyWhatIsAskedFor) {
  for (const Arbitration arbitration : {Arbitration::kRoundRobin, Arbitration::kAge}) {
    SwitchAllocator allocator(4, 4, arbitration);
    std::uint64_t state = 1;
    for (int round = 0; round < 1000; ++round) {
      std::vector<Request> requests;
      for (const Request& pair : all_pairs(4)) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        if (state >> 62U == 0) requests.push_back(pair);
      }
      std::set<std::pair<std::int32_t, std::int32_t>> asked;
      for (const Request& r : requests) asked.emplace(r.input, r.output);
      allocator.match(requests);
      EXPECT_EQ(requests.empty(), asked.empty());
      std::set<std::int32_t> inputs;
      std::set<std::int32_t> outputs;
      for (const Request& r : requests) {
        EXPECT_TRUE(asked.contains({r.input, r.output}));
        EXPECT_TRUE(inputs.insert(r.input).second);
        EXPECT_TRUE(outputs.insert(r.output).second);
      }
    }
  }
}

TEST(SwitchAllocatorTest, RoundRobinGivesEveryInputItsTurn) {
  SwitchAllocator allocator(3, 3, Arbitration::kRoundRobin);
  std::vector<std::int32_t> served;
  for (int round = 0; round < 6; ++round) {
    std::vector<Request> requests{{0, 1, 0, TimePoint()}, {1, 1, 0, TimePoint()}, {2, 1, 0, TimePoint()}};
    allocator.match(requests);
    ASSERT_EQ(requests.size(), 1U);
    served.push_back(requests.front().input);
  }
  EXPECT_EQ(served, (std::vector<std::int32_t>{0, 1, 2, 0, 1, 2}));
}

// The pointers of the outputs slip against each other until no two of them grant the same input.
TEST(SwitchAllocatorTest, FullLoadIsMatchedPerfectlyAfterNTurns) {
  SwitchAllocator allocator(5, 5, Arbitration::kRoundRobin);
  for (int round = 0; round < 20; ++round) {
    std::vector<Request> requests = all_pairs(5);
    allocator.match(requests);
    if (round >= 5) {
      EXPECT_EQ(requests.size(), 5U) << round;
    }
  }
}

TEST(SwitchAllocatorTest, AgeServesWhoHasWaitedLongest) {
  SwitchAllocator allocator(3, 3, Arbitration::kAge);
  const auto since = [](std::int64_t ps) { return TimePoint(Duration(ps)); };
  std::vector<Request> requests{{0, 0, 0, since(30)}, {1, 0, 0, since(10)}, {1, 2, 0, since(5)}, {2, 0, 0, since(20)}};
  allocator.match(requests);
  // Output 0 grants input 1, which takes output 2, where it has waited longer: nobody is left for output 0.
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests.front().input, 1);
  EXPECT_EQ(requests.front().output, 2);
}

}  // namespace
}  // namespace decodesim
