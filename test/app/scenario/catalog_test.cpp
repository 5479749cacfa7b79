// SPDX-License-Identifier: Apache-2.0
// Every part that ships is sound and says where its figures come from.
#include <gtest/gtest.h>

#include "sim/app/scenario/part_listing.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

Node named(const std::string& name) { return Node::scalar(name, whole_file("test.yaml")); }

// Every figure below `node` that has no source.
void collect_unsourced(const Node& node, const std::string& path, std::vector<std::string>& out) {
  if (node.is_scalar() && node.source().empty()) out.push_back(path);
  for (const Node::Entry& entry : node.entries()) collect_unsourced(entry.value, path + "." + entry.key, out);
}

TEST(CatalogTest, EveryShippedPartIsSoundAndEachFigureHasASource) {
  const Catalog catalog = test::catalog();
  std::size_t parts = 0;
  for (const PartKindInfo& info : part_kinds()) {
    for (const std::string& name : catalog.names(info.kind)) {
      SCOPED_TRACE(name);
      const PartListing listing = list_part(catalog, info.kind, named(name));
      EXPECT_EQ(listing.part.name, name) << "the file is named otherwise";
      EXPECT_FALSE(listing.part.summary.empty());
      EXPECT_EQ(listing.values.size(), listing.fields.size());
      Node figures = listing.part.node;
      figures.erase("model");
      std::vector<std::string> unsourced;
      collect_unsourced(figures, name, unsourced);
      EXPECT_EQ(unsourced, std::vector<std::string>{});
      ++parts;
    }
  }
  EXPECT_GE(parts, 13U);
}

TEST(CatalogTest, AnAcceleratorsOtherPartsExist) {
  const Catalog catalog = test::catalog();
  for (const std::string& name : catalog.names(PartKind::kAccelerator)) {
    // Whatever it holds, the model shall fit.
    const std::string text =
        "system: {accelerators: {use: " + name +
        "}, memory: [{capacity: 96 GB}]}\nworkload: {kind: decode, model: llama-3-8b, batch: 1, context: 10}\n";
    EXPECT_EQ(test::mistakes(text), "") << name;
  }
}

TEST(CatalogTest, AnH100HasItsDatasheetsBandwidthAndIdleLatency) {
  const Plan plan = test::read(test::kMinimal);
  const DramParameters& dram = *plan.memory[0].dram;
  EXPECT_NEAR(to_double(dram.peak() * plan.memory[0].stacks), 3.35e12, 0.005e12);
  const Duration idle = plan.accelerator.memory_path_latency + dram.rcd_read + dram.read_latency + dram.burst_time();
  EXPECT_GE(idle, Duration(348'000));  // GH200, measured
  EXPECT_LE(idle, Duration(375'000));  // H100 PCIe, measured
}

TEST(CatalogTest, APartOfAnotherKindIsRefused) {
  const std::filesystem::path file = std::filesystem::path(DECODESIM_SOURCE_DIR) / "models/catalog/links/nvlink-4.yaml";
  try {
    static_cast<void>(test::catalog().load(PartKind::kMemory, named(file.string())));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.diagnostics().front().message,
              "the part 'nvlink-4' is of kind 'link'; expected a part of kind memory");
  }
}

TEST(CatalogTest, APartFileIsRelativeToTheFileThatNamesIt) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "decodesim_catalog_test";
  std::filesystem::create_directories(folder / "parts");
  std::ofstream(folder / "parts/mine.yaml") << "kind: link\nsummary: mine\nbandwidth: 1 GB/s\nlatency: 1 us\n";
  std::ofstream(folder / "scenario.yaml")
      << test::replaced(test::kMinimal, "workload:", "  network: {link: {use: parts/mine.yaml}}\nworkload:");
  const Plan plan = read_scenario((folder / "scenario.yaml").string(), test::catalog());
  EXPECT_EQ(plan.network->link.bandwidth, Bandwidth(1'000'000'000));
  EXPECT_EQ(test::at(plan, "system.network.link.part").value, "mine");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace decodesim
