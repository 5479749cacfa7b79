// SPDX-License-Identifier: Apache-2.0
#include "topologies/star.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

std::string message_of(std::int64_t endpoints, std::int64_t ports) {
  try {
    star(endpoints, ports);
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "";
}

TEST(StarTest, EveryEndpointHangsOnItsPortOfTheSwitch) {
  const Topology topology = star(8, 64);
  EXPECT_NO_THROW(validate(topology));
  EXPECT_EQ(topology.endpoints(), 8);
  EXPECT_EQ(topology.nodes.size(), 9U);
  EXPECT_EQ(topology.cables.size(), 8U);
  EXPECT_EQ(output_ports(topology, 8), (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(StarTest, AnyTwoEndpointsAreTwoHopsApart) {
  const Topology topology = star(5, 5);
  for (std::int32_t a = 0; a < 5; ++a)
    for (std::int32_t b = 0; b < 5; ++b) EXPECT_EQ(hops(topology, a, b), a == b ? 0 : 2);
}

TEST(StarTest, CountsThatCannotBeAreRefused) {
  EXPECT_EQ(message_of(0, 8), "a star of 0 endpoints; expected 1 to 1000000");
  EXPECT_EQ(message_of(-3, 8), "a star of -3 endpoints; expected 1 to 1000000");
  EXPECT_EQ(message_of(4, 0), "a switch with 0 ports; expected at least 1");
  EXPECT_EQ(message_of(9, 8), "a star of 9 endpoints on a switch with 8 ports; expected at most 8");
}

}  // namespace
}  // namespace decodesim
