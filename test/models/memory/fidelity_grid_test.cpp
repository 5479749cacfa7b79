// SPDX-License-Identifier: Apache-2.0
// Train against command fidelity over a grid: part x pattern x streams x read share x size, and pointer chases. What
// MemoryTier makes of a train (length / rate + ending) stands against DramSystem with every command, on all
// pseudo-channels of a stack (of larger stacks, on 16 of them). The table is docs/modelling/fidelity.md; the test fails
// when a figure in it changes: DECODESIM_UPDATE_DOCS=1 writes it anew.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "models/memory/dram_timing.hpp"
#include "test/support/dram_parts.hpp"

namespace decodesim {
namespace {
using namespace literals;

const std::string kDocument = std::string(DECODESIM_SOURCE_DIR) + "/docs/modelling/fidelity.md";

enum class Pattern : std::uint8_t { kSequential, kStrided, kRandom, kChase };
constexpr const char* kPatternNames[] = {"sequential", "strided", "random", "chase"};

struct Case {
  std::string part;
  Pattern pattern = Pattern::kSequential;
  std::int64_t streams = 1;
  std::int64_t read_percent = 100;
  std::int64_t size = 64;

  [[nodiscard]] std::string name() const {
    std::ostringstream out;
    out << "| " << part << " | " << kPatternNames[static_cast<int>(pattern)] << " | " << streams << " | "
        << read_percent << " | " << size;
    return out.str();
  }
};

// What is compared does not depend on how many equal pseudo-channels there are, only how long it takes.
DramParameters at_most_16_units(DramParameters p) {
  const std::int64_t parts = divide_up(Quantity<struct UnitTag>(p.units()), Quantity<struct UnitTag>(16));
  p.channels /= parts;
  p.capacity = p.capacity / parts;
  return p;
}

std::vector<Case> grid_of(const std::string& part) {
  std::vector<Case> out;
  for (const Pattern pattern : {Pattern::kSequential, Pattern::kStrided, Pattern::kRandom})
    for (const std::int64_t streams : {1, 4})
      for (const std::int64_t reads : {100, 67, 0})
        for (const std::int64_t size : {64, 4096}) out.push_back({part, pattern, streams, reads, size});
  out.push_back({part, Pattern::kChase, 1, 100, 64});
  return out;
}

// Every stream has a region of its own and keeps its part of twice what all queues hold outstanding, as a memory
// workload does that says nothing else. A run takes twenty-four refresh intervals.
std::vector<StreamShape> trains_of(const Case& c, const DramParameters& p) {
  const bool chase = c.pattern == Pattern::kChase;
  const Bytes queues = p.burst_bytes() * (2 * p.units() * p.queue_depth);
  const Bytes all = chase ? Bytes(c.size * 40'000) : p.peak() * (p.refi * 24);
  std::vector<StreamShape> out;
  for (std::int64_t i = 0; i < c.streams; ++i) {
    StreamShape train;
    train.write = c.read_percent == 0;
    if (c.read_percent == 67) train.writes = 33_percent;
    train.run = Bytes(c.size);
    train.length = train.run * std::max<std::int64_t>(64, all / c.streams / train.run);
    train.region = 128_MiB;
    train.address = static_cast<std::uint64_t>(i) << 27U;
    if (c.pattern == Pattern::kSequential) train.stride = train.run;
    if (c.pattern == Pattern::kStrided) train.stride = train.run + 4_KiB + 320_B;  // over all channels and banks
    train.in_flight = chase ? train.run : train.run * std::max<std::int64_t>(1, queues / c.streams / train.run);
    out.push_back(train);
  }
  return out;
}

struct Figures {
  double share = 0;    ///< of the peak, percent
  double latency = 0;  ///< mean, ns
};

Figures by_commands(const DramParameters& p, const std::vector<StreamShape>& trains) {
  DramSystem system(p, 1, 0_ps);
  Bytes bytes;
  for (const StreamShape& train : trains) {
    bytes += train.length;
    system.add(train, TimePoint());
  }
  std::vector<DramSystem::Ended> ended;
  TimePoint now;
  while (const auto wake = system.next_wake()) system.advance(now = *wake, ended);
  const double seconds = to_seconds(now.since_start());
  const auto latency = static_cast<double>(system.activity(now).latency_ps.mean());
  return {100 * to_double(bytes) / seconds / to_double(p.peak()), latency / 1000};
}

Figures by_trains(const DramParameters& p, const std::vector<StreamShape>& trains) {
  DramTiming timing(p, 1, 0_ps);
  std::vector<Bandwidth> rates;
  timing.rates(trains, rates);
  Bandwidth total;
  Bytes bytes;
  for (std::size_t i = 0; i < trains.size(); ++i) {
    total += std::min(rates[i], timing.cap(trains[i]));
    bytes += trains[i].length;
  }
  const Duration moving = bytes / total;
  timing.moved(trains, static_cast<Int128>(bytes.count()) * kPicosecondsPerSecond);
  const double seconds = to_seconds(moving + timing.ending(trains.front(), total));
  const auto latency = static_cast<double>(timing.activity(moving).latency_ps.mean());
  return {100 * to_double(bytes) / seconds / to_double(p.peak()), latency / 1000};
}

std::string fixed(double value, int digits) {
  std::ostringstream out;
  out.setf(std::ios::fixed);
  out.precision(digits);
  out << value;
  return out.str();
}

class FidelityGridTest : public ::testing::TestWithParam<const char*> {};

// One part's rows; the document holds those of all parts.
TEST_P(FidelityGridTest, TrainsAgreeWithCommands) {
  const DramParameters p = at_most_16_units(test::dram_part(GetParam()));
  std::vector<double> bandwidth;
  std::vector<double> latency;
  std::string rows;
  for (const Case& c : grid_of(GetParam())) {
    const std::vector<StreamShape> trains = trains_of(c, p);
    const Figures command = by_commands(p, trains);
    const Figures train = by_trains(p, trains);
    bandwidth.push_back(100 * std::abs(train.share / command.share - 1));
    latency.push_back(100 * std::abs(train.latency / command.latency - 1));
    rows += c.name() + " | " + fixed(command.share, 2) + " | " + fixed(train.share, 2) + " | " +
            fixed(100 * (train.share / command.share - 1), 2) + " | " + fixed(command.latency, 1) + " | " +
            fixed(train.latency, 1) + " | " + fixed(100 * (train.latency / command.latency - 1), 2) + " |\n";
  }
  const auto within = [](const std::vector<double>& errors, double limit) {
    return std::count_if(errors.begin(), errors.end(), [limit](double e) { return e <= limit; });
  };
  const auto cases = static_cast<std::int64_t>(bandwidth.size());
  std::cout << rows << GetParam() << ": " << within(bandwidth, 2) << " of " << cases
            << " within 2 percent of bandwidth, " << within(latency, 5) << " within 5 of latency; worst "
            << *std::max_element(bandwidth.begin(), bandwidth.end()) << " and "
            << *std::max_element(latency.begin(), latency.end()) << '\n';
  EXPECT_LE(*std::max_element(bandwidth.begin(), bandwidth.end()), 10);
  EXPECT_LE(*std::max_element(latency.begin(), latency.end()), 10);

  std::ifstream in(kDocument);
  std::string document{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (std::getenv("DECODESIM_UPDATE_DOCS") != nullptr) {
    std::string kept;
    std::istringstream lines(document);
    const std::string mine = std::string("| ") + GetParam() + " |";
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with(mine)) kept += line + "\n";
    std::ofstream(kDocument) << kept << rows;
    return;
  }
  EXPECT_THAT(document, ::testing::HasSubstr(rows)) << "the table has drifted; DECODESIM_UPDATE_DOCS=1 writes it anew";
}

// Over all parts: what docs/modelling/fidelity.md claims.
TEST(FidelityTableTest, NineteenOfTwentyCasesAreWithinTwoPercentAndNoneIsWorseThanTen) {
  std::ifstream in(kDocument);
  int cases = 0;
  int bandwidth = 0;
  int latency = 0;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
    if (cells.size() != 12 || cells[3].find_first_of("0123456789") == std::string::npos) continue;
    ++cases;
    const double b = std::abs(std::stod(cells[8]));
    const double l = std::abs(std::stod(cells[11]));
    bandwidth += b <= 2 ? 1 : 0;
    latency += l <= 5 ? 1 : 0;
    EXPECT_LE(b, 10) << line;
    EXPECT_LE(l, 10) << line;
  }
  EXPECT_GE(cases, 200);
  EXPECT_GE(bandwidth * 100, 95 * cases) << bandwidth << " of " << cases;
  EXPECT_GE(latency * 100, 95 * cases) << latency << " of " << cases;
}

INSTANTIATE_TEST_SUITE_P(Parts, FidelityGridTest,
                         ::testing::Values("hbm2-2000", "hbm2e-3600", "hbm3-6400", "hbm3e-9200", "hbm4-8000",
                                           "ddr5-6400", "lpddr5x-8533", "gddr6-16000", "gddr7-32000"),
                         [](const auto& test) { return test::test_name(test.param); });

}  // namespace
}  // namespace decodesim
