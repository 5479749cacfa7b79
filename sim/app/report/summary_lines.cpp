// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/summary_lines.hpp"

#include <cmath>
#include <iomanip>
#include <ostream>

#include "sim/app/report/number_text.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {

void print_line(std::ostream& out, const std::string& label, const std::string& text) {
  constexpr int kLabelWidth = 16;
  out << "  " << std::left << std::setw(kLabelWidth) << label << text << '\n';
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

std::string bar_text(double share) {
  constexpr double kBarWidth = 40;
  return std::string(static_cast<std::size_t>(std::lround(share * kBarWidth)), '#');
}

std::string rate_text(double value) {
  return value >= 1000 && value < 1e15 ? grouped_text(std::llround(value)) : significant_text(value, 4);
}

std::string gigabytes(double bytes_per_second) { return rate_text(bytes_per_second / 1e9); }

std::string machine_text(const Plan& plan) {
  std::string text = std::to_string(plan.accelerators) + " x " + plan.accelerator_part;
  for (const MemoryPlan& tier : plan.memory)
    text += (tier.stacks == 1 ? ", " + tier.part : ", " + std::to_string(tier.stacks) + " x " + tier.part) +
            (tier.part.rfind(tier.name, 0) == 0 ? "" : " (" + tier.name + ")");
  if (plan.network)
    text += ", " + (plan.network->topology == "star" ? "star" : plan.network->fabric->title()) + " of " +
            to_short_text(plan.network->link.bandwidth) + " links";
  return plan.software.part.empty() ? text : text + ", " + plan.software.part;
}

std::string simulation_text(const RunResult& result) {
  const double simulated = to_seconds(result.simulated);
  const double wall = result.wall_seconds;
  std::string text = significant_text(simulated, 3) + " s simulated in " + significant_text(wall, 3) + " s";
  if (wall > 0) text += ", " + significant_text(simulated / wall, 3) + " x real time";
  return text + "; " + counted(static_cast<std::int64_t>(result.events), "event") + ", " +
         short_quantity(static_cast<double>(result.peak_rss_bytes), unit_table<Bytes>());
}

}  // namespace decodesim
