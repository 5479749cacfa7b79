// SPDX-License-Identifier: Apache-2.0
// Every shipped accelerator against its datasheet: bandwidth of all stacks, capacity, dense bf16. LIMINAL's chips are
// there against its paper.
#include <gmock/gmock.h>

#include "test/app/scenario/fixture.hpp"
#include "test/support/dram_parts.hpp"

namespace decodesim {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
constexpr double kTiB = 1024.0 * kGiB;

double flops(FlopRate rate) { return static_cast<double>(rate.count()); }

struct Datasheet {
  const char* part;
  double bandwidth;  ///< B/s
  double capacity;   ///< B; vendors mostly say GB where they mean GiB
  double bf16;       ///< FLOP/s, dense
  double eight;      ///< FLOP/s, dense, of the faster of fp8 and int8

  friend std::ostream& operator<<(std::ostream& out, const Datasheet& d) { return out << d.part; }
};

// Sources are those of the parts' files, in which fp8 and int8 that are absent compute at the bf16 rate.
constexpr Datasheet kDatasheets[] = {
    {"a100-sxm", 2.039e12, 80 * kGiB, 312e12, 624e12},
    {"b200-sxm", 8e12, 180 * kGiB, 2250e12, 4500e12},
    {"gb200", 8e12, 186 * kGiB, 2500e12, 5000e12},
    {"h100-pcie", 2.039e12, 80 * kGiB, 756e12, 1513e12},
    {"h100-sxm", 3.35e12, 80e9, 989.4e12, 1979e12},
    {"h200-sxm", 4.8e12, 141 * kGiB, 989.4e12, 1979e12},
    {"ideal", 4 * kTiB, 96e9, 2250e12, 2250e12},
    {"l40s", 864e9, 48 * kGiB, 362e12, 733e12},
    {"liminal-cows", 2250 * kTiB, 11e9, 28.13e15, 28.13e15},
    {"liminal-xpu-3d-dram", 30 * kTiB, 36e9, 2250e12, 2250e12},
    {"liminal-xpu-hbm3", 4 * kTiB, 96e9, 2250e12, 2250e12},
    {"liminal-xpu-hbm4", 18 * kTiB, 192e9, 2250e12, 2250e12},
    {"liminal-xpu-sram", 117 * kTiB, 512e6, 1130e12, 1130e12},
    {"lpu", 80e12, 230e6, 188e12, 750e12},
    {"mi300x", 5.325e12, 192 * kGiB, 1307.4e12, 2614.9e12},
    {"mi325x", 6e12, 256 * kGiB, 1307.4e12, 2614.9e12},
    {"mi355x", 8e12, 288 * kGiB, 2516.6e12, 5033.2e12},
    {"rtx-pro-6000-server", 1.597e12, 96 * kGiB, 480e12, 960e12},
    {"tpu-7x", 7.37e12, 192 * kGiB, 2307e12, 4614e12},
    {"tpu-v5e", 819e9, 16 * kGiB, 197e12, 393e12},
    {"tpu-v5p", 2.765e12, 95 * kGiB, 459e12, 918e12},
    {"tpu-v6e", 1.638e12, 32 * kGiB, 918e12, 1836e12},
};

TEST(AcceleratorsTest, EveryShippedAcceleratorIsExpectedHere) {
  std::vector<std::string> expected;
  for (const Datasheet& d : kDatasheets) expected.emplace_back(d.part);
  EXPECT_THAT(test::catalog().names(PartKind::kAccelerator), ::testing::ElementsAreArray(expected));
}

class AcceleratorTest : public ::testing::TestWithParam<Datasheet> {
 protected:
  // A memory workload: it asks for little capacity.
  [[nodiscard]] static Plan plan() {
    return test::read("system: {accelerators: {use: " + std::string(GetParam().part) +
                      "}}\nworkload: {kind: memory, pattern: {kind: sequential, request: 320 B, footprint: 1 MiB, "
                      "count: 1}}\n");
  }
};

TEST_P(AcceleratorTest, HasItsDatasheetsFigures) {
  const Datasheet& d = GetParam();
  const Plan plan = AcceleratorTest::plan();
  const MemoryPlan& memory = plan.memory.front();
  const Bandwidth one = memory.dram ? memory.dram->peak() : memory.flat->bandwidth;
  EXPECT_NEAR(to_double(one * memory.stacks), d.bandwidth, 0.01 * d.bandwidth);
  EXPECT_NEAR(to_double(memory.capacity()), d.capacity, 0.01 * d.capacity);
  const AcceleratorParameters& a = plan.accelerator;
  EXPECT_NEAR(flops(a.rate(DataType::kBf16)), d.bf16, 0.005 * d.bf16);
  EXPECT_NEAR(flops(std::max(a.rate(DataType::kFp8), a.rate(DataType::kInt8))), d.eight, 0.005 * d.eight);
  EXPECT_GE(a.rate(DataType::kFp4), a.rate(DataType::kFp8));
}

// All cores together can keep enough bytes outstanding for the pins: Little's law with the idle latency.
TEST_P(AcceleratorTest, ItsCoresCanFillItsMemory) {
  const Plan plan = AcceleratorTest::plan();
  const MemoryPlan& memory = plan.memory.front();
  if (!memory.dram) GTEST_SKIP() << "flat memories have no latency";
  const DramParameters& dram = *memory.dram;
  const AcceleratorParameters& a = plan.accelerator;
  const Duration idle = a.memory_path_latency + dram.rcd_read + dram.read_latency + dram.burst_time();
  EXPECT_GT(a.in_flight_per_core * a.cores / idle, dram.peak() * memory.stacks);
}

INSTANTIATE_TEST_SUITE_P(Shipped, AcceleratorTest, ::testing::ValuesIn(kDatasheets),
                         [](const auto& test) { return test::test_name(test.param.part); });

}  // namespace
}  // namespace decodesim
