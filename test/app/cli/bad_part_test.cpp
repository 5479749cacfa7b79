// SPDX-License-Identifier: Apache-2.0
// DRAM parts of a user's own whose figures contradict each other, through the program itself: refused by the place in
// the part's file before anything is simulated or written.
#include <gtest/gtest.h>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

std::string shipped(const std::string& part) {
  std::ifstream in(std::string(DECODESIM_SOURCE_DIR) + "/models/catalog/memory/" + part + ".yaml");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A scenario with the shipped `part` in which `what` is replaced by `by`: refused with exactly `said`.
void expect_refused(const std::string& part, const std::string& what, const std::string& by, const std::string& said) {
  const test::ProgramFolder folder;
  folder.write("part.yaml", replaced(shipped(part), what, by));
  folder.write("bad.yaml", replaced(test::kTiny, "workload:", "  memory: [{use: part.yaml, name: hbm}]\nworkload:"));
  const test::Outcome outcome = folder.run("run bad.yaml --out results/bad");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, said);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(folder.entries(), 2U) << "something was written";
}

TEST(BadPartTest, TimingsThatContradictEachOther) {
  expect_refused("hbm4-8000", "rc: {value: 45 ns", "rc: {value: 40 ns",
                 "part.yaml:26:13: memory hbm: rc 40 ns is below ras + rp 45 ns; expected tRC >= tRAS + tRP\n");
  expect_refused(
      "ddr5-6400", "faw: {value: 10 ns", "faw: {value: 1 ns",
      "part.yaml:31:14: memory hbm: faw is below rrd_s; expected a window of four activates to hold two of them\n");
}

TEST(BadPartTest, AddressMapThatDoesNotCoverTheCapacity) {
  expect_refused(
      "hbm4-8000", "energy:", "controller: {address_map: row rank bank column bank_group channel}\nenergy:",
      "part.yaml:44:27: memory hbm: address_map: its pieces of 'pseudo_channel' have 1 values; expected to cover 2\n");
  expect_refused(
      "lpddr5x-8533", "energy:", "rows: 32768\nenergy:",
      "part.yaml:47:7: memory hbm: rows: 32768 a bank cover 8.589934592 GB; expected the capacity, 17.179869184 GB\n");
}

TEST(BadPartTest, BurstsThatDoNotFitTheRows) {
  expect_refused("gddr6-16000", "burst_length: {value: 16", "burst_length: {value: 24",
                 "part.yaml:13:20: memory hbm: row_bytes 2.048 kB is not a multiple of the burst's 48 B; expected "
                 "whole bursts\npart.yaml:17:16: memory hbm: ccd_s is shorter than a burst; expected tCCD_S to cover "
                 "burst_length / transfers_per_clock\n");
}

}  // namespace
}  // namespace decodesim
