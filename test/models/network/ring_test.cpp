// SPDX-License-Identifier: Apache-2.0
#include "models/network/ring.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {

std::vector<int> contents(const Ring<int>& ring) {
  std::vector<int> out;
  for (std::size_t i = 0; i < ring.size(); ++i) out.push_back(ring[i]);
  return out;
}

TEST(RingTest, FirstInIsFirstOutHoweverItWraps) {
  Ring<int> ring;
  std::deque<int> model;
  RandomStream random(1, "ring_test", "moves");
  for (int i = 0; i < 2000; ++i) {
    if (random.below(100) < 52 || model.empty()) {
      const int& place = ring.push_back(i);
      EXPECT_EQ(&place, &ring.back());
      model.push_back(i);
    } else {
      EXPECT_EQ(ring.front(), model.front());
      ring.pop_front();
      model.pop_front();
    }
    ASSERT_EQ(contents(ring), std::vector<int>(model.begin(), model.end()));
  }
}

TEST(RingTest, OrderedInsertionKeepsEqualOnesInTheirOrder) {
  Ring<int> ring;
  // Ordered by tens: 12 comes behind 11, which came first.
  for (const int value : {30, 11, 20, 12, 31, 5})
    ring.insert_ordered(value, [](int a, int b) { return a / 10 < b / 10; });
  EXPECT_EQ(contents(ring), (std::vector<int>{5, 11, 12, 20, 30, 31}));
}

TEST(RingTest, ErasedFromTheMiddleTheRestMoveUp) {
  Ring<int> ring;
  for (int i = 0; i < 6; ++i) ring.push_back(i);
  ring.pop_front();
  ring.pop_front();
  for (int i = 6; i < 9; ++i) ring.push_back(i);
  ring.erase(2);
  EXPECT_EQ(contents(ring), (std::vector<int>{2, 3, 5, 6, 7, 8}));
  ring.erase(5);
  ring.erase(0);
  EXPECT_EQ(contents(ring), (std::vector<int>{3, 5, 6, 7}));
}

}  // namespace
}  // namespace decodesim
