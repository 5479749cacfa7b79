// SPDX-License-Identifier: Apache-2.0
// FaultPlan: what goes wrong in a decode run, and what the machine has against it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/units/units.hpp"

namespace decodesim {

enum class FaultKind : std::uint8_t {
  kNode,      ///< an accelerator stops; another one takes its place, or it starts anew
  kLink,      ///< a cable between two switches or routers, in both directions; messages go other ways
  kSwitch,    ///< a switch takes nothing in any more; messages go other ways, or wait for it
  kStraggler  ///< an accelerator is slow, or stands still, for a while
};

/// One fault at a given time.
struct FaultEvent {
  FaultKind kind = FaultKind::kNode;
  std::int64_t rank = 0;
  Duration at;
  Duration length;          ///< of a straggler; of a link's or switch's failure, zero: for good
  std::int64_t factor = 0;  ///< of a straggler: its kernels take so many times their time; 0: it starts nothing
  std::string from{};       ///< of a link: the nodes at its ends
  std::string to{};
  std::int32_t cable = -1;  ///< of a link: its place in Topology::cables, once the scenario is checked
  std::string name{};       ///< of a switch
  std::int32_t node = -1;   ///< of a switch: its place in Topology::nodes, once the scenario is checked
};

/// Faults that come to every rank, or to every cable that may fail, at random: with exponentially distributed times
/// between them.
struct FaultRate {
  FaultKind kind = FaultKind::kStraggler;
  Duration every;  ///< mean time between two of one rank or cable
  Duration length;
  std::int64_t factor = 0;
};

struct FaultPlan {
  Duration detection{10'000'000'000};
  std::int64_t spares = 0;
  Duration take_over{100'000'000'000};
  Duration restart{300'000'000'000'000};
  Duration time_out;  ///< of a collective's phase, after which it goes on without who is missing; zero: it waits
  Bandwidth reload{25'000'000'000};
  std::vector<FaultEvent> events;
  std::vector<FaultRate> rates;

  [[nodiscard]] bool any() const { return !events.empty() || !rates.empty(); }
  /// Whether links or switches fail.
  [[nodiscard]] bool of_network() const {
    const auto is = [](const auto& fault) {
      return fault.kind == FaultKind::kLink || fault.kind == FaultKind::kSwitch;
    };
    return std::any_of(events.begin(), events.end(), is) || std::any_of(rates.begin(), rates.end(), is);
  }
};

}  // namespace decodesim
