// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/limiter.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

// Streaming at less than this share of the peak, it is not the bandwidth that a kernel waits for.
constexpr double kBandwidthBound = 0.6;

std::string percent(double share) {
  const double value = share * 100;
  if (value > 0 && value < 1) return "under 1 percent";
  return std::to_string(std::lround(value)) + " percent";
}

std::string rate_text(double bytes_per_second) { return short_quantity(bytes_per_second, unit_table<Bandwidth>()); }

const TierMetrics* busiest(const std::vector<TierMetrics>& tiers) {
  const auto most = std::max_element(tiers.begin(), tiers.end(), [](const TierMetrics& a, const TierMetrics& b) {
    return a.bytes_read + a.bytes_written < b.bytes_read + b.bytes_written;
  });
  return most == tiers.end() ? nullptr : &*most;
}

std::string memory_text(const DecodeMetrics& metrics, std::int64_t accelerators, const std::string& share) {
  const TierMetrics* tier = busiest(metrics.tiers);
  if (tier == nullptr || tier->busy.is_zero()) return "memory: " + share + " of step time waits for memory";
  const bool bandwidth = tier->streaming_share >= kBandwidthBound;
  const double each = tier->streaming / static_cast<double>(std::max<std::int64_t>(accelerators, 1));
  return std::string(bandwidth ? "memory bandwidth: " : "memory latency and bytes in flight: ") + share +
         " of step time streams from " + tier->name + (bandwidth ? " at " : " at only ") +
         (accelerators > 1 ? std::to_string(accelerators) + " x " : "") + rate_text(each) + ", " +
         percent(tier->streaming_share) + " of peak";
}

std::string text_of(std::string_view part, const Plan& plan, const RunResult& result, const DecodeMetrics& metrics,
                    const std::string& share) {
  if (part == "memory") return memory_text(metrics, plan.accelerators, share);
  if (part == "compute")
    return "compute: the cores are busy for " + share + " of step time, at " + percent(metrics.mfu) +
           " of their peak over the run";
  if (part == "network") {
    const std::string& algorithm = result.all_reduce_algorithm;
    return "network: collectives take " + share + " of step time" +
           (algorithm.empty() ? "" : ", all-reduce as " + algorithm);
  }
  return "overhead: kernel starts, drains and host work take " + share + " of step time";
}

}  // namespace

std::array<BreakdownPart, 4> parts_of(const Breakdown& breakdown) {
  return {BreakdownPart{"memory", breakdown.memory}, BreakdownPart{"compute", breakdown.compute},
          BreakdownPart{"network", breakdown.network}, BreakdownPart{"overhead", breakdown.overhead}};
}

std::string limiter(const Plan& plan, const RunResult& result, const DecodeMetrics& metrics) {
  std::array<BreakdownPart, 4> parts = parts_of(metrics.breakdown);
  const Duration total = metrics.breakdown.total();
  if (total.is_zero()) return "nothing: no step has finished";
  std::stable_sort(parts.begin(), parts.end(),
                   [](const BreakdownPart& a, const BreakdownPart& b) { return a.time > b.time; });
  const auto share = [total](const BreakdownPart& part) {
    return percent(static_cast<double>(part.time.count()) / static_cast<double>(total.count()));
  };
  std::string out = text_of(parts[0].name, plan, result, metrics, share(parts[0]));
  if (!parts[1].time.is_zero()) out += "; then " + std::string(parts[1].name) + ", " + share(parts[1]);
  return out;
}

}  // namespace decodesim
