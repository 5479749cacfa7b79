// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/dram_energy.hpp"

#include <numeric>

namespace decodesim {

std::int64_t CommandCounts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

CommandCounts& CommandCounts::operator+=(const CommandCounts& other) {
  for (std::size_t i = 0; i < kCommands; ++i) counts_[i] += other.counts_[i];
  return *this;
}

CommandCounts& CommandCounts::operator-=(const CommandCounts& other) {
  for (std::size_t i = 0; i < kCommands; ++i) counts_[i] -= other.counts_[i];
  return *this;
}

void CommandCounts::add_scaled(const CommandCounts& other, Int128 numerator, Int128 denominator) {
  for (std::size_t i = 0; i < kCommands; ++i) counts_[i] += checked::narrow(other.counts_[i] * numerator / denominator);
}

DramEnergy energy_of(const DramParameters& p, const CommandCounts& counts, std::int64_t pseudo_channels,
                     Duration elapsed) {
  const Bytes read = p.burst_bytes() * counts.reads();
  const Bytes written = p.burst_bytes() * counts.writes();
  const std::int64_t bank_refreshes =
      counts.of(DramCommand::kRefreshPerBank) + checked::multiply(counts.of(DramCommand::kRefreshAll), p.banks());
  return {p.energy.activate * counts.of(DramCommand::kActivate),
          read * p.energy.read,
          written * p.energy.write,
          (read + written) * p.energy.io,
          p.energy.refresh_bank * bank_refreshes,
          p.energy.background * pseudo_channels * elapsed};
}

}  // namespace decodesim
