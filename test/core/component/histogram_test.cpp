// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/histogram.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/random.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram h;
  for (std::int64_t v = 0; v < 2 * Histogram::kParts; ++v) h.record(v);
  const auto buckets = h.buckets();
  ASSERT_EQ(buckets.size(), 256U);
  for (std::int64_t v = 0; v < 256; ++v) {
    EXPECT_EQ(buckets[static_cast<std::size_t>(v)].first, v);
    EXPECT_EQ(buckets[static_cast<std::size_t>(v)].last, v);
  }
  EXPECT_EQ(h.percentile(500'000), 127);  // 128 of 256 values are at most 127
  EXPECT_EQ(h.mean(), 128);               // 127.5, to the nearest
}

TEST(HistogramTest, BucketsTileTheValuesAndAreNarrow) {
  Histogram h;
  for (int bit = 0; bit < 62; ++bit)
    for (const std::int64_t off : {-1, 0, 1}) h.record((std::int64_t{1} << bit) + off);
  for (const Histogram::Bucket& b : h.buckets()) EXPECT_LE(b.last - b.first, b.first / Histogram::kParts) << b.first;
  EXPECT_EQ(h.most(), (std::int64_t{1} << 61) + 1);
  EXPECT_EQ(h.least(), 0);
}

TEST(HistogramTest, PercentilesAreWithinABucketOfTheExactOnes) {
  Histogram h;
  std::vector<std::int64_t> all;
  RandomStream random(1, "histogram_test", "values");
  for (int i = 0; i < 10'000; ++i) {
    all.push_back(static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(40))));
    h.record(all.back());
  }
  std::sort(all.begin(), all.end());
  std::int64_t before = 0;
  for (const std::int64_t ppm : {1, 100'000, 500'000, 900'000, 990'000, 999'000, 1'000'000}) {
    const auto rank = static_cast<std::size_t>(std::max<std::int64_t>(1, (10'000 * ppm + 999'999) / 1'000'000));
    const std::int64_t exact = all[rank - 1];
    EXPECT_GE(h.percentile(ppm), exact);
    EXPECT_LE(h.percentile(ppm), exact + exact / Histogram::kParts);
    EXPECT_GE(h.percentile(ppm), before);
    before = h.percentile(ppm);
  }
  EXPECT_EQ(h.percentile(1'000'000), all.back());
}

TEST(HistogramTest, AddsAndTakesAway) {
  Histogram a;
  a.record(5, 3);
  a.record(1'000'000);
  Histogram b;
  b.record(7, 2);
  Histogram c = a;
  c += b;
  EXPECT_EQ(c.count(), 6);
  EXPECT_EQ(c.sum(), 15 + 1'000'000 + 14);
  c -= a;
  EXPECT_EQ(c.count(), 2);
  EXPECT_EQ(c.sum(), 14);
  EXPECT_EQ(c.percentile(500'000), 7);
  EXPECT_THROW(b -= a, InternalError);
}

TEST(HistogramTest, ScalingKeepsTotalsInProportion) {
  Histogram a;
  for (std::int64_t v = 0; v < 100; ++v) a.record(v);
  Histogram b;
  b.add_scaled(a, 1, 3);
  EXPECT_EQ(b.count(), 33);
  Histogram c;
  c.add_scaled(a, 1'000'000, 1);
  EXPECT_EQ(c.count(), 100'000'000);
  EXPECT_EQ(c.mean(), a.mean());
}

TEST(HistogramTest, ShiftingMovesMeanAndPercentiles) {
  Histogram a;
  for (std::int64_t v = 100; v < 200; ++v) a.record(v);
  const Histogram b = a.shifted(1000);
  EXPECT_EQ(b.count(), 100);
  EXPECT_EQ(b.sum(), a.sum() + 100'000);
  EXPECT_EQ(b.least(), 1100);
  EXPECT_EQ(b.most(), 1199);
  EXPECT_NEAR(static_cast<double>(b.percentile(500'000)), 1149, 1200.0 / Histogram::kParts);
  EXPECT_EQ(a.shifted(-1000).most(), 0);
}

TEST(HistogramTest, RefusesNegativeValues) {
  Histogram h;
  EXPECT_THROW(h.record(-1), InternalError);
  EXPECT_EQ(h.percentile(500'000), 0);
}

}  // namespace
}  // namespace decodesim
