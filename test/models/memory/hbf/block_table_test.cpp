// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/block_table.hpp"

#include <gtest/gtest.h>

#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {

TEST(BlockTableTest, ConsecutivePagesGoRoundTheDies) {
  const BlockTable table(test::small_stack(4, 20, 1));
  EXPECT_EQ(table.segment_pages(), 64);
  EXPECT_EQ(table.place(3, 0), (FlashPlace{0, 3, 0}));
  EXPECT_EQ(table.place(3, 1), (FlashPlace{2, 3, 0}));  // the other die
  EXPECT_EQ(table.place(3, 2), (FlashPlace{1, 3, 0}));
  EXPECT_EQ(table.place(3, 3), (FlashPlace{3, 3, 0}));
  EXPECT_EQ(table.place(3, 4), (FlashPlace{0, 3, 1}));
  EXPECT_EQ(table.place(3, 63), (FlashPlace{3, 3, 15}));
  // 6 pages written: two in members 0 and 1, one in 2 and 3.
  EXPECT_EQ(table.written_in(0, 6), 2);
  EXPECT_EQ(table.written_in(1, 6), 2);
  EXPECT_EQ(table.written_in(2, 6), 1);
}

TEST(BlockTableTest, ReadsOfABlockAreThoseOfItsPages) {
  BlockTable table(test::small_stack(4, 20, 1));
  table.count_reads(2, 3, 6, 10);  // pages 3 to 8: members 3, 0, 1, 2, 3, 0
  EXPECT_EQ(table.reads(2, 0), 20);
  EXPECT_EQ(table.reads(2, 1), 10);
  EXPECT_EQ(table.reads(2, 2), 10);
  EXPECT_EQ(table.reads(2, 3), 20);
  EXPECT_EQ(table.max_reads(2), 20);
  EXPECT_EQ(table.max_reads(1), 0);
  table.forget_reads(2);
  EXPECT_EQ(table.max_reads(2), 0);
}

TEST(BlockTableTest, SparesComeFromThePlaneThenFromOthersThenFromASegment) {
  BlockTable table(test::small_stack(4, 20, 1));
  ASSERT_TRUE(table.replace(0, 1));
  EXPECT_EQ(table.place(0, 1), (FlashPlace{2, 20, 0}));
  ASSERT_TRUE(table.replace(1, 1));  // plane 2 has none left
  EXPECT_EQ(table.place(1, 1), (FlashPlace{0, 20, 0}));
  ASSERT_TRUE(table.replace(2, 2));
  ASSERT_TRUE(table.replace(2, 3));
  EXPECT_FALSE(table.replace(3, 0));
  EXPECT_EQ(table.retired(), 4);
  table.dissolve(19);
  EXPECT_EQ(table.spares(), 4);
  ASSERT_TRUE(table.replace(3, 0));
  EXPECT_EQ(table.place(3, 0), (FlashPlace{0, 19, 0}));
}

TEST(BlockTableTest, SparesThatWentBadAreNotUsed) {
  BlockTable table(test::small_stack(4, 20, 2));
  table.mark_bad(static_cast<std::uint32_t>(0 * 22 + 20));
  ASSERT_TRUE(table.replace(0, 0));
  EXPECT_EQ(table.place(0, 0), (FlashPlace{0, 21, 0}));
}

TEST(BlockTableTest, FourTerabytesOfBlocksTakeAFewMegabytes) {
  const BlockTable table{HbfParameters{}};
  EXPECT_EQ(table.blocks(), 131'200);
  // Eight stacks of 512 GB.
  EXPECT_LT(8 * table.memory_bytes(), 20'000'000U);
}

}  // namespace
}  // namespace decodesim
