// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/write_buffer.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

constexpr TrafficClass kKv = TrafficClass::kKvCache;
using Pages = WriteBuffer::Run;

TEST(WriteBufferTest, TakesWhatItHoldsAndNotOnePageMore) {
  WriteBuffer buffer(2);
  EXPECT_TRUE(buffer.put(5, kKv));
  EXPECT_TRUE(buffer.put(9, kKv));
  EXPECT_FALSE(buffer.put(7, kKv));
  EXPECT_TRUE(buffer.put(5, kKv));  // again: no room needed
  EXPECT_EQ(buffer.absorbed(), 1U);
  EXPECT_EQ(buffer.size(), 2U);
  EXPECT_EQ(buffer.take(8), (Pages{5, 1, kKv}));
  EXPECT_TRUE(buffer.put(7, kKv));
}

TEST(WriteBufferTest, NeighboursLeaveAsOneRunInOrderOfArrival) {
  WriteBuffer buffer(10);
  for (const std::uint64_t page : {20U, 3U, 21U, 22U, 4U}) EXPECT_TRUE(buffer.put(page, kKv));
  EXPECT_TRUE(buffer.put(23, TrafficClass::kWeights));
  EXPECT_TRUE(buffer.contains(21));
  EXPECT_EQ(buffer.take(2), (Pages{20, 2, kKv}));
  EXPECT_FALSE(buffer.contains(21));
  EXPECT_EQ(buffer.take(8), (Pages{3, 2, kKv}));
  EXPECT_EQ(buffer.take(8), (Pages{22, 1, kKv}));
  EXPECT_EQ(buffer.take(8), (Pages{23, 1, TrafficClass::kWeights}));
  EXPECT_EQ(buffer.take(8), std::nullopt);
}

TEST(WriteBufferTest, PageThatLeftWithItsNeighboursAndCameAgainLeavesOnceAndLast) {
  WriteBuffer buffer(10);
  for (const std::uint64_t page : {1U, 2U}) EXPECT_TRUE(buffer.put(page, kKv));
  EXPECT_EQ(buffer.take(8), (Pages{1, 2, kKv}));
  EXPECT_TRUE(buffer.put(7, kKv));
  EXPECT_TRUE(buffer.put(2, kKv));
  EXPECT_EQ(buffer.take(8), (Pages{7, 1, kKv}));
  EXPECT_EQ(buffer.take(8), (Pages{2, 1, kKv}));
  EXPECT_EQ(buffer.take(8), std::nullopt);
}

}  // namespace
}  // namespace decodesim
