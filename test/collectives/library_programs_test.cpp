// SPDX-License-Identifier: Apache-2.0
// Programs of a collective library: every message is waited for, bytes and steps are those of the closed forms, and
// every rank ends with what the operation promises.
#include "workloads/collectives/library_programs.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "workloads/collectives/tree_shape.hpp"

namespace decodesim {
namespace {

using namespace literals;
using A = CollectiveAlgorithm;
using Op = CollectiveOp;
using P = CollectiveProtocol;

constexpr Bytes kVector = 48'000_B;

CollectiveTeam team_of(std::int32_t ranks, std::int32_t rank, std::int32_t domain = 0) {
  return {{0, 1, ranks}, rank, {}, domain};
}

std::vector<MessageProgram> programs_of(const CollectiveRequest& request, std::int32_t ranks, std::int32_t domain = 0,
                                        const CollectiveLibrary& library = {}) {
  std::vector<MessageProgram> out;
  for (std::int32_t r = 0; r < ranks; ++r)
    out.push_back(library_program(request, team_of(ranks, r, domain), library, {}).program);
  return out;
}

Bytes sent_by(const MessageProgram& program) {
  Bytes out;
  for (const MessagePhase& phase : program.phases)
    for (const Message& message : phase.sends) out += message.bytes;
  return out;
}

std::int64_t busy_phases(const MessageProgram& program) {
  std::int64_t out = 0;
  for (const MessagePhase& phase : program.phases) out += !phase.sends.empty() || phase.receives > 0 ? 1 : 0;
  return out;
}

// Runs the programs without time: every phase begins when its lane's last one has ended, and ends when its messages are
// there. With each message goes whatever its sender knows; returns who knows of whom in the end.
std::vector<std::set<std::int32_t>> spread(const std::vector<MessageProgram>& programs) {
  std::vector<std::set<std::int32_t>> known(programs.size());
  std::map<std::pair<std::int32_t, std::size_t>, std::int64_t> arrived;  // by rank and phase
  std::vector<std::vector<std::size_t>> next(programs.size());
  std::vector<std::vector<bool>> begun(programs.size());
  for (std::size_t r = 0; r < programs.size(); ++r) {
    known[r].insert(static_cast<std::int32_t>(r));
    for (std::size_t lane = 0; lane < programs[r].lane_count(); ++lane) {
      next[r].push_back(programs[r].lane_begin(lane));
      begun[r].push_back(false);
    }
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t r = 0; r < programs.size(); ++r)
      for (std::size_t lane = 0; lane < programs[r].lane_count(); ++lane) {
        const std::size_t phase = next[r][lane];
        if (phase == programs[r].lane_end(lane)) continue;
        const MessagePhase& now = programs[r].phases[phase];
        if (!begun[r][lane])
          for (const Message& message : now.sends) {
            ++arrived[{message.peer, phase}];
            const auto peer = static_cast<std::size_t>(message.peer);
            const std::set<std::int32_t> news = known[r];
            known[peer].insert(news.begin(), news.end());
          }
        moved = moved || !begun[r][lane];
        begun[r][lane] = true;
        if (arrived[{static_cast<std::int32_t>(r), phase}] < now.receives) continue;
        EXPECT_EQ((arrived[{static_cast<std::int32_t>(r), phase}]), now.receives);
        begun[r][lane] = false;
        ++next[r][lane];
        moved = true;
      }
  }
  for (std::size_t r = 0; r < programs.size(); ++r)
    for (std::size_t lane = 0; lane < programs[r].lane_count(); ++lane)
      EXPECT_EQ(next[r][lane], programs[r].lane_end(lane)) << "rank " << r << " waits for ever";
  return known;
}

TEST(LibraryProgramsTest, EveryAlgorithmOfEveryOperationReachesAllRanksAndHangsNowhere) {
  CollectiveLibrary library;
  library.chunk = 10'000_B;  // five chunks
  for (const auto& op : collective_op_choices())
    for (const CollectiveAlgorithm algorithm : algorithms_of(op.value))
      for (const std::int32_t n : {2, 3, 4, 5, 7, 8, 12, 16}) {
        const std::int32_t domain = algorithm == A::kHierarchical ? (n % 4 == 0 ? 4 : 1) : 0;
        const bool kernel = op.value == Op::kAllReduce &&
                            (algorithm == A::kOneShot || algorithm == A::kOneShotPush || algorithm == A::kTwoShot);
        const bool in_switch = algorithm == A::kInNetwork || algorithm == A::kAuto;
        if (kernel || in_switch || !library_problem(op.value, algorithm, team_of(n, 0, domain)).empty()) continue;
        SCOPED_TRACE(std::string(op.name) + " " + std::string(name_of(algorithm)) + " " + std::to_string(n));
        const auto known = spread(programs_of({op.value, algorithm, P::kSimple, kVector}, n, domain, library));
        for (std::int32_t r = 0; r < n; ++r) {
          const auto& of = known[static_cast<std::size_t>(r)];
          if (op.value == Op::kBroadcast)
            EXPECT_TRUE(of.contains(0)) << r;
          else if (op.value == Op::kSendReceive)
            EXPECT_TRUE(of.contains((r + n - 1) % n)) << r;
          else
            EXPECT_EQ(of.size(), static_cast<std::size_t>(n)) << r;
        }
      }
}

TEST(LibraryProgramsTest, RingsSendTheirPartsToTheNext) {
  for (const std::int32_t n : {2, 3, 8}) {
    const Bytes part(kVector.count() / n);
    for (const MessageProgram& program : programs_of({Op::kAllReduce, A::kRing, P::kSimple, kVector}, n)) {
      EXPECT_EQ(sent_by(program), part * 2 * (n - 1));
      EXPECT_EQ(busy_phases(program), 2 * (n - 1));
      EXPECT_TRUE(program.symmetric);
    }
    for (const Op op : {Op::kAllGather, Op::kReduceScatter})
      for (const A algorithm : {A::kRing, A::kOneShot})
        for (const MessageProgram& program : programs_of({op, algorithm, P::kSimple, kVector}, n)) {
          EXPECT_EQ(sent_by(program), part * (n - 1));
          EXPECT_EQ(busy_phases(program), algorithm == A::kRing ? n - 1 : 1);
        }
  }
}

TEST(LibraryProgramsTest, HalvingAndDoublingMoveAsMuchAsARingInFewerSteps) {
  for (const MessageProgram& program : programs_of({Op::kAllReduce, A::kHalvingDoubling, P::kSimple, kVector}, 8)) {
    EXPECT_EQ(sent_by(program), Bytes(2 * 7 * kVector.count() / 8));
    EXPECT_EQ(busy_phases(program), 2 * 3);
    EXPECT_FALSE(program.symmetric);
  }
  const auto first = programs_of({Op::kReduceScatter, A::kHalvingDoubling, P::kSimple, kVector}, 8)[0];
  std::vector<std::pair<std::int32_t, std::int64_t>> sends;
  for (const MessagePhase& phase : first.phases)
    for (const Message& message : phase.sends) sends.emplace_back(message.peer, message.bytes.count());
  EXPECT_EQ(sends, (std::vector<std::pair<std::int32_t, std::int64_t>>{{1, 24'000}, {2, 12'000}, {4, 6'000}}));
  for (const MessageProgram& program : programs_of({Op::kAllGather, A::kHalvingDoubling, P::kSimple, kVector}, 8))
    EXPECT_EQ(sent_by(program), Bytes(7 * kVector.count() / 8));
}

// Six ranks: four halve and double; two of them stand in for the others, whose whole vectors come and go.
TEST(LibraryProgramsTest, HalvingOfOtherThanAPowerOfTwoHasTwoMoreSteps) {
  const auto programs = programs_of({Op::kAllReduce, A::kHalvingDoubling, P::kSimple, kVector}, 6);
  const Bytes inner(2 * 3 * kVector.count() / 4);
  EXPECT_EQ(sent_by(programs[0]), inner + kVector);  // sends the result to rank 4
  EXPECT_EQ(sent_by(programs[2]), inner);
  EXPECT_EQ(sent_by(programs[4]), kVector);
  EXPECT_EQ(busy_phases(programs[0]), 2 * 2 + 2);
}

TEST(TreeShapeTest, NoPositionIsInsideBothTreesAndDepthIsLogarithmic) {
  for (std::int32_t n = 1; n <= 70; ++n) {
    const TreeShape first(n, 0);
    const TreeShape second(n, 1);
    for (std::int32_t i = 0; i < n; ++i) {
      EXPECT_TRUE(first.at(i).children.empty() || second.at(i).children.empty() || n == 1) << n << " " << i;
      EXPECT_LE(first.at(i).children.size(), 2U);
      EXPECT_EQ(first.at(i).parent < 0, i == first.root());
      if (first.at(i).parent >= 0) {
        EXPECT_EQ(first.at(first.at(i).parent).depth + 1, first.at(i).depth);
      }
    }
    std::int32_t log = 0;
    while ((1 << log) < n) ++log;
    EXPECT_LE(first.depth(), std::max(log, 0)) << n;
  }
}

// Up and down both trees: each rank but two roots sends half up, each but the leaves sends it down twice: 2 S (n - 1).
TEST(LibraryProgramsTest, TreesSendTwoVectorsARankAndNobodyMoreThanTwoAndAHalf) {
  const auto programs = programs_of({Op::kAllReduce, A::kTree, P::kSimple, kVector}, 16);
  Bytes total;
  for (const MessageProgram& program : programs) {
    total += sent_by(program);
    EXPECT_LE(sent_by(program), kVector * 5 / 2);
    EXPECT_EQ(program.lane_count(), 2U);
  }
  EXPECT_EQ(total, kVector * 2 * 15);
}

// 16 ranks in domains of 4: three steps of a quarter inside, the trees of 4 over a quarter, three steps inside.
TEST(LibraryProgramsTest, HierarchicalSendsAQuarterBetweenDomains) {
  const auto programs = programs_of({Op::kAllReduce, A::kHierarchical, P::kSimple, kVector}, 16, 4);
  Bytes outside;
  for (std::int32_t r = 0; r < 16; ++r) {
    Bytes inside;
    for (const MessagePhase& phase : programs[static_cast<std::size_t>(r)].phases)
      for (const Message& message : phase.sends) {
        if (message.peer / 4 == r / 4)
          inside += message.bytes;
        else
          outside += message.bytes;
        EXPECT_TRUE(message.peer / 4 == r / 4 || message.peer % 4 == r % 4);
      }
    EXPECT_EQ(inside, kVector * 3 / 4 * 2);
  }
  EXPECT_EQ(outside, kVector / 4 * 2 * 3 * 4);  // four rails, each 2 S / 4 to the three others of its four
}

TEST(LibraryProgramsTest, BroadcastsSendTheVectorOnceToEveryRank) {
  for (const A algorithm : {A::kRing, A::kTree}) {
    Bytes total;
    for (const MessageProgram& program : programs_of({Op::kBroadcast, algorithm, P::kSimple, kVector}, 8))
      total += sent_by(program);
    EXPECT_EQ(total, kVector * 7) << name_of(algorithm);
  }
}

TEST(LibraryProgramsTest, PairsShakeHandsAndThenSendTheirParts) {
  for (const MessageProgram& program : programs_of({Op::kAllToAll, A::kOneShot, P::kSimple, kVector}, 8)) {
    EXPECT_EQ(sent_by(program), Bytes(7 * kVector.count() / 8));
    EXPECT_EQ(busy_phases(program), 2);
  }
  const auto shift = programs_of({Op::kSendReceive, A::kOneShot, P::kSimple, kVector}, 8);
  EXPECT_EQ(sent_by(shift[3]), kVector);
  EXPECT_EQ(shift[3].phases[1].sends[0].peer, 2);
  EXPECT_EQ(shift[3].phases[2].sends[0].peer, 4);
}

// Lines of 16 B with 8 B of data double the wire; a step takes its own time, and what does not stream is copied.
TEST(LibraryProgramsTest, AProtocolSetsBytesOnTheWireAndTimeOfAStep) {
  CollectiveLibrary library;
  library.setup = 5_us;
  library.copy_share = Ratio(500'000);
  library.ll = {true, 700_ns, 2_us, 16, 8, false};
  library.simple = {true, 3_us, 9_us, 1, 1, true};
  const MachineCosts costs{{0_ps, 2_GBps}, {0_ps, 1_GBps}};  // copies at 1 GB/s
  const auto ll = library_program({Op::kAllReduce, A::kRing, P::kLl, 1000_B}, team_of(2, 0), library, costs).program;
  ASSERT_EQ(ll.phases.size(), 3U);
  EXPECT_EQ(ll.phases[0].local, 5_us);
  EXPECT_EQ(ll.phases[1].sends[0].bytes, 1000_B);
  EXPECT_EQ(ll.phases[1].local, 700_ns + 1000_ns);
  const auto simple =
      library_program({Op::kAllReduce, A::kRing, P::kSimple, 1000_B}, team_of(2, 0), library, costs).program;
  ASSERT_EQ(simple.phases.size(), 4U);
  EXPECT_EQ(simple.phases[1].sends[0].bytes, 500_B);
  EXPECT_EQ(simple.phases[1].local, 3_us);
  EXPECT_EQ(simple.phases[3].local, 500_ns);  // the last part is copied out
}

TEST(LibraryProgramsTest, MessagesBetweenDomainsHaveTheirOwnStepAndAHandshakeAboveTheEagerLimit) {
  CollectiveLibrary library;
  library.simple = {true, 3_us, 9_us};
  library.eager_limit = 500_B;
  library.rendezvous = 4_us;
  const auto longest_step = [&](Bytes bytes) {
    Duration out;
    for (const MessagePhase& phase :
         programs_of({Op::kAllReduce, A::kHierarchical, P::kSimple, bytes}, 8, 4, library)[0].phases)
      out = std::max(out, phase.local);
    return out;
  };
  EXPECT_EQ(longest_step(8 * 500_B), 9_us);  // halves through either tree, a quarter of them a rail
  EXPECT_EQ(longest_step(8 * 501_B), 13_us);
}

TEST(LibraryProgramsTest, TheEstimateAddsUpCrossingsBytesAndSteps) {
  CollectiveLibrary library;
  library.simple = {true, 3_us, 9_us};
  const MachineCosts costs{{100_ns, 1_GBps}, {100_ns, 1_GBps}};
  const auto estimate = [&](Op op, A algorithm, Bytes bytes) {
    return library_program({op, algorithm, P::kSimple, bytes}, team_of(8, 0), library, costs).estimate;
  };
  EXPECT_NEAR(to_seconds(estimate(Op::kAllReduce, A::kRing, 8000_B)), 14 * (100e-9 + 1e-6 + 3e-6), 1e-10);
  EXPECT_NEAR(to_seconds(estimate(Op::kAllReduce, A::kHalvingDoubling, 8000_B)), 2 * (3 * 3.1e-6 + 7e-6), 1e-10);
}

TEST(LibraryCandidatesTest, EveryAlgorithmWithEveryProtocolThatTheLibraryWeighs) {
  CollectiveLibrary library;
  library.ll.use = library.ll128.use = true;
  library.message_ll_limit = 1_KiB;
  const auto texts = [&](const CollectiveRequest& asked, const CollectiveTeam& team, bool reduces) {
    std::vector<std::string> out;
    for (const CollectiveRequest& request : library_candidates(asked, team, library, reduces))
      out.push_back(request.text());
    return out;
  };
  using Texts = std::vector<std::string>;
  const CollectiveRequest all_reduce{Op::kAllReduce, A::kAuto, P::kAuto, 1_MiB};
  library.any_algorithm = false;
  EXPECT_EQ(texts(all_reduce, team_of(8, 0), true), (Texts{"ring ll", "ring ll128", "ring simple"}));
  library.in_network = true;
  EXPECT_EQ(texts(all_reduce, team_of(8, 0), true).back(), "in_network");
  EXPECT_EQ(texts(all_reduce, team_of(8, 0), false).back(), "ring simple");
  EXPECT_EQ(texts(all_reduce, team_of(8, 0, 4), false).back(), "hierarchical simple");
  EXPECT_EQ(texts({Op::kAllReduce, A::kTree, P::kLl, 1_MiB}, team_of(8, 0), false), (Texts{"tree ll"}));
  library.any_algorithm = true;
  EXPECT_EQ(texts(all_reduce, team_of(8, 0), false).size(), 9U);
  EXPECT_EQ(texts({Op::kAllToAll, A::kAuto, P::kAuto, 8_KiB}, team_of(8, 0), false), (Texts{"one_shot ll"}));
  EXPECT_EQ(texts({Op::kAllToAll, A::kAuto, P::kAuto, 9_KiB}, team_of(8, 0), false), (Texts{"one_shot simple"}));
}

TEST(CollectiveKindsTest, BusBandwidthHasTheFactorsOfNcclTests) {
  EXPECT_EQ(least_traffic(Op::kAllReduce, 8, 8000_B, false), 14'000_B);
  EXPECT_EQ(least_traffic(Op::kAllReduce, 8, 8000_B, true), 8000_B);
  EXPECT_EQ(least_traffic(Op::kAllGather, 8, 8000_B, false), 7000_B);
  EXPECT_EQ(least_traffic(Op::kBroadcast, 8, 8000_B, false), 8000_B);
  EXPECT_EQ(least_traffic(Op::kBroadcast, 1, 8000_B, false), 0_B);
  EXPECT_EQ(bus_factor(Op::kAllReduce, 2).numerator, 2);
}

}  // namespace
}  // namespace decodesim
