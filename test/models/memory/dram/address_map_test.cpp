// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/address_map.hpp"

#include <gmock/gmock.h>

#include <set>
#include <tuple>

#include "test/support/hbm3.hpp"

namespace decodesim {
namespace {
using namespace literals;

auto place(const DecodedAddress& d) {
  return std::tuple(d.row, d.channel, d.pseudo_channel, d.rank, d.bank_group, d.bank, d.column);
}

DramParameters small() {
  DramParameters p = test::hbm3();
  p.channels = 3;  // not a power of two
  p.ranks = 2;
  p.capacity = 3_MiB * 2 * 2;  // 6 pseudo-channels x 2 ranks x 16 banks x 1 KiB = 192 KiB a row: 64 rows
  return p;
}

TEST(AddressMapTest, EveryBurstHasAPlaceOfItsOwn) {
  for (const char* order : {"rank row bank column bank_group channel pseudo_channel interleave",
                            "row rank bank column bank_group channel pseudo_channel interleave",
                            "row rank bank bank_group column channel pseudo_channel",
                            "row column:4 bank column:2 rank bank_group channel pseudo_channel column"}) {
    DramParameters p = small();
    p.controller.address_map = order;
    EXPECT_THAT(AddressMap::problems(p), ::testing::IsEmpty()) << order;
    const AddressMap map(p);
    EXPECT_EQ(map.rows(), 64);
    std::set<decltype(place(DecodedAddress{}))> seen;
    for (std::int64_t address = 0; address < p.capacity.count(); address += 32) {
      const DecodedAddress d = map.decode(static_cast<std::uint64_t>(address));
      EXPECT_TRUE(d.row < 64 && d.channel < 3 && d.pseudo_channel < 2 && d.rank < 2 && d.bank_group < 4 && d.bank < 4 &&
                  d.column < 32);
      seen.insert(place(d));
    }
    EXPECT_EQ(static_cast<std::int64_t>(seen.size()), p.capacity.count() / 32);
  }
}

TEST(AddressMapTest, EncodeGivesBackTheBurstAndNothingForPlacesThatDoNotExist) {
  for (const char* order : {"rank row bank column bank_group channel pseudo_channel interleave",
                            "row column:4 bank column:2 rank bank_group channel pseudo_channel column"}) {
    DramParameters p = small();
    p.controller.address_map = order;
    p.controller.bank_skew = false;  // so that the last burst lies in the last of everything
    const AddressMap map(p);
    for (std::uint64_t address = 0; address < static_cast<std::uint64_t>(p.capacity.count()); address += 32)
      ASSERT_EQ(map.encode(map.decode(address + 31)), address) << order;
    const DecodedAddress last = map.decode(static_cast<std::uint64_t>(p.capacity.count()) - 1);
    for (const auto beyond : {&DecodedAddress::channel, &DecodedAddress::pseudo_channel, &DecodedAddress::rank,
                              &DecodedAddress::bank_group, &DecodedAddress::bank, &DecodedAddress::column}) {
      DecodedAddress where = last;
      where.*beyond += 1;
      EXPECT_EQ(map.encode(where), std::nullopt) << order;
      where.*beyond = -1;
      EXPECT_EQ(map.encode(where), std::nullopt) << order;
    }
    DecodedAddress where = last;
    where.row += 1;
    EXPECT_EQ(map.encode(where), std::nullopt) << order;
  }
}

TEST(AddressMapTest, SkewTurnsTheBanksOfARowAndEncodeTurnsThemBack) {
  DramParameters p = small();
  const AddressMap skewed(p);
  p.controller.bank_skew = false;
  const AddressMap plain(p);
  for (std::uint64_t address = 0; address < static_cast<std::uint64_t>(p.capacity.count()); address += 32) {
    const DecodedAddress a = plain.decode(address);
    const DecodedAddress b = skewed.decode(address);
    // Of row r = 16 x h + l the banks of a group are turned by h.
    ASSERT_EQ(b.bank, (a.bank + a.row / 16) % 4) << address;
    ASSERT_EQ(place({a.row, a.channel, a.pseudo_channel, a.rank, a.bank_group, 0, a.column}),
              place({b.row, b.channel, b.pseudo_channel, b.rank, b.bank_group, 0, b.column}));
    ASSERT_EQ(skewed.encode(b), address);
  }
}

TEST(AddressMapTest, DefaultMapMeetsPseudoChannelsThenBankGroupsThenColumns) {
  DramParameters p = test::hbm3();
  p.capacity = 16_GiB;
  const AddressMap map(p);
  EXPECT_EQ(map.decode(31).column, 0);
  EXPECT_EQ(map.decode(32).column, 1);                    // the next burst
  EXPECT_EQ(map.decode(256).pseudo_channel, 1);           // the next interleave chunk
  EXPECT_EQ(map.decode(512).channel, 1);                  // 2 pseudo-channels further
  EXPECT_EQ(map.decode(256 * 32).bank_group, 1);          // all 32 pseudo-channels
  EXPECT_EQ(map.decode(256 * 32 * 4).column, 8);          // all 4 bank groups
  EXPECT_EQ(map.decode(256 * 32 * 4 * 4).bank, 1);        // 4 chunks are a row
  EXPECT_EQ(map.decode(256 * 32 * 4 * 4 * 4).row, 1);     // 4 banks
  EXPECT_EQ(map.decode((16ULL << 30U) - 1).row, 32'767);  // 16 GiB / (32 x 16 KiB)
}

TEST(AddressMapTest, LastRowMayBeUsedInPartWhenRowIsOnTop) {
  const DramParameters p = test::hbm3();  // 16 GB = 30517.6 rows of 512 KiB
  EXPECT_THAT(AddressMap::problems(p), ::testing::IsEmpty());
  EXPECT_EQ(AddressMap(p).rows(), 30'518);
  DramParameters low = p;
  low.controller.address_map = "bank row column bank_group channel pseudo_channel interleave rank";
  EXPECT_THAT(
      AddressMap::problems(low),
      ::testing::ElementsAre("address_map: the capacity 16 GB fills its last row in part; expected row to be most "
                             "significant or a capacity that is a multiple of 524.288 kB"));
}

TEST(AddressMapTest, MistakesAreNamed) {
  const auto problem = [](const std::string& order, std::int64_t rows = 0) {
    DramParameters p = small();
    p.controller.address_map = order;
    p.rows = rows;
    return AddressMap::problems(p);
  };
  EXPECT_THAT(problem("row rank banc"),
              ::testing::ElementsAre("address_map: 'banc' is not a part of an address; expected row, rank, bank_group, "
                                     "bank, column, channel, pseudo_channel or interleave"));
  EXPECT_THAT(problem("row rank bank bank_group column:x channel pseudo_channel"),
              ::testing::ElementsAre("address_map: 'column:x' has no count of values; expected one as in column:4"));
  EXPECT_THAT(problem("row rank bank column:16 bank_group channel:2"),
              ::testing::ElementsAre("address_map: its pieces of 'column' have 16 values; expected to cover 32",
                                     "address_map: its pieces of 'channel' have 2 values; expected to cover 3",
                                     "address_map: its pieces of 'pseudo_channel' have 1 values; expected to cover 2"));
  EXPECT_THAT(problem("row row rank bank bank_group column channel pseudo_channel"),
              ::testing::ElementsAre("address_map: 'row' takes the rest of its values twice; expected once"));
  EXPECT_THAT(problem("row rank bank bank_group column channel pseudo_channel", 32),
              ::testing::ElementsAre("rows: 32 a bank cover 6.291456 MB; expected the capacity, 12.582912 MB"));
}

}  // namespace
}  // namespace decodesim
