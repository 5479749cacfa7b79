// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/hot_experts.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "sim/core/units/checked.hpp"

namespace decodesim {
namespace {

struct Load {
  std::int64_t steps = 0;
  std::int64_t rows = 0;
};

std::vector<Load> loads_of(const DecodeTrace& trace) {
  std::vector<Load> loads(static_cast<std::size_t>(trace.experts()));
  for (std::int64_t step = 0; step < trace.steps(); ++step) {
    const auto rows = trace.expert_rows(step);
    for (std::size_t expert = 0; expert < loads.size(); ++expert) {
      loads[expert].steps += rows[expert] > 0 ? 1 : 0;
      loads[expert].rows = checked::add(loads[expert].rows, rows[expert]);
    }
  }
  return loads;
}

}  // namespace

std::vector<char> hot_experts_of(const DecodeTrace& trace, std::int64_t parts, std::int64_t hot) {
  const std::vector<Load> loads = loads_of(trace);
  std::vector<char> flags(loads.size());
  const auto block = static_cast<std::size_t>(trace.experts() / parts);
  for (std::size_t first = 0; first < loads.size(); first += block) {
    std::vector<std::size_t> order(block);
    std::iota(order.begin(), order.end(), first);
    std::sort(order.begin(), order.end(), [&loads](std::size_t a, std::size_t b) {
      return std::tuple(-loads[a].steps, -loads[a].rows, a) < std::tuple(-loads[b].steps, -loads[b].rows, b);
    });
    order.resize(std::min(order.size(), static_cast<std::size_t>(hot)));
    for (const std::size_t expert : order) flags[expert] = 1;
  }
  return flags;
}

}  // namespace decodesim
