// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/access_sequence.hpp"

#include <gtest/gtest.h>

#include <set>

namespace decodesim {
namespace {
using namespace literals;

std::vector<Access> all(const StreamShape& shape, Bytes capacity = 1_MiB) {
  AccessSequence sequence(shape, capacity, 32_B);
  std::vector<Access> out;
  while (!sequence.done()) {
    EXPECT_EQ(sequence.taken(), out.size());
    const std::uint64_t bytes = sequence.next_bytes();
    out.push_back(sequence.next());
    EXPECT_EQ(out.back().bytes, bytes);
  }
  return out;
}

std::uint64_t sum(const std::vector<Access>& accesses) {
  std::uint64_t bytes = 0;
  for (const Access& a : accesses) bytes += a.bytes;
  return bytes;
}

TEST(AccessSequenceTest, ContiguousTrainIsOneAccess) {
  StreamShape shape;
  shape.address = 100;
  shape.length = 1000_B;
  const auto accesses = all(shape);
  ASSERT_EQ(accesses.size(), 1U);
  EXPECT_EQ(accesses[0].address, 100U);
  EXPECT_EQ(accesses[0].bytes, 1000U);
  EXPECT_FALSE(accesses[0].write);
}

TEST(AccessSequenceTest, StridedRunsStartAgainWhenTheNextWouldNotFit) {
  StreamShape shape;
  shape.address = 1000;
  shape.length = 64_B * 5;
  shape.run = 64_B;
  shape.stride = 100_B;
  shape.region = 300_B;  // places at 0, 100 and 200; one at 300 would end at 364
  std::vector<std::uint64_t> addresses;
  for (const Access& a : all(shape)) addresses.push_back(a.address);
  EXPECT_EQ(addresses, (std::vector<std::uint64_t>{1000, 1100, 1200, 1000, 1100}));
}

TEST(AccessSequenceTest, LastRunTakesWhatIsLeft) {
  StreamShape shape;
  shape.length = 100_B;
  shape.run = 64_B;
  const auto accesses = all(shape);
  ASSERT_EQ(accesses.size(), 2U);
  EXPECT_EQ(accesses[1].bytes, 36U);
}

TEST(AccessSequenceTest, RunsAnywhereLieInTheRegionAndCoverIt) {
  StreamShape shape;
  shape.address = 4096;
  shape.length = 64_B * 2000;
  shape.run = 64_B;
  shape.region = 1_KiB;
  std::set<std::uint64_t> places;
  const auto accesses = all(shape);
  for (const Access& a : accesses) {
    EXPECT_GE(a.address, 4096U);
    EXPECT_LE(a.address + a.bytes, 4096U + 1024U);
    EXPECT_EQ((a.address - 4096) % 64, 0U);
    places.insert(a.address);
  }
  EXPECT_EQ(places.size(), 16U);
  EXPECT_EQ(sum(accesses), 128'000U);
}

TEST(AccessSequenceTest, WithoutARegionRunsBeginAtABurstOfTheWholeMemory) {
  StreamShape shape;
  shape.address = 500;
  shape.length = 48_B * 1000;
  shape.run = 48_B;
  for (const Access& a : all(shape)) {
    EXPECT_EQ(a.address % 64, 0U);  // 48 B take two bursts
    EXPECT_LE(a.address + a.bytes, 1U << 20U);
  }
}

TEST(AccessSequenceTest, ShareOfWritesIsTheTrains) {
  StreamShape shape;
  shape.length = 64_B * 100'000;
  shape.run = 64_B;
  shape.writes = 30_percent;
  std::int64_t writes = 0;
  for (const Access& a : all(shape)) writes += a.write ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(writes), 30'000, 500);
  shape.write = true;
  shape.writes = {};
  for (const Access& a : all(shape)) EXPECT_TRUE(a.write);
}

}  // namespace
}  // namespace decodesim
