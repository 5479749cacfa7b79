// SPDX-License-Identifier: Apache-2.0
// The shipped network parts are readable, every figure in them has a source, and they agree with the defaults.
#include <gtest/gtest.h>

#include "models/network/collective_engine.hpp"
#include "models/network/link.hpp"
#include "models/network/nic.hpp"
#include "models/network/switch.hpp"
#include "sim/core/config/yaml_reader.hpp"

namespace decodesim {
namespace {

template <class P>
P read_part(const std::string& file, const std::string& kind) {
  Diagnostics diagnostics;
  const Node node = read_yaml_file(std::string(DECODESIM_SOURCE_DIR) + "/models/catalog/" + file, diagnostics);
  EXPECT_EQ(node.find("kind")->text(), kind) << file;
  P params;
  P::schema().read(node, params, diagnostics, {"part", "kind", "summary"});
  for (const Diagnostic& mistake : diagnostics.list()) ADD_FAILURE() << mistake.text();
  for (const Node::Entry& entry : node.entries()) {
    const bool figure = entry.key != "part" && entry.key != "kind" && entry.key != "summary";
    EXPECT_TRUE(!figure || !entry.value.source().empty()) << file << ": " << entry.key;
  }
  return params;
}

TEST(NetworkCatalogTest, Nvlink4IsTheDefaultLink) {
  const auto link = read_part<LinkParams>("links/nvlink-4.yaml", "link");
  EXPECT_EQ(link.bandwidth, LinkParams{}.bandwidth);
  EXPECT_EQ(link.latency, LinkParams{}.latency);
}

TEST(NetworkCatalogTest, Nvlink4NicIsTheDefaultNicAndReaches376GigabytesASecond) {
  const auto nic = read_part<NicParams>("nics/nvlink-4-nic.yaml", "nic");
  EXPECT_EQ(nic.read_latency, NicParams{}.read_latency);
  const Bandwidth payload_rate = 1_GB / (wire_bytes(nic, 1_GB) / 450_GBps);
  EXPECT_EQ(payload_rate / 1_GBps, 376);
}

TEST(NetworkCatalogTest, OneCrossingIsHalfARelaxedBarrier) {
  const auto link = read_part<LinkParams>("links/nvlink-4.yaml", "link");
  const auto nic = read_part<NicParams>("nics/nvlink-4-nic.yaml", "nic");
  const auto crossbar = read_part<SwitchParams>("switches/nvswitch-3.yaml", "switch");
  EXPECT_EQ(nic.send_overhead + link.latency + crossbar.crossing + link.latency + nic.receive_overhead, 360_ns);
}

TEST(NetworkCatalogTest, IdealPartsCostNoTime) {
  EXPECT_EQ(read_part<LinkParams>("links/ideal-link.yaml", "link").latency, 0_ps);
  EXPECT_EQ(read_part<NicParams>("nics/ideal-nic.yaml", "nic").message_gap, 0_ps);
  EXPECT_EQ(read_part<SwitchParams>("switches/ideal-switch.yaml", "switch").crossing, 0_ps);
}

TEST(NetworkCatalogTest, SoftwareProfilesStateTheCostOfCollectives) {
  for (const std::string name : {"trtllm-graph", "vllm-graph", "sglang-graph", "ideal"}) {
    Diagnostics diagnostics;
    const Node node =
        read_yaml_file(std::string(DECODESIM_SOURCE_DIR) + "/models/catalog/software/" + name + ".yaml", diagnostics);
    ASSERT_NE(node.find("collectives"), nullptr) << name;
    CollectiveParams params;
    CollectiveParams::schema().read(*node.find("collectives"), params, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << name;
  }
}

}  // namespace
}  // namespace decodesim
