// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_translation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "sim/core/component/random.hpp"
#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {

using test::small_stack;
constexpr TrafficClass kKv = TrafficClass::kKvCache;
constexpr TrafficClass kWeights = TrafficClass::kWeights;

/// What the cells hold: breaks a test when a block is programmed out of order or without an erase, or when something is
/// copied from cells that hold nothing.
class Cells : public FlashObserver {
 public:
  explicit Cells(const HbfParameters& p)
      : pages_(p.pages),
        blocks_(p.blocks),
        content_(static_cast<std::size_t>(p.total_planes() * p.blocks * p.pages)),
        next_(static_cast<std::size_t>(p.total_planes() * p.blocks)),
        version(static_cast<std::size_t>(p.capacity_pages())) {}

  void programmed(const FlashPlace& place, std::uint64_t logical) override { put(place, {logical, version[logical]}); }
  void copied(const FlashPlace& from, const FlashPlace& to) override {
    ASSERT_GT(content(from).version, 0U) << "copied from empty cells";
    put(to, content(from));
  }
  void erased(std::int64_t plane, std::int64_t block) override {
    next_[index(plane, block)] = 0;
    for (std::int64_t page = 0; page < pages_; ++page) content({plane, block, page}) = {};
    ++erases;
  }
  /// From now on programs of the block fail: none may come.
  void fail(FlashTranslation& flash, const FlashPlace& block) {
    flash.inject_bad(block);
    bad_.insert(index(block.plane, block.block));
  }
  /// The latest write of every page is where the map says; never written pages are nowhere. Returns pages checked.
  std::uint64_t check(const FlashTranslation& flash) {
    std::uint64_t found = 0;
    for (std::uint64_t logical = 0; logical < version.size(); ++logical) {
      const auto place = flash.where(logical);
      EXPECT_EQ(place.has_value(), version[logical] > 0) << logical;
      if (!place) continue;
      const Content at = content(*place);
      if (at.logical != logical || at.version != version[logical]) ADD_FAILURE() << "page " << logical << " is lost";
      ++found;
    }
    return found;
  }

 private:
  struct Content {
    std::uint64_t logical = 0;
    std::uint32_t version = 0;
  };
  [[nodiscard]] std::size_t index(std::int64_t plane, std::int64_t block) const {
    return static_cast<std::size_t>(plane * blocks_ + block);
  }
  Content& content(const FlashPlace& at) {
    return content_[index(at.plane, at.block) * static_cast<std::size_t>(pages_) + static_cast<std::size_t>(at.page)];
  }
  void put(const FlashPlace& place, Content what) {
    ASSERT_FALSE(bad_.contains(index(place.plane, place.block))) << "programmed a bad block";
    std::int64_t& next = next_[index(place.plane, place.block)];
    ASSERT_EQ(place.page, next) << "programmed out of order or without an erase";
    ++next;
    content(place) = what;
  }

  std::int64_t pages_;
  std::int64_t blocks_;
  std::vector<Content> content_;
  std::vector<std::int64_t> next_;
  std::set<std::size_t> bad_;

 public:
  std::vector<std::uint32_t> version;  ///< of each logical page; 0: never written
  std::uint64_t erases = 0;
};

FlashWrite write(FlashTranslation& flash, Cells& cells, std::uint64_t logical, std::uint64_t pages, TrafficClass t) {
  for (std::uint64_t n = 0; n < pages; ++n) ++cells.version[logical + n];
  return flash.write(logical, pages, t);
}

TEST(FlashTranslationTest, NothingIsLostInAMillionRandomWrites) {
  HbfParameters p = small_stack(96, 120, 6);
  p.pages = 64;
  p.block = p.page * 64;
  p.capacity = p.block * (4 * 96);
  ASSERT_THAT(FlashTranslation::problems(p), testing::IsEmpty());
  const auto logical_pages = static_cast<std::uint64_t>(p.capacity_pages());
  Cells cells(p);
  auto flash = std::make_unique<FlashTranslation>(p);
  flash->observe(&cells);
  RandomStream random(7, "flash", "million writes");
  const std::uint64_t stop = 300'000 + random.below(400'000);
  for (std::uint64_t n = 0; n < 1'000'000; ++n) {
    const auto traffic = random.below(4) == 0 ? kWeights : kKv;
    ASSERT_EQ(write(*flash, cells, random.below(logical_pages), 1, traffic), FlashWrite::kDone) << n;
    if (n % 40'000 == 20'000) cells.fail(*flash, {random.between(0, 3), random.between(0, 119), 0});
    if (n == stop) {  // stops; what is on flash is all that is left
      auto again = std::make_unique<FlashTranslation>(*flash);
      flash = std::move(again);
      flash->recover();
      EXPECT_GT(cells.check(*flash), logical_pages * 9 / 10);
    }
  }
  EXPECT_EQ(cells.check(*flash), logical_pages);  // 1e6 draws from 24,576: none is missed
  EXPECT_GT(flash->blocks().retired(), 15);
  EXPECT_EQ(flash->erases(), cells.erases);
  EXPECT_EQ(flash->log().pages(WearCause::kHostWrites), 1'000'000U);
  EXPECT_GT(flash->log().pages(WearCause::kGarbageCollection), 500'000U);
  EXPECT_FALSE(flash->worn_out());
}

TEST(FlashTranslationTest, SameWritesGiveTheSamePlaces) {
  const HbfParameters p = small_stack(10, 24, 1);
  FlashTranslation a(p);
  FlashTranslation b(p);
  RandomStream random(3, "flash", "determinism");
  for (int n = 0; n < 20'000; ++n) {
    const std::uint64_t logical = random.below(640);
    ASSERT_EQ(a.write(logical, 1, kKv), FlashWrite::kDone);
    ASSERT_EQ(b.write(logical, 1, kKv), FlashWrite::kDone);
  }
  for (std::uint64_t logical = 0; logical < 640; ++logical) EXPECT_EQ(a.where(logical), b.where(logical));
}

TEST(FlashTranslationTest, SequentialOverwritesNeedNoMoves) {
  const HbfParameters p = small_stack(10, 24, 1);
  FlashTranslation flash(p);
  for (int round = 0; round < 50; ++round) ASSERT_EQ(flash.write(0, 640, kKv), FlashWrite::kDone);
  EXPECT_EQ(flash.log().write_amplification(), 1.0);
  EXPECT_LE(flash.extents(), 10U);  // a run for each segment at most
}

TEST(FlashTranslationTest, BeyondTheCapacityIsRefused) {
  const HbfParameters p = small_stack(10, 24, 1);
  FlashTranslation flash(p);
  EXPECT_EQ(flash.write(639, 2, kKv), FlashWrite::kOutOfSpace);
  EXPECT_EQ(flash.where(639), std::nullopt);
  EXPECT_EQ(flash.write(639, 1, kKv), FlashWrite::kDone);
  EXPECT_NE(flash.where(639), std::nullopt);
  flash.trim(639, 1);
  EXPECT_EQ(flash.where(639), std::nullopt);
}

TEST(FlashTranslationTest, TooLittleRoomForALogIsNamed) {
  EXPECT_THAT(FlashTranslation::problems(small_stack(10, 18, 1)), testing::IsEmpty());
  // A segment is 64 pages of 4 KiB: 17 - 8 are 9 of 262,144 B.
  EXPECT_THAT(FlashTranslation::problems(small_stack(10, 17, 1)),
              testing::ElementsAre("capacity 2.62144 MB leaves fewer than 8 blocks of each plane to write in; expected "
                                   "at most 2.359296 MB"));
}

TEST(FlashTranslationTest, WornOutStackRefusesAndStaysReadable) {
  HbfParameters p = small_stack(10, 24, 1);
  p.endurance.cycles = 40;
  p.endurance.wear_gap = 4;
  Cells cells(p);
  FlashTranslation flash(p);
  flash.observe(&cells);
  RandomStream random(5, "flash", "worn");
  FlashWrite last = FlashWrite::kDone;
  std::uint64_t writes = 0;
  std::uint64_t logical = 0;
  while (last == FlashWrite::kDone && writes < 1'000'000) {
    logical = random.below(640);
    last = write(flash, cells, logical, 1, kKv);
    ++writes;
  }
  EXPECT_NE(last, FlashWrite::kDone);
  --cells.version[logical];  // the refused one is not there
  cells.check(flash);
  EXPECT_LT(flash.usable_segments(), 24);  // reported: degraded capacity
  // No fewer cycles than the data needs, no more than blocks x cycles hold.
  EXPECT_LE(flash.log().total(), 4U * 25 * 16 * 40);
  EXPECT_GT(flash.log().total(), 4U * 25 * 16 * 40 * 3 / 4);
}

TEST(FlashTranslationTest, BadBlocksBeyondTheSparesCostCapacityAndNoData) {
  const HbfParameters p = small_stack(10, 30, 1);
  Cells cells(p);
  FlashTranslation flash(p);
  flash.observe(&cells);
  ASSERT_EQ(write(flash, cells, 0, 640, kKv), FlashWrite::kDone);
  for (std::int64_t block = 0; block < 3; ++block)
    for (std::int64_t plane = 0; plane < 4; ++plane) cells.fail(flash, {plane, block, 0});
  for (int round = 0; round < 60; ++round) ASSERT_EQ(write(flash, cells, 0, 640, kKv), FlashWrite::kDone);
  EXPECT_EQ(cells.check(flash), 640U);
  EXPECT_EQ(flash.blocks().retired(), 12);
  // 12 bad, 4 spares: two segments of 4 blocks given up.
  EXPECT_EQ(flash.usable_segments(), 28);
}

TEST(FlashTranslationTest, BlocksAreRewrittenAtTheLimitOfReadsAndNotBefore) {
  HbfParameters p = small_stack(10, 24, 1);
  p.endurance.disturb_reads = 1'600;  // 16 pages x 100
  FlashTranslation flash(p);
  ASSERT_EQ(flash.write(0, 64, kWeights), FlashWrite::kDone);
  EXPECT_EQ(flash.read(0, 64, 99), 64U);
  EXPECT_EQ(flash.read(4, 60, 1), 60U);  // 15 pages of each block
  EXPECT_EQ(flash.log().pages(WearCause::kReadDisturb), 0U);
  EXPECT_EQ(flash.read(0, 1, 1), 1U);  // the 1,600th read of plane 0's block: 16 pages rewritten
  EXPECT_EQ(flash.log().pages(WearCause::kReadDisturb, kWeights), 16U);
  EXPECT_EQ(flash.blocks().cycles(flash.blocks().block_of(0, 0)), 1);
  EXPECT_EQ(flash.blocks().cycles(flash.blocks().block_of(0, 1)), 0);
  EXPECT_EQ(flash.blocks().reads(0, 0), 0);
  EXPECT_EQ(flash.blocks().reads(0, 1), 1'599);
  EXPECT_EQ(flash.read(700, 5), 0U);  // never written
}

TEST(FlashTranslationTest, BlockThatFailsInARefreshIsReplacedAndItsDataKept) {
  HbfParameters p = small_stack(10, 24, 1);
  p.endurance.disturb_reads = 16;
  Cells cells(p);
  FlashTranslation flash(p);
  flash.observe(&cells);
  ASSERT_EQ(write(flash, cells, 0, 64, kWeights), FlashWrite::kDone);
  cells.fail(flash, *flash.where(5));
  EXPECT_EQ(flash.read(0, 64), 64U);  // 16 reads of each block
  EXPECT_EQ(flash.blocks().retired(), 1);
  EXPECT_EQ(cells.check(flash), 64U);
}

TEST(FlashTranslationTest, DataIsRefreshedWhenItComesOfAge) {
  HbfParameters p = small_stack(10, 24, 1);
  p.endurance.retention = Duration(100 * kPicosecondsPerSecond);
  FlashTranslation flash(p);
  ASSERT_EQ(flash.write(0, 70, kWeights), FlashWrite::kDone);
  flash.advance(99);
  EXPECT_EQ(flash.log().pages(WearCause::kRetention), 0U);
  EXPECT_EQ(flash.age_s(0), 99);
  flash.advance(1);
  EXPECT_EQ(flash.log().pages(WearCause::kRetention), 70U);
  EXPECT_EQ(flash.age_s(0), 0);
  flash.advance(250);  // twice more
  EXPECT_EQ(flash.log().pages(WearCause::kRetention), 210U);
  EXPECT_EQ(flash.age_s(0), 50);
  EXPECT_EQ(flash.max_cycles(), 3);
}

TEST(FlashTranslationTest, ColdDataMovesSoThatWearSpreads) {
  const auto spread = [](std::int64_t gap) {
    HbfParameters p = small_stack(14, 24, 1);
    p.endurance.wear_gap = gap;
    FlashTranslation flash(p);
    EXPECT_EQ(flash.write(0, 8 * 64, kWeights), FlashWrite::kDone);  // never again
    for (int round = 0; round < 400; ++round) EXPECT_EQ(flash.write(8 * 64, 6 * 64, kKv), FlashWrite::kDone);
    return flash.max_cycles() - flash.min_cycles();
  };
  // 2,400 erases among 16 segments and not 24.
  EXPECT_GT(spread(0), 140);
  EXPECT_LE(spread(10), 12);
}

TEST(FlashTranslationTest, FastForwardWearsInProportion) {
  HbfParameters p = small_stack(10, 24, 1);
  p.endurance.disturb_reads = 16;
  FlashTranslation flash(p);
  ASSERT_EQ(flash.write(0, 64, kWeights), FlashWrite::kDone);
  const std::uint32_t weights = flash.blocks().block_of(0, 0);
  const std::uint32_t other = flash.blocks().block_of(5, 0);
  flash.read(0, 64, 50);  // 800 reads of each block: 50 refreshes in 10 s
  for (int round = 0; round < 100; ++round) ASSERT_EQ(flash.write(64, 500, kKv), FlashWrite::kDone);
  EXPECT_EQ(flash.blocks().cycles(weights), 50);
  const std::int64_t before = flash.blocks().cycles(other);
  const auto erased = static_cast<std::int64_t>(flash.erases()) - 4 * 50;
  flash.fast_forward(1'000, 10);
  const std::int64_t levelled = erased * 100 / flash.blocks().blocks();
  EXPECT_GT(levelled, 500);
  EXPECT_EQ(flash.blocks().cycles(other), before + levelled);
  EXPECT_EQ(flash.blocks().cycles(weights), 50 + 5'000 + levelled);
  EXPECT_EQ(flash.age_s(0), 1'000);
  // 10 + 100 x (50 + 5,000 + levelled) / 1,000 + 500 x 1,000 / 86,400 + 0, in ppm.
  EXPECT_EQ(flash.retry_rate(0).count(), 10 + (5'050 + levelled) / 10 + 5);
}

TEST(FlashTranslationTest, FourTerabytesStayUnderHalfAGigabyte) {
  FlashTranslation flash{HbfParameters{}};
  const std::uint64_t pages = 125'000'000;  // 512 GB
  ASSERT_EQ(flash.write(0, pages, kWeights), FlashWrite::kDone);
  // KV of 100,000 sequences that each wrote 64 pages on their own.
  RandomStream random(1, "flash", "memory");
  for (int n = 0; n < 100'000; ++n) ASSERT_EQ(flash.write(random.below(pages - 64), 64, kKv), FlashWrite::kDone);
  EXPECT_LT(8 * flash.memory_bytes(), 500'000'000U) << flash.extents();
}

}  // namespace
}  // namespace decodesim
