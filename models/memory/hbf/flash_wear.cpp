// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_wear.hpp"

#include <map>

#include "models/memory/hbf/write_path.hpp"

namespace decodesim {
namespace {

// A window so many times as long, so that rare refreshes are whole numbers.
constexpr std::int64_t kStretch = 1'000'000'000;

WearLog stretched(const WearLog& log) {
  WearLog out;
  for (std::size_t c = 0; c < kWearCauses; ++c)
    for (std::size_t t = 0; t < kTrafficClasses; ++t) {
      const auto cause = static_cast<WearCause>(c);
      const auto traffic = static_cast<TrafficClass>(t);
      out.add(cause, traffic, log.pages(cause, traffic) * static_cast<std::uint64_t>(kStretch));
    }
  return out;
}

double cycles_left(const BlockTable& blocks, double rated) {
  double left = 0;
  for (std::int64_t b = 0; b < blocks.blocks(); ++b) {
    const auto block = static_cast<std::uint32_t>(b);
    if (!blocks.is_bad(block)) left += std::max(0.0, rated - static_cast<double>(blocks.cycles(block)));
  }
  return left;
}

/// Of one block within the window.
struct Refreshes {
  double disturb = 0;
  double retention = 0;
};

Refreshes refreshes_of(const WritePath& path, const HbfParameters& p, TrafficClass traffic, double elapsed_s) {
  Refreshes out;
  const double rewritten = path.rewrites(traffic);
  if (p.endurance.disturb_reads > 0)
    out.disturb = path.passes(traffic) * static_cast<double>(p.pages) / static_cast<double>(p.endurance.disturb_reads);
  if (!p.endurance.retention.is_zero()) out.retention = elapsed_s / to_seconds(p.endurance.retention);
  return {std::max(0.0, out.disturb - rewritten), std::max(0.0, out.retention - rewritten)};
}

WearWindow window_of(const WritePath& path, const HbfParameters& p, double elapsed_s) {
  WearWindow out;
  out.elapsed_s = elapsed_s * static_cast<double>(kStretch);
  out.log = stretched(path.log());
  out.block_pages = static_cast<double>(p.pages);
  out.cycles_left = cycles_left(path.blocks(), static_cast<double>(p.endurance.cycles));
  out.cycles = static_cast<double>(std::max<std::int64_t>(p.endurance.cycles - path.cycles(), 0));
  for (const FlashRegion& region : path.regions()) {
    const Refreshes each = refreshes_of(path, p, region.traffic, elapsed_s);
    const auto worst = [&](double refreshes, WorstRefresh& so_far) {
      const auto count = static_cast<std::int64_t>(refreshes * static_cast<double>(kStretch));
      if (count > so_far.count) so_far = {count, region.traffic};
    };
    worst(each.disturb, out.read_disturb);
    worst(each.retention, out.retention);
  }
  return out;
}

// Each block of data is read, erased and programmed anew at its reads' and at its data's limit.
double refresh_share_of(const WritePath& path, const HbfParameters& p, double elapsed_s) {
  const double planes = static_cast<double>(p.total_planes());
  double share = 0;
  for (const FlashRegion& region : path.regions()) {
    const double blocks_a_plane = to_double(region.bytes) / to_double(p.block) / planes;
    const Refreshes each = refreshes_of(path, p, region.traffic, elapsed_s);
    const double refreshes = (each.disturb + each.retention) / elapsed_s;
    share += blocks_a_plane * refreshes * to_seconds(p.refresh_time());
  }
  return share;
}

std::string state_of(const WritePath& path) {
  if (!path.refusal().empty()) return std::string(path.refusal());
  const FlashTranslation* log = path.translation();
  if (const std::int64_t worn = log != nullptr ? log->worn_blocks() : 0; worn > 0)
    return "worn out: " + std::to_string(worn) + " of " + std::to_string(log->blocks().blocks()) +
           " blocks have all the P/E cycles that they are rated for";
  if (log == nullptr || log->usable_segments() == log->blocks().segments()) return "good";
  return "degraded: " + std::to_string(log->usable_segments()) + " of " + std::to_string(log->blocks().segments()) +
         " segments take data";
}

}  // namespace

FlashCondition condition_of(const WritePath& path) {
  const FlashAge& age = path.age();
  return {path.cycles(), age.seconds, age.reads, path.retry_rate(), state_of(path)};
}

FlashWear wear_of(const WritePath& path, const HbfParameters& parameters, Duration elapsed) {
  FlashWear out;
  if (elapsed.is_zero()) return out;
  out.life = project_life(window_of(path, parameters, to_seconds(elapsed)));
  out.refresh_share = refresh_share_of(path, parameters, to_seconds(elapsed));
  const bool written = path.log().pages(WearCause::kHostWrites) > 0;
  out.write_amplification = written ? path.log().write_amplification() : 1;
  for (std::size_t t = 0; t < kTrafficClasses; ++t)
    out.bytes_written[t] = static_cast<double>(path.log().pages(WearCause::kHostWrites, static_cast<TrafficClass>(t))) *
                           to_double(parameters.page);
  std::map<std::int64_t, std::int64_t> histogram;
  for (std::int64_t b = 0; b < path.blocks().blocks(); ++b) {
    const auto block = static_cast<std::uint32_t>(b);
    if (!path.blocks().is_bad(block)) ++histogram[path.blocks().cycles(block)];
  }
  for (const auto& [cycles, blocks] : histogram) out.cycles.push_back({cycles, blocks});
  out.state = state_of(path);
  out.refused = parameters.page * path.refused_pages();
  return out;
}

}  // namespace decodesim
