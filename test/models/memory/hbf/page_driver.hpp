// SPDX-License-Identifier: Apache-2.0
// Reads a train of whole pages round all planes through a PageController, with so many outstanding.
#pragma once

#include <algorithm>

#include "models/memory/hbf/page_controller.hpp"

namespace decodesim::test {

/// When the last of `pages` pages is with the host. `window` 0: all are asked for at once.
inline Duration read_train(PageController& controller, const HbfParameters& p, std::int64_t pages, std::int64_t window,
                           Ratio retry = Ratio(0)) {
  TimePoint now;
  TimePoint last;
  std::int64_t asked = 0;
  std::int64_t outstanding = 0;
  std::int64_t got = 0;
  while (got < pages) {
    while (asked < pages && (window == 0 || outstanding < window)) {
      const std::int64_t plane = p.stripe_plane(asked % p.total_planes());
      const std::int64_t page = asked / p.total_planes() % p.pages;
      controller.read(now, {static_cast<std::uint64_t>(asked), plane, page, p.page, false, retry});
      ++asked;
      ++outstanding;
    }
    now = *controller.next_event();
    controller.advance(now);
    while (const auto delivery = controller.take_delivery()) {
      ++got;
      --outstanding;
      last = delivery->time;
    }
  }
  return last.since_start();
}

}  // namespace decodesim::test
