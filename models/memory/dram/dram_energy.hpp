// SPDX-License-Identifier: Apache-2.0
// Energy of a DRAM part from the counts of its commands: pJ/bit comes out and does not go in.
#pragma once

#include <array>

#include "models/memory/dram/command.hpp"
#include "models/memory/dram_parameters.hpp"

namespace decodesim {

/// How many commands of each kind were issued.
class CommandCounts {
 public:
  void add(DramCommand c) { ++counts_[static_cast<std::size_t>(c)]; }
  [[nodiscard]] std::int64_t of(DramCommand c) const { return counts_[static_cast<std::size_t>(c)]; }
  [[nodiscard]] std::int64_t reads() const { return of(DramCommand::kRead) + of(DramCommand::kReadAuto); }
  [[nodiscard]] std::int64_t writes() const { return of(DramCommand::kWrite) + of(DramCommand::kWriteAuto); }
  [[nodiscard]] std::int64_t total() const;
  CommandCounts& operator+=(const CommandCounts& other);
  CommandCounts& operator-=(const CommandCounts& other);
  /// Adds `other`'s counts times `numerator` / `denominator`, each rounded down.
  void add_scaled(const CommandCounts& other, Int128 numerator, Int128 denominator);
  void set(DramCommand c, std::int64_t count) { counts_[static_cast<std::size_t>(c)] = count; }

 private:
  std::array<std::int64_t, kCommands> counts_{};
};

struct DramEnergy {
  Energy activate;
  Energy read;
  Energy write;
  Energy io;
  Energy refresh;
  Energy background;
  [[nodiscard]] Energy total() const { return activate + read + write + io + refresh + background; }
};

/// Of `counts` commands on `pseudo_channels` pseudo-channels within `elapsed`.
[[nodiscard]] DramEnergy energy_of(const DramParameters& parameters, const CommandCounts& counts,
                                   std::int64_t pseudo_channels, Duration elapsed);

}  // namespace decodesim
