// SPDX-License-Identifier: Apache-2.0
// Networks of 65,536 endpoints: what they take is counted in bytes, and no route needs a table of pairs.
#include "test/topologies/fabric_checks.hpp"
#include "topologies/cube.hpp"
#include "topologies/dragonfly.hpp"
#include "topologies/tree.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kMebibyte = 1 << 20U;

std::int64_t bytes_of(const Topology& topology) {
  return static_cast<std::int64_t>(topology.nodes.capacity() * sizeof(TopologyNode) +
                                   topology.cables.capacity() * sizeof(TopologyCable));
}

void expect_large(const Fabric& fabric, std::int64_t endpoints, bool shortest_paths = true) {
  EXPECT_EQ(fabric.topology().endpoints(), endpoints);
  const PortMap ports(fabric.topology());
  // A table of all pairs would have 4 x 10^9 entries.
  EXPECT_LT(bytes_of(fabric.topology()) + ports.bytes(), 64 * kMebibyte);
  EXPECT_EQ(test::refusal([&] { validate(fabric.topology()); }), "");
  for (const RoutingAlgorithm algorithm : fabric.algorithms())
    test::expect_valid_routes(fabric, algorithm, shortest_paths, 20);
  const NetworkMeasures m = measure(fabric);
  EXPECT_EQ(m.diameter.method, "closed form");
  const DeadlockReport report =
      check_deadlock(fabric.topology(), ports, *fabric.routing(RoutingAlgorithm::kMinimal), 2000);
  EXPECT_TRUE(report.cycle.empty());
  EXPECT_FALSE(report.complete);  // and it says that it has not seen all
  EXPECT_LE(report.pairs, 2000);
}

TEST(ScaleTest, FatTreeOf65536) {
  const TreeFabric fabric(TreeShape::fat_tree(64, 3));  // 64^3 / 4
  expect_large(fabric, 65'536);
  EXPECT_EQ(measure(fabric).switches, 5 * 64 * 64 / 4);
}

TEST(ScaleTest, TorusOf65536) {
  const CubeFabric fabric(CubeShape::torus({64, 32, 32}));
  expect_large(fabric, 65'536);
  EXPECT_EQ(measure(fabric).diameter.value, 32 + 16 + 16);
}

TEST(ScaleTest, DragonflyOf65536) {
  const DragonflyFabric fabric({16, 32, 16, 128 + 1});  // 512 global links a group: 4 cables between two of 129
  expect_large(fabric, 16 * 32 * 129, false);
  EXPECT_GE(fabric.topology().endpoints(), 65'536);
}

}  // namespace
}  // namespace decodesim
