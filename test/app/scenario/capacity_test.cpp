// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::kMinimal;
using test::read;
using test::replaced;

TEST(CapacityTest, EveryAskerIsCountedOnItsTier) {
  const Plan plan = read(replaced(kMinimal, "workload:", "  memory: [{name: second, use: ideal-memory}]\nworkload:") +
                         "  placement: {kv_cache: second}\n");
  const std::vector<TierCapacity> table = capacity_table(plan);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].tier, "hbm");
  EXPECT_EQ(table[0].capacity, 80_GB);
  ASSERT_EQ(table[1].entries.size(), 1U);
  EXPECT_EQ(table[1].entries[0].name, "kv cache");
  // 16 sequences x 2049 tokens x 80 layers x 2 x 128 B of the one kv head of this rank.
  EXPECT_EQ(table[1].asked, Bytes(16LL * 2049 * 80 * 2 * 128));
  Bytes sum;
  for (const CapacityEntry& entry : table[0].entries) sum += entry.bytes;
  EXPECT_EQ(sum, table[0].asked);
  EXPECT_TRUE(table[0].fits());
}

TEST(CapacityTest, TooMuchIsRefusedWithATable) {
  try {
    read(kMinimal, {{"workload.context", "900000"}});
    FAIL() << "it fits";
  } catch (const CapacityError& error) {
    EXPECT_STREQ(
        error.what(),
        "test.yaml:4:3: memory tier 'hbm' is too small: 304 GB asked for on each accelerator, 224 GB too much; "
        "expected at most 80 GB");
    EXPECT_EQ(error.table(),
              "  hbm, on each accelerator:\n"
              "    embedding table             262.7 MB\n"
              "    attention weights            1.51 GB\n"
              "    mlp weights                 7.046 GB\n"
              "    norm weights                2.638 MB\n"
              "    lm_head weights             262.7 MB\n"
              "    kv cache                    294.9 GB\n"
              "    activations                 753.7 kB\n"
              "    logits                      4.617 MB\n"
              "    asked for                     304 GB\n"
              "    capacity                       80 GB\n"
              "    too much                      224 GB\n");
  }
}

TEST(CapacityTest, ExactlyFullFits) {
  const Plan plan = read(kMinimal);
  const Bytes asked = capacity_table(plan)[0].asked;
  const std::string exact = std::to_string(asked.count()) + " B";
  const std::string less = std::to_string(asked.count() - 1) + " B";
  const std::vector<Assignment> one{{"system.memory.0.stacks", "1"}};
  EXPECT_NO_THROW(read(kMinimal, {one[0], {"system.memory.0.capacity", exact}}));
  EXPECT_THROW(read(kMinimal, {one[0], {"system.memory.0.capacity", less}}), CapacityError);
}

}  // namespace
}  // namespace decodesim
