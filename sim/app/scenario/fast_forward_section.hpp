// SPDX-License-Identifier: Apache-2.0
// FastForwardSection: `workload.fast_forward`: years that pass between two steps of a decode run, for flash to age.
// Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

class FastForwardSection {
 public:
  explicit FastForwardSection(Reading& reading) : reading_(reading) {}

  /// `list`: null when there is none.
  void read(const Node* list);
  /// Once all else is read and the number of steps is known.
  void check();
  void resolve();

 private:
  static Schema<FastForward> schema();

  Reading& reading_;
  std::vector<Node> nodes_;
};

}  // namespace decodesim
