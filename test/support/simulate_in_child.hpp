// SPDX-License-Identifier: Apache-2.0
// Several simulations in one test: SystemC's context is global to a process.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "sim/app/build/simulate.hpp"

namespace decodesim::test {

// Everything of a result that must not differ between two runs, as text.
inline std::string digest(const RunResult& result, bool with_fingerprint) {
  std::ostringstream out;
  for (const StepRecord& s : result.steps)
    out << s.step << ' ' << s.begin.since_start().count() << ' ' << s.latency.count() << ' '
        << s.breakdown.memory.count() << ' ' << s.breakdown.compute.count() << ' ' << s.breakdown.network.count() << ' '
        << s.breakdown.overhead.count() << '\n';
  for (const MemoryRecord& m : result.memory)
    out << m.name << ' ' << m.bytes_read.count() << ' ' << m.bytes_written.count() << '\n';
  out << result.network_payload.count() << ' ' << static_cast<std::int64_t>(result.flops) << '\n';
  if (with_fingerprint) out << result.fingerprint;
  return out.str();
}

// SystemC allows one simulation a process: each runs in a child.
inline std::string simulate_in_child(const Plan& plan, bool with_fingerprint) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    ProgressListener quiet;
    const std::string text = digest(simulate(plan, quiet), with_fingerprint);
    const auto written = write(ends[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

}  // namespace decodesim::test
