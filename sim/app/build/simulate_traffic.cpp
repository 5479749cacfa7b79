// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/simulate_traffic.hpp"

#include <chrono>

#include "sim/app/build/run_support.hpp"
#include "sim/app/build/traffic_driver.hpp"
#include "sim/core/trace/fingerprint.hpp"

namespace decodesim {

RunResult simulate_traffic(const Plan& plan, ProgressListener& progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  Context context(static_cast<std::uint64_t>(plan.run.seed));
  FingerprintSink fingerprint;
  context.add_sink(fingerprint);
  TrafficDriver driver("driver", context, plan, progress);
  run_kernel();

  RunResult result;
  result.traffic = driver.result();
  result.steps_asked = static_cast<std::int64_t>(plan.workload.traffic->loads.size());
  result.interrupted = driver.interrupted();
  require(result.interrupted || static_cast<std::int64_t>(result.traffic->points.size()) == result.steps_asked,
          driver.name(), "the simulation ran out of events before the last load: packets wait for ever");
  driver.check_quiet();
  result.simulated = from_sc_time(sc_core::sc_time_stamp());
  result.events = fingerprint.events();
  result.fingerprint = fingerprint.text();
  collect_components(context, result);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  result.peak_rss_bytes = peak_rss_bytes();
  return result;
}

}  // namespace decodesim
