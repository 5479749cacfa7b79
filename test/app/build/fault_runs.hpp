// SPDX-License-Identifier: Apache-2.0
// Runs with faults in tests.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "sim/app/metrics/self_check.hpp"
#include "test/support/simulate_in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim::test {

// Of the steps that a digest lists.
inline std::vector<Duration> latencies(const std::string& digest) {
  std::vector<Duration> out;
  std::istringstream lines(digest);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::int64_t> numbers;
    for (std::int64_t n = 0; words >> n;) numbers.push_back(n);
    if (numbers.size() == 7) out.emplace_back(numbers[2]);
  }
  return out;
}

inline Duration first_step(const Plan& plan) { return latencies(simulate_in_child(plan, false)).at(0); }

inline RunResult checked(const Plan& plan) {
  ProgressListener quiet;
  RunResult result = simulate(plan, quiet);
  self_check(plan, result);  // among others: every token once, and breakdowns that add up
  return result;
}

}  // namespace decodesim::test
