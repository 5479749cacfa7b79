// SPDX-License-Identifier: Apache-2.0
// Statistics: plain counters that are members of the class that counts, declared once with name, unit and sentence.
//
//   Counter bytes_read{statistics(), "bytes_read", "B", "Bytes delivered to readers"};
//
// A StatisticsGroup belongs to one component; the registry lists all groups for the report.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/units/units.hpp"

namespace decodesim {

class Statistic;

/// The statistics of one component, in order of declaration.
class StatisticsGroup {
 public:
  explicit StatisticsGroup(std::string path) : path_(std::move(path)) {}
  StatisticsGroup(const StatisticsGroup&) = delete;
  StatisticsGroup& operator=(const StatisticsGroup&) = delete;
  ~StatisticsGroup() = default;

  /// Hierarchical name of the component, "node.acc0.hbm".
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<const Statistic*>& all() const { return statistics_; }

 private:
  friend class Statistic;
  std::string path_;
  std::vector<const Statistic*> statistics_;
};

/// Base of all kinds: a name, a unit ("B", "ps", "1") and a sentence.
class Statistic {
 public:
  Statistic(StatisticsGroup& group, std::string_view name, std::string_view unit, std::string_view meaning)
      : name_(name), unit_(unit), meaning_(meaning) {
    group.statistics_.push_back(this);
  }
  Statistic(const Statistic&) = delete;
  Statistic& operator=(const Statistic&) = delete;
  virtual ~Statistic() = default;

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view unit() const { return unit_; }
  [[nodiscard]] std::string_view meaning() const { return meaning_; }

  struct Value {
    std::string name;
    std::int64_t value;
  };
  /// What to report: one value for a counter, several ("name.mean", "name.max") for a sample.
  [[nodiscard]] virtual std::vector<Value> values() const = 0;

 private:
  std::string_view name_;  ///< string literals: statistics are declared in code
  std::string_view unit_;
  std::string_view meaning_;
};

/// A running total.
class Counter : public Statistic {
 public:
  using Statistic::Statistic;
  void add(std::int64_t amount) { value_ = checked::add(value_, amount); }
  [[nodiscard]] std::int64_t value() const { return value_; }
  [[nodiscard]] std::vector<Value> values() const override { return {{std::string(name()), value_}}; }

 private:
  std::int64_t value_ = 0;
};

/// Count, sum, smallest and largest of what is recorded.
class Sample : public Statistic {
 public:
  using Statistic::Statistic;
  void record(std::int64_t value) {
    ++count_;
    sum_ = checked::add(sum_, value);
    least_ = value < least_ ? value : least_;
    most_ = value > most_ ? value : most_;
  }
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t sum() const { return sum_; }
  [[nodiscard]] std::int64_t max() const { return count_ == 0 ? 0 : most_; }
  [[nodiscard]] std::int64_t min() const { return count_ == 0 ? 0 : least_; }
  [[nodiscard]] std::int64_t mean() const { return count_ == 0 ? 0 : sum_ / count_; }
  [[nodiscard]] std::vector<Value> values() const override {
    const std::string prefix(name());
    return {
        {prefix + ".count", count_}, {prefix + ".mean", mean()}, {prefix + ".min", min()}, {prefix + ".max", max()}};
  }

 private:
  std::int64_t count_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t least_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t most_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace decodesim
