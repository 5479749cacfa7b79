// SPDX-License-Identifier: Apache-2.0
// One rank that stands for all must take exactly the time, to the picosecond, that each of all ranks takes.
#include <gtest/gtest.h>

#include "test/models/network/star_network.hpp"
#include "workloads/collectives/all_reduce.hpp"
#include "workloads/collectives/library_programs.hpp"

namespace decodesim {
namespace {

using test::StarNetwork;
using test::StarParams;

const std::vector<Bytes> kSizes{1_B, 256_B, 1000_B, 16_KiB, 100'001_B, 256_KiB, 1_MiB, 5_MiB};

// Buffers of two trains, so that credits block too.
StarParams tight_buffers() {
  StarParams p;
  p.nic.max_train = 4_KiB;
  p.nic.buffer = p.network_switch.buffer = 10_KiB;
  p.collectives.reduce_rate = 700_GBps;
  return p;
}

void expect_equal_times(const StarParams& params, std::int32_t ranks) {
  Context context;
  StarNetwork whole("whole", context, params, ranks, false);
  StarNetwork folded("folded", context, params, ranks, true);
  const RankGroup group{0, 1, ranks};
  for (const Bytes bytes : kSizes) {
    std::vector<std::pair<std::string, StarNetwork::ProgramMaker>> programs;
    for (const auto& choice : runtime_all_reduces())
      programs.emplace_back(choice.name, [=](std::int32_t rank) {
        return all_reduce_program(choice.value, {}, {group, rank, bytes});
      });
    programs.emplace_back("all_gather", [=](std::int32_t rank) { return one_shot_all_gather({group, rank, bytes}); });
    programs.emplace_back("one_shot with barrier at end", [=](std::int32_t rank) {
      return one_shot_all_reduce({group, rank, bytes}, true);
    });
    for (const auto& [name, program] : programs) {
      const Duration expected = whole.run(program);
      ASSERT_EQ(whole.done, static_cast<std::size_t>(ranks)) << name;
      EXPECT_EQ(folded.run(program), expected) << name << ", " << ranks << " ranks, " << bytes.count() << " B";
      EXPECT_EQ(folded.done, 1U) << name;
      EXPECT_TRUE(folded.idle()) << name;
      EXPECT_EQ(folded.payload_received() * ranks, whole.payload_received()) << name;
      EXPECT_EQ(folded.payload_sent(), folded.payload_received()) << name;
    }
  }
}

TEST(FoldingTest, TwoRanks) { expect_equal_times({}, 2); }
TEST(FoldingTest, FourRanks) { expect_equal_times({}, 4); }
TEST(FoldingTest, EightRanks) { expect_equal_times({}, 8); }
TEST(FoldingTest, EightRanksUnderBackPressure) { expect_equal_times(tight_buffers(), 8); }
TEST(FoldingTest, EightRanksWithoutLatencies) { expect_equal_times(test::ideal_latency(100_GBps), 8); }

// Those of a library that are symmetric, with several chunks under way.
TEST(FoldingTest, LibraryProgramsOfEightRanks) {
  CollectiveLibrary library;
  library.setup = 1_us;
  library.copy_share = Ratio(1'000'000);
  library.chunk = 128_KiB;
  library.in_network_step = 500_ns;
  library.ll = {true, 400_ns, 0_ns, 16, 8, false};
  const MachineCosts costs{{360_ns, 376_GBps}, {360_ns, 376_GBps}};
  Context context;
  StarNetwork whole("whole", context, tight_buffers(), 8, false);
  StarNetwork folded("folded", context, tight_buffers(), 8, true);
  for (const auto& op : collective_op_choices())
    for (const CollectiveAlgorithm algorithm : algorithms_of(op.value))
      for (const CollectiveProtocol protocol : library.protocols()) {
        const bool kernel = op.value == CollectiveOp::kAllReduce && (algorithm == CollectiveAlgorithm::kOneShot ||
                                                                     algorithm == CollectiveAlgorithm::kOneShotPush ||
                                                                     algorithm == CollectiveAlgorithm::kTwoShot);
        if (kernel || !is_symmetric(op.value, algorithm)) continue;
        for (const Bytes bytes : {1000_B, 1_MiB}) {
          const auto program = [&](std::int32_t rank) {
            return library_program({op.value, algorithm, protocol, bytes}, {{0, 1, 8}, rank, {}, 0}, library, costs)
                .program;
          };
          const Duration expected = whole.run(program);
          ASSERT_EQ(whole.done, 8U);
          EXPECT_EQ(folded.run(program), expected) << op.name << " " << name_of(algorithm) << " " << bytes.count();
          EXPECT_TRUE(folded.idle());
        }
      }
}

// Two groups side by side on one switch: consecutive ranks (tensor parallelism) and strided ones.
TEST(FoldingTest, GroupsOfSomeOfTheRanks) {
  Context context;
  StarNetwork whole("whole", context, {}, 8, false);
  StarNetwork folded("folded", context, {}, 8, true);
  for (const std::int32_t stride : {1, 2}) {
    const auto group_of = [=](std::int32_t rank) {
      return stride == 1 ? RankGroup{rank / 4 * 4, 1, 4} : RankGroup{rank % 2, 2, 4};
    };
    for (const auto& choice : runtime_all_reduces()) {
      for (const Bytes bytes : {512_B, 1_MiB}) {
        const auto program = [=](std::int32_t rank) {
          return all_reduce_program(choice.value, {}, {group_of(rank), rank, bytes});
        };
        EXPECT_EQ(whole.run(program), folded.run(program)) << choice.name << " stride " << stride;
      }
    }
  }
}

}  // namespace
}  // namespace decodesim
