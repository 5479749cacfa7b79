// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/endurance.hpp"

#include <limits>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

bool in_place(WearCause cause) { return cause == WearCause::kReadDisturb || cause == WearCause::kRetention; }

/// Count / left, and 0 for nothing of nothing.
double share(double count, double left) { return count > 0 ? count / left : 0; }

/// 1 / rate, and never for rate 0.
double years_at(double per_second) {
  return per_second > 0 ? 1 / per_second / kSecondsPerYear : std::numeric_limits<double>::infinity();
}

}  // namespace

std::uint64_t WearLog::pages(WearCause cause) const {
  std::uint64_t sum = 0;
  for (const std::uint64_t pages : pages_[static_cast<std::size_t>(cause)]) sum += pages;
  return sum;
}

std::uint64_t WearLog::pages(TrafficClass traffic) const {
  std::uint64_t sum = 0;
  for (const auto& by_class : pages_) sum += by_class[static_cast<std::size_t>(traffic)];
  return sum;
}

std::uint64_t WearLog::total() const {
  std::uint64_t sum = 0;
  for (std::size_t c = 0; c < kWearCauses; ++c) sum += pages(static_cast<WearCause>(c));
  return sum;
}

double WearLog::write_amplification() const {
  const std::uint64_t host = pages(WearCause::kHostWrites);
  if (host == 0) return total() == 0 ? 1 : std::numeric_limits<double>::infinity();
  return static_cast<double>(total()) / static_cast<double>(host);
}

// A rate is the share of the life that passes in a second.
LifeProjection project_life(const WearWindow& window) {
  require(window.elapsed_s > 0 && window.block_pages > 0 && window.cycles >= 0, "project_life", "empty window");
  LifeProjection out;
  std::array<double, kTrafficClasses> class_rate{};
  double sum = 0;
  double largest = -1;
  for (std::size_t c = 0; c < kWearCauses; ++c) {
    const auto cause = static_cast<WearCause>(c);
    double rate = 0;
    if (in_place(cause)) {
      const WorstRefresh& worst = cause == WearCause::kReadDisturb ? window.read_disturb : window.retention;
      rate = share(static_cast<double>(worst.count) / window.elapsed_s, window.cycles);
      class_rate[static_cast<std::size_t>(worst.traffic)] += rate;
    } else {
      const auto rate_of = [&](std::uint64_t pages) {
        return share(static_cast<double>(pages) / window.elapsed_s, window.cycles_left * window.block_pages);
      };
      rate = rate_of(window.log.pages(cause));
      for (std::size_t t = 0; t < kTrafficClasses; ++t)
        class_rate[t] += rate_of(window.log.pages(cause, static_cast<TrafficClass>(t)));
    }
    out.years_by_cause[c] = years_at(rate);
    sum += rate;
    if (rate > largest) {
      largest = rate;
      out.cause = cause;
    }
  }
  out.years = years_at(sum);
  for (std::size_t t = 0; t < kTrafficClasses; ++t) out.years_by_class[t] = years_at(class_rate[t]);
  return out;
}

}  // namespace decodesim
