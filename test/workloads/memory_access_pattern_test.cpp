// SPDX-License-Identifier: Apache-2.0
// Patterns of memory accesses: the addresses they visit, in which order, and what is refused.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "sim/core/component/require.hpp"
#include "workloads/memory_access/pattern.hpp"

namespace decodesim {
namespace {

using namespace literals;

std::vector<MemoryAccess> all_of(const AccessPattern& pattern, std::uint64_t seed = 1) {
  PatternGenerator generator(pattern, seed);
  std::vector<MemoryAccess> out;
  while (const auto access = generator.next()) out.push_back(*access);
  EXPECT_EQ(generator.next(), std::nullopt) << "the end stays the end";
  return out;
}

std::vector<std::uint64_t> addresses_of(const AccessPattern& pattern, std::uint64_t seed = 1) {
  std::vector<std::uint64_t> out;
  for (const MemoryAccess& access : all_of(pattern, seed)) out.push_back(access.address);
  return out;
}

AccessPattern small(PatternKind kind) {
  AccessPattern p;
  p.kind = kind;
  p.footprint = 1_KiB;
  p.count = 16;
  return p;
}

using Addresses = std::vector<std::uint64_t>;

TEST(AccessPatternTest, SequentialVisitsItsRegionAndStartsAgain) {
  AccessPattern p = small(PatternKind::kSequential);
  p.base = 100_B;
  p.footprint = 200_B;  // three places of 64 B and 8 B left over
  p.count = 5;
  EXPECT_EQ(addresses_of(p), (Addresses{100, 164, 228, 100, 164}));
  for (const MemoryAccess& access : all_of(p))
    EXPECT_EQ(access, (MemoryAccess{false, access.address, 64_B, 0, {}, false}));
}

TEST(AccessPatternTest, StridedLeavesOutWhatLiesBetween) {
  AccessPattern p = small(PatternKind::kStrided);
  p.stride = 256_B;
  p.count = 6;
  EXPECT_EQ(addresses_of(p), (Addresses{0, 256, 512, 768, 0, 256}));
  p.footprint = Bytes(768 + 63);  // the place at 768 no longer has room for 64 B
  EXPECT_EQ(addresses_of(p), (Addresses{0, 256, 512, 0, 256, 512}));
}

TEST(AccessPatternTest, StreamsTakeTurnsInRegionsOfTheirOwn) {
  AccessPattern p = small(PatternKind::kSequential);
  p.streams = 3;
  p.count = 7;
  EXPECT_EQ(addresses_of(p), (Addresses{0, 1024, 2048, 64, 1088, 2112, 128}));
  const auto accesses = all_of(p);
  for (std::size_t i = 0; i < accesses.size(); ++i) EXPECT_EQ(accesses[i].stream, i % 3);
}

TEST(AccessPatternTest, AStreamDoesNotDependOnTheOthers) {
  for (const PatternKind kind : {PatternKind::kRandom, PatternKind::kPointerChase}) {
    AccessPattern one = small(kind);
    AccessPattern two = one;
    two.streams = 2;
    two.count = 32;
    Addresses first_of_two;
    for (const MemoryAccess& access : all_of(two))
      if (access.stream == 0) first_of_two.push_back(access.address);
    EXPECT_EQ(first_of_two, addresses_of(one));
  }
}

TEST(AccessPatternTest, RandomStaysInItsRegionAndReachesAllOfIt) {
  AccessPattern p = small(PatternKind::kRandom);
  p.base = 4_KiB;
  p.count = 1600;  // 100 times the places: a place is missed with a chance of (15/16)^1600 = 1e-45
  std::set<std::uint64_t> seen;
  for (const std::uint64_t address : addresses_of(p)) {
    EXPECT_EQ(address % 64, 0U);
    EXPECT_GE(address, 4096U);
    EXPECT_LE(address + 64, 4096U + 1024U);
    seen.insert(address);
  }
  EXPECT_EQ(seen.size(), 16U);
}

TEST(AccessPatternTest, SeedDecidesTheAccesses) {
  AccessPattern p = small(PatternKind::kRandom);
  p.read_share = 50_percent;
  EXPECT_EQ(all_of(p, 7), all_of(p, 7));
  EXPECT_NE(all_of(p, 7), all_of(p, 8));
  AccessPattern longer = p;
  longer.count = 32;
  auto first_half = all_of(longer, 7);
  first_half.resize(16);
  EXPECT_EQ(first_half, all_of(p, 7));
}

TEST(AccessPatternTest, PointerChaseVisitsEveryPlaceOnceARound) {
  for (const std::int64_t places : {1, 2, 3, 5, 16, 100, 1000, 4096, 4097}) {
    AccessPattern p = small(PatternKind::kPointerChase);
    p.footprint = places * 64_B;
    p.count = 2 * places;
    const Addresses addresses = addresses_of(p, 3);
    const auto middle = addresses.begin() + places;
    EXPECT_EQ(std::set<std::uint64_t>(addresses.begin(), middle).size(), static_cast<std::size_t>(places));
    EXPECT_EQ(Addresses(addresses.begin(), middle), Addresses(middle, addresses.end())) << places;
    for (const std::uint64_t address : addresses) EXPECT_LT(address, static_cast<std::uint64_t>(64 * places));
  }
}

// A random order of n places has a place followed by its neighbour about once; one that is nearly in order, nearly n
// times. And the parity of the place (a bit that selects a channel) changes from one access to the next half of the
// time: an order made by a linear congruence would change it always.
TEST(AccessPatternTest, PointerChaseIsNotRegular) {
  AccessPattern p = small(PatternKind::kPointerChase);
  p.footprint = 64_KiB * 64;
  p.count = 65536;
  const Addresses addresses = addresses_of(p);
  int neighbours = 0;
  int parity_changes = 0;
  for (std::size_t i = 1; i < addresses.size(); ++i) {
    neighbours += addresses[i] == addresses[i - 1] + 64 ? 1 : 0;
    parity_changes += ((addresses[i] ^ addresses[i - 1]) & 64U) != 0 ? 1 : 0;
  }
  EXPECT_LT(neighbours, 20);
  EXPECT_NEAR(parity_changes, 32768, 1024);  // 8 standard deviations of 128
  EXPECT_NE(addresses, addresses_of(p, 2));
}

TEST(AccessPatternTest, PointerChaseWaitsForTheAccessBeforeInItsStream) {
  AccessPattern p = small(PatternKind::kPointerChase);
  p.streams = 2;
  p.count = 6;
  std::vector<bool> dependent;
  for (const MemoryAccess& access : all_of(p)) dependent.push_back(access.dependent);
  EXPECT_EQ(dependent, (std::vector<bool>{false, false, true, true, true, true}));
}

TEST(AccessPatternTest, ReadShareIsKeptOnAverage) {
  AccessPattern p = small(PatternKind::kSequential);
  p.count = 100'000;
  const auto reads = [&](Ratio share) {
    p.read_share = share;
    std::int64_t count = 0;
    for (const MemoryAccess& access : all_of(p)) count += access.write ? 0 : 1;
    return count;
  };
  EXPECT_EQ(reads(100_percent), 100'000);
  EXPECT_EQ(reads(0_percent), 0);
  EXPECT_NEAR(static_cast<double>(reads(67_percent)), 67'000, 900);  // 6 standard deviations of 149
}

TEST(AccessPatternTest, OfferedLoadSpacesAccessesWithoutDrift) {
  AccessPattern p = small(PatternKind::kSequential);
  p.offered_load = Bandwidth(819'200'000'000);
  p.count = 1601;
  const auto accesses = all_of(p);
  EXPECT_EQ(accesses[1].issue, 79_ps);          // 64 B at 819.2 GB/s take 78.125 ps
  EXPECT_EQ(accesses[1600].issue, 125'000_ps);  // 1,600 times that
  p.offered_load = Bandwidth(0);
  EXPECT_EQ(all_of(p).back().issue, 0_ps);
}

TEST(AccessPatternTest, PermutationsOfEverySizeAreOneToOne) {
  RandomStream random(1, "test", "permutation");
  for (std::uint64_t size = 1; size <= 300; ++size) {
    const RandomPermutation permutation(size, random);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < size; ++i) seen.insert(permutation.at(i));
    EXPECT_EQ(seen.size(), size);
    EXPECT_EQ(*seen.rbegin(), size - 1);
  }
}

// Makes one change to a sound pattern and returns what is said of it.
template <class Change>
std::string problem_of(Change change) {
  AccessPattern p = small(PatternKind::kStrided);
  p.stride = 128_B;
  EXPECT_TRUE(p.problems().empty());
  change(p);
  const auto problems = p.problems();
  EXPECT_EQ(problems.size(), 1U);
  if (problems.empty()) return "";
  EXPECT_THROW(PatternGenerator(p, 1), InternalError);
  return problems.front();
}

TEST(AccessPatternTest, ProblemsOfOneFieldAreNamed) {
  using P = AccessPattern;
  EXPECT_EQ(problem_of([](P& p) { p.request = 0_B; }), "request is 0 B; expected 1 B to 1.073741824 GB");
  EXPECT_EQ(problem_of([](P& p) { p.request = 2_GiB; }), "request is 2.147483648 GB; expected 1 B to 1.073741824 GB");
  EXPECT_EQ(problem_of([](P& p) { p.stride = 100_B; }), "stride 100 B is not a multiple of the request's 64 B");
  EXPECT_EQ(problem_of([](P& p) { p.stride = 0_B; }), "stride 0 B is not a multiple of the request's 64 B");
  EXPECT_EQ(problem_of([](P& p) { p.footprint = 63_B; }),
            "footprint 63 B is smaller than a request of 64 B; expected room for at least one");
  EXPECT_EQ(problem_of([](P& p) { p.base = Bytes(-1); }), "base is -1 B; expected an address");
  EXPECT_EQ(problem_of([](P& p) { p.read_share = 101_percent; }), "read_share is 1.01; expected 0 to 1");
  EXPECT_EQ(problem_of([](P& p) { p.streams = 0; }), "streams is 0; expected 1 to 4096");
  EXPECT_EQ(problem_of([](P& p) { p.count = 0; }), "count is 0; expected at least 1");
  EXPECT_EQ(problem_of([](P& p) { p.offered_load = Bandwidth(-1); }), "offered_load is -1 B/s; expected 0 or more");
}

TEST(AccessPatternTest, ProblemsOfTheWholeAreNamed) {
  using P = AccessPattern;
  EXPECT_EQ(problem_of([](P& p) {
              p.kind = PatternKind::kPointerChase;
              p.read_share = 50_percent;
            }),
            "read_share is 0.5 in a pointer chase, which reads its next address; expected 1");
  EXPECT_EQ(problem_of([](P& p) {
              p.streams = 4096;
              p.footprint = 10'000'000_GB;
              p.base = 1'000'000'000_GB;
            }),
            "4096 streams of 10000 TB from 1000000 TB reach beyond the address space; expected at most "
            "9223372.036854775807 TB");
  EXPECT_EQ(problem_of([](P& p) { p.count = 1'000'000'000'000'000'000; }),
            "count 1000000000000000000 x request 64 B is too much; expected at most 9223372.036854775807 TB in all");
  EXPECT_EQ(problem_of([](P& p) { p.offered_load = Bandwidth(1), p.count = 1'000'000; }),
            "count accesses at offered_load 1 B/s take longer than simulated time reaches; expected less than "
            "9223372.036854775807 s");
}

TEST(AccessPatternTest, DefaultsAreSoundAndOnlyTheKindIsRequired) {
  AccessPattern p;
  Diagnostics diagnostics;
  AccessPattern::schema().read(Node::mapping({}), p, diagnostics);
  ASSERT_EQ(diagnostics.list().size(), 1U) << "only the kind has no default";
  EXPECT_EQ(diagnostics.list().front().message,
            "pattern lacks 'kind'; expected sequential | strided | random | pointer_chase (In which order a stream "
            "visits its region)");
  EXPECT_TRUE(AccessPattern().problems().empty());
}

}  // namespace
}  // namespace decodesim
