// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/histogram.hpp"

#include <algorithm>
#include <bit>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr int kPartBits = std::countr_zero(static_cast<std::uint64_t>(Histogram::kParts));

Int128 scaled(Int128 value, Int128 numerator, Int128 denominator) { return value * numerator / denominator; }

}  // namespace

// Below 2 x kParts each value is a bucket; above, kParts buckets a power of two.
std::size_t Histogram::index_of(std::int64_t value) {
  const auto v = static_cast<std::uint64_t>(value);
  const int shift = std::max(0, static_cast<int>(std::bit_width(v)) - 1 - kPartBits);
  return static_cast<std::size_t>(shift) * kParts + static_cast<std::size_t>(v >> static_cast<unsigned>(shift));
}

std::int64_t Histogram::first_of(std::size_t index) {
  if (index < 2 * static_cast<std::size_t>(kParts)) return static_cast<std::int64_t>(index);
  const std::size_t shift = index / kParts - 1;
  return static_cast<std::int64_t>(index - shift * kParts) << shift;
}

void Histogram::add(std::size_t index, std::int64_t times) {
  if (index >= counts_.size()) counts_.resize(index + 1, 0);
  counts_[index] = checked::add(counts_[index], times);
  count_ = checked::add(count_, times);
}

void Histogram::record(std::int64_t value, std::int64_t times) {
  require(value >= 0 && times >= 0, "Histogram", "values and their counts are not negative");
  if (times == 0) return;
  add(index_of(value), times);
  sum_ += static_cast<Int128>(value) * times;
  least_ = std::min(least_, value);
  most_ = std::max(most_, value);
}

Histogram& Histogram::operator+=(const Histogram& other) {
  add_scaled(other, 1, 1);
  return *this;
}

Histogram& Histogram::operator-=(const Histogram& earlier) {
  for (std::size_t i = 0; i < earlier.counts_.size(); ++i) {
    require(i < counts_.size() && counts_[i] >= earlier.counts_[i], "Histogram", "it has not grown out of the other");
    counts_[i] -= earlier.counts_[i];
  }
  count_ -= earlier.count_;
  sum_ -= earlier.sum_;
  return *this;
}

void Histogram::add_scaled(const Histogram& other, Int128 numerator, Int128 denominator) {
  require(numerator >= 0 && denominator > 0, "Histogram", "a scale is a positive share");
  Int128 seen = 0;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    if (other.counts_[i] == 0) continue;
    seen += other.counts_[i];
    const std::int64_t upto = checked::narrow(scaled(seen, numerator, denominator));
    if (upto > given) add(i, upto - given);
    given = upto;
  }
  if (given == 0) return;
  sum_ += scaled(other.sum_, numerator, denominator);
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
}

Histogram Histogram::shifted(std::int64_t by) const {
  Histogram out;
  const auto moved = [by](std::int64_t value) { return std::max<std::int64_t>(0, value + by); };
  for (const Bucket& b : buckets()) out.add(index_of(moved(b.first + (b.last - b.first) / 2)), b.count);
  out.sum_ = std::max<Int128>(0, sum_ + static_cast<Int128>(by) * count_);
  out.least_ = moved(least());
  out.most_ = moved(most());
  return out;
}

std::int64_t Histogram::mean() const { return count_ == 0 ? 0 : checked::narrow((sum_ + count_ / 2) / count_); }

std::int64_t Histogram::percentile(std::int64_t ppm) const {
  if (count_ == 0) return 0;
  const std::int64_t rank = std::max<std::int64_t>(1, checked::multiply_divide_up(count_, ppm, 1'000'000));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::clamp(first_of(i + 1) - 1, least_, most_);
  }
  return most_;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> out;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] != 0) out.push_back({first_of(i), first_of(i + 1) - 1, counts_[i]});
  return out;
}

}  // namespace decodesim
