// SPDX-License-Identifier: Apache-2.0
// The bytes that each collective moves, counted in its program, against their closed forms.
#include "workloads/collectives/programs.hpp"

#include <gtest/gtest.h>

#include "sim/core/config/yaml_reader.hpp"
#include "workloads/collectives/all_reduce.hpp"

namespace decodesim {
namespace {

using namespace literals;

CollectiveShape shape(std::int32_t ranks, Bytes bytes, std::int32_t rank = 0) { return {{0, 1, ranks}, rank, bytes}; }

TEST(CollectiveProgramsTest, OneShotMovesTheVectorOfEveryPeer) {
  for (const std::int32_t n : {2, 3, 8}) {
    EXPECT_EQ(payload_received(one_shot_all_reduce(shape(n, 4096_B), false)), 4096_B * (n - 1));
    EXPECT_EQ(payload_received(one_shot_push_all_reduce(shape(n, 4096_B))), 4096_B * (n - 1));
  }
}

TEST(CollectiveProgramsTest, TwoShotAndRingMoveTwoVectorsLessTheirOwnPart) {
  // 2 (N - 1) S / N: 2 x 7 x 512 B
  EXPECT_EQ(payload_received(two_shot_all_reduce(shape(8, 4096_B))), 7168_B);
  EXPECT_EQ(payload_received(ring_all_reduce(shape(8, 4096_B), 1, false)), 7168_B);
  EXPECT_EQ(payload_received(ring_all_reduce(shape(8, 4096_B), 2, true)), 2 * 7168_B);
  // Parts are padded to whole bytes: 2 x 2 x ceil(100 / 3)
  EXPECT_EQ(payload_received(two_shot_all_reduce(shape(3, 100_B))), 136_B);
}

TEST(CollectiveProgramsTest, InNetworkMovesTheVectorOnce) {
  EXPECT_EQ(payload_received(in_network_all_reduce(shape(8, 4096_B))), 4096_B);
}

TEST(CollectiveProgramsTest, AllGatherMovesThePartOfEveryPeer) {
  EXPECT_EQ(payload_received(one_shot_all_gather(shape(8, 4096_B))), 7 * 4096_B);
}

TEST(CollectiveProgramsTest, AllToAllMovesAPartOfEveryPeer) {
  EXPECT_EQ(payload_received(one_shot_all_to_all(shape(8, 4096_B))), 7 * 4096_B);
}

TEST(CollectiveProgramsTest, AMessageIsSentToTheOtherOfTwoAndWaitedForThere) {
  const RankGroup group{6, -4, 2};  // from rank 6 to rank 2
  const MessageProgram sent = send_program({group, 6, 100_B});
  ASSERT_EQ(sent.phases.size(), 1U);
  ASSERT_EQ(sent.phases[0].sends.size(), 1U);
  EXPECT_EQ(sent.phases[0].sends[0].peer, 2);
  EXPECT_EQ(sent.phases[0].sends[0].bytes, 100_B);
  EXPECT_EQ(sent.phases[0].receives, 0);
  const MessageProgram received = receive_program({group, 2, 0_B});
  ASSERT_EQ(received.phases.size(), 1U);
  EXPECT_TRUE(received.phases[0].sends.empty());
  EXPECT_EQ(received.phases[0].receives, 1);
}

TEST(CollectiveProgramsTest, RingHasTwiceAsManyStepsAsNeighbours) {
  EXPECT_EQ(ring_all_reduce(shape(8, 4096_B), 1, false).phases.size(), 14U);
  EXPECT_EQ(ring_all_reduce(shape(8, 4096_B), 1, true).phases.size(), 15U);
}

TEST(CollectiveProgramsTest, OneRankHasNothingToDo) {
  for (const auto& choice : runtime_all_reduces())
    EXPECT_TRUE(all_reduce_program(choice.value, {}, shape(1, 4096_B)).phases.empty()) << choice.name;
  EXPECT_TRUE(one_shot_all_gather(shape(1, 1_B)).phases.empty());
  EXPECT_TRUE(one_shot_all_to_all(shape(1, 1_B)).phases.empty());
}

TEST(CollectiveProgramsTest, RanksAddressTheNextOneFirst) {
  const MessageProgram program = one_shot_all_reduce({{4, 1, 4}, 6, 1_B}, false);  // ranks 4 to 7
  std::vector<std::int32_t> peers;
  for (const Message& message : program.phases[0].sends) peers.push_back(message.peer);
  EXPECT_EQ(peers, (std::vector<std::int32_t>{7, 4, 5}));
}

TEST(CollectiveProgramsTest, EveryProgramIsTheSameButForARotation) {
  const RankGroup group{1, 2, 4};  // ranks 1, 3, 5, 7
  for (const auto& choice : runtime_all_reduces()) {
    const MessageProgram first = all_reduce_program(choice.value, {}, {group, 1, 1000_B});
    for (const std::int32_t rank : {3, 5, 7}) {
      const MessageProgram other = all_reduce_program(choice.value, {}, {group, rank, 1000_B});
      ASSERT_EQ(other.phases.size(), first.phases.size());
      for (std::size_t p = 0; p < first.phases.size(); ++p)
        for (std::size_t m = 0; m < first.phases[p].sends.size(); ++m)
          EXPECT_EQ(group.distance(rank, other.phases[p].sends[m].peer),
                    group.distance(1, first.phases[p].sends[m].peer));
    }
  }
}

TEST(AllReduceSelectionTest, TakesTheFirstThatAppliesBySizeAndRanks) {
  AllReduceSelection s;
  s.in_network_limit = 1_KiB;
  s.one_shot_limit_2 = 8_MiB;
  s.one_shot_limit_4 = 512_KiB;
  s.one_shot_limit_8 = 256_KiB;
  s.two_shot_limit = 4_MiB;
  EXPECT_EQ(s.choose(8, 1023_B), CollectiveAlgorithm::kInNetwork);
  EXPECT_EQ(s.choose(8, 256_KiB - 1_B), CollectiveAlgorithm::kOneShot);
  EXPECT_EQ(s.choose(8, 256_KiB), CollectiveAlgorithm::kTwoShot);
  EXPECT_EQ(s.choose(3, 256_KiB), CollectiveAlgorithm::kOneShot);
  EXPECT_EQ(s.choose(2, 4_MiB), CollectiveAlgorithm::kOneShot);
  EXPECT_EQ(s.choose(16, 4_MiB), CollectiveAlgorithm::kRing);
}

TEST(AllReduceSelectionTest, ShippedSoftwareProfilesStateTheirs) {
  for (const std::string name : {"trtllm-graph", "vllm-graph", "ideal"}) {
    Diagnostics diagnostics;
    const Node node =
        read_yaml_file(std::string(DECODESIM_SOURCE_DIR) + "/models/catalog/software/" + name + ".yaml", diagnostics);
    ASSERT_NE(node.find("all_reduce"), nullptr) << name;
    AllReduceSelection selection;
    AllReduceSelection::schema().read(*node.find("all_reduce"), selection, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << name;
  }
}

}  // namespace
}  // namespace decodesim
