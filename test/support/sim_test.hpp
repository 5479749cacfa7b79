// SPDX-License-Identifier: Apache-2.0
// SimTest: base of tests that run the kernel. Each TEST is its own process, so one simulation a test.
#pragma once

#include <gtest/gtest.h>

#include "sim/core/component/component.hpp"
#include "sim/core/trace/fingerprint.hpp"

namespace decodesim::test {

class SimTest : public ::testing::Test {
 protected:
  SimTest() { context.add_sink(fingerprint); }

  /// Runs until nothing is left to do, and says when that was.
  static TimePoint run() {
    sc_core::sc_start();
    return now();
  }
  static void run_until(TimePoint t) { sc_core::sc_start(to_sc_time(t - now())); }
  static TimePoint now() { return TimePoint(from_sc_time(sc_core::sc_time_stamp())); }

  Context context{1};
  FingerprintSink fingerprint;
};

}  // namespace decodesim::test
