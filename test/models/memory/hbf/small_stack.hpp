// SPDX-License-Identifier: Apache-2.0
// A stack small enough to be worn out within a test.
#pragma once

#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim::test {

/// 2 dies x 2 planes, blocks of 16 pages: a segment has 64 pages. `data` segments are offered, `spares` kept a plane.
inline HbfParameters small_stack(std::int64_t data, std::int64_t segments, std::int64_t spares) {
  HbfParameters p;
  p.channels = 2;
  p.dies = 2;
  p.planes = 2;
  p.pages = 16;
  p.block = p.page * p.pages;
  p.blocks = segments + spares;
  p.endurance.spare_blocks = spares;
  p.endurance.retention = Duration();
  p.capacity = p.block * (4 * data);
  return p;
}

}  // namespace decodesim::test
