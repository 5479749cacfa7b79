// SPDX-License-Identifier: Apache-2.0
// How many rows each expert of one rank gets: of the rank that has most to do, which is the one that is waited for.
//
// `balanced`: top_k x tokens rows lie evenly over all experts. With a power law, each expert's share is a draw from
// p(x) ~ x^-alpha on [1, 0.8 tokens] (with fewer rows than experts on [0.01, 2]), scaled to the rows that there are, as
// aiconfigurator's collector samples it. Drawn are the quantiles instead of random points: one fixed, typical sample.
// Experts are then dealt to the ranks at random (a fixed stream). No expert gets a token twice.
//
// Everything is integer arithmetic: the same on every machine.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace decodesim {

struct ExpertShape {
  std::int64_t tokens = 0;
  std::int64_t top_k = 0;
  std::int64_t experts = 0;    ///< of the layer
  std::int64_t ranks = 1;      ///< that the experts are divided among
  std::int64_t alpha_ppm = 0;  ///< exponent of the power law in millionths; zero: balanced

  friend auto operator<=>(const ExpertShape&, const ExpertShape&) = default;
};

/// ExpertShape::alpha_ppm of "balanced" or "power_law_<exponent from 0.01 to 3>"; nothing for another text.
std::optional<std::int64_t> distribution_named(std::string_view text);
inline constexpr std::string_view kDistributions = "balanced, or power_law_ and an exponent from 0.01 to 3";

/// Rows of each expert of the layer, by its number; ExpertShape::ranks does not matter.
std::vector<std::int64_t> rows_of_all_experts(const ExpertShape& shape);

/// Rows of each expert of the busiest rank that has any, most first.
std::vector<std::int64_t> rows_per_expert(const ExpertShape& shape);

}  // namespace decodesim
