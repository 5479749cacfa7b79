// SPDX-License-Identifier: Apache-2.0
// Histogram: how often each value occurred, in buckets whose width grows with the value (a linear scale of kParts parts
// within each power of two, as HdrHistogram does), so that a distribution over nine decades takes a few kilobytes and
// a percentile is within 1 / kParts of the exact one. Counts, sum, least and most are exact.
//
// Laws, each a test in test/core/component/histogram_test.cpp:
//   1. Values below 2 x kParts are exact; a larger one is reported as at most 1 / kParts too large, never above most().
//   2. a += b holds what was recorded in a and in b; (a += b) -= b gives back a's counts and sum.
//   3. Percentiles are by nearest rank and do not fall.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/units/checked.hpp"

namespace decodesim {

class Histogram {
 public:
  static constexpr std::int64_t kParts = 128;  ///< a power of two

  /// Records a value `times` times; `value` >= 0, `times` >= 0.
  void record(std::int64_t value, std::int64_t times = 1);
  Histogram& operator+=(const Histogram& other);
  /// Takes out what `earlier` had counted: REQUIRES that this one has grown out of it. least() and most() stay.
  Histogram& operator-=(const Histogram& earlier);
  /// Adds `other` with each count multiplied by `numerator` / `denominator`, rounded so that the totals stay in
  /// proportion (bucket by bucket, carrying the remainder on).
  void add_scaled(const Histogram& other, Int128 numerator, Int128 denominator);
  /// The same counts for values that are all `by` larger (or smaller, but none below zero).
  [[nodiscard]] Histogram shifted(std::int64_t by) const;

  [[nodiscard]] std::int64_t count() const { return count_; }
  /// Of all values; 128 bits, because 1e9 values of a second each exceed 64.
  [[nodiscard]] Int128 sum() const { return sum_; }
  /// To the nearest integer; 0 when empty.
  [[nodiscard]] std::int64_t mean() const;
  [[nodiscard]] std::int64_t least() const { return count_ == 0 ? 0 : least_; }
  [[nodiscard]] std::int64_t most() const { return count_ == 0 ? 0 : most_; }
  /// The value that at least `ppm` millionths of all values do not exceed; 0 when empty.
  [[nodiscard]] std::int64_t percentile(std::int64_t ppm) const;

  struct Bucket {
    std::int64_t first = 0;  ///< values first to last
    std::int64_t last = 0;
    std::int64_t count = 0;
  };
  /// Those that are not empty, in ascending order.
  [[nodiscard]] std::vector<Bucket> buckets() const;

 private:
  static std::size_t index_of(std::int64_t value);
  static std::int64_t first_of(std::size_t index);
  void add(std::size_t index, std::int64_t times);

  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  Int128 sum_ = 0;
  std::int64_t least_ = INT64_MAX;
  std::int64_t most_ = 0;
};

}  // namespace decodesim
