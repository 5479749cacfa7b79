// SPDX-License-Identifier: Apache-2.0
// Damaged config.json files are read cleanly or refused with a place, and never anything else.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/core/component/random.hpp"
#include "workloads/huggingface_config.hpp"

namespace decodesim {
namespace {

constexpr int kRoundsAFile = 150;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Up to three edits: overwrite, delete, insert, replace a digit, or repeat a piece.
std::string damaged(std::string text, RandomStream& random) {
  constexpr std::string_view kInk = "0123456789-.e{}[]:,\"\\nulltrue \n\xff\x01";
  const auto spot = [&] { return static_cast<std::size_t>(random.below(text.size())); };
  const auto ink = [&] { return kInk[static_cast<std::size_t>(random.below(kInk.size()))]; };
  for (std::uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
    const std::size_t at = spot();
    const std::size_t digit = text.find_first_of("0123456789", at);
    switch (random.below(5)) {
      case 0: text.replace(at, 1, 1, ink()); break;
      case 1: text.erase(at, static_cast<std::size_t>(random.below(20))); break;
      case 2: text.insert(at, 1, ink()); break;
      case 3:
        if (digit != std::string::npos) text.replace(digit, 1, std::to_string(random.below(1'000'000'000'000)));
        break;
      default: text.insert(at, text.substr(spot(), 40)); break;
    }
    if (text.empty()) text = " ";
  }
  return text;
}

TEST(HuggingfaceFuzzTest, DamagedConfigsAreReadOrRefusedWithAPlace) {
  RandomStream random(21, "fuzz", "huggingface");
  int rounds = 0;
  int refused = 0;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(DECODESIM_SOURCE_DIR "/test/workloads/huggingface"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    const std::string valid = content_of(file);
    for (int round = 0; round < kRoundsAFile; ++round, ++rounds) {
      const std::string text = damaged(valid, random);
      try {
        Diagnostics diagnostics;
        const Architecture a = read_architecture(read_huggingface_model(text, "c.json", "toy"), diagnostics);
        EXPECT_TRUE(diagnostics.empty()) << text;
        EXPECT_GT(a.parameter_count(), 0) << text;
        EXPECT_LE(a.active_parameter_count(), a.parameter_count()) << text;
      } catch (const ConfigError& error) {
        ++refused;
        for (const Diagnostic& d : error.diagnostics()) {
          EXPECT_GT(d.position.line, 0) << text;
          EXPECT_GT(d.position.column, 0) << text;
        }
      } catch (const OverflowError&) {  // a model of more parameters than 64 bits count
      }
    }
  }
  EXPECT_GT(refused, rounds / 3);
  EXPECT_LT(refused, rounds);
}

}  // namespace
}  // namespace decodesim
