// SPDX-License-Identifier: Apache-2.0
#include "workloads/operators/expert_load.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <numeric>

#include "sim/core/component/random.hpp"
#include "sim/core/component/require.hpp"
#include "sim/core/units/fixed_point.hpp"

namespace decodesim {
namespace {

using fixed_point::kOne;
using fixed_point::product;
using fixed_point::ratio;
using Rows = std::vector<std::int64_t>;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

// Rows spread evenly; where there are fewer rows than experts, the experts with one are spread evenly too.
Rows balanced(const ExpertShape& shape, std::int64_t rows) {
  Rows out(static_cast<std::size_t>(shape.experts));
  std::int64_t before = 0;
  for (std::int64_t expert = 0; expert < shape.experts; ++expert) {
    const std::int64_t up_to = checked::multiply_divide_up(rows, expert + 1, shape.experts);
    out[static_cast<std::size_t>(expert)] = up_to - before;
    before = up_to;
  }
  return out;
}

// The power law's quantile at `share` of its mass.
Int128 quantile(Int128 alpha, Int128 low, Int128 high, Int128 share) {
  const Int128 log_low = fixed_point::log2(low);
  const Int128 log_high = fixed_point::log2(high);
  const Int128 power = kOne - alpha;
  if (power == 0) return fixed_point::exp2(log_low + product(share, log_high - log_low));
  const Int128 from = fixed_point::exp2(product(power, log_low));
  const Int128 to = fixed_point::exp2(product(power, log_high));
  const Int128 between = from + product(share, to - from);
  return fixed_point::exp2(ratio(fixed_point::log2(between), power));
}

// What each expert's share comes to in whole rows, most first; at most one row a token.
Rows apportioned(const std::vector<Int128>& shares, std::int64_t rows, std::int64_t tokens) {
  const Int128 sum = std::accumulate(shares.begin(), shares.end(), Int128{0});
  Rows out;
  std::int64_t given = 0;
  for (const Int128 share : shares) {
    const auto part = static_cast<std::int64_t>((2 * share * rows + sum) / (2 * sum));
    out.push_back(std::min(part, tokens));
    given += out.back();
  }
  // What is left goes to those that have least, which reaches experts without any; what was given too much by rounding
  // comes from the most loaded, so that it costs no expert its only row. (Measured times of a few rows follow such
  // loads.)
  while (given < rows) {
    const std::int64_t open = std::count_if(out.begin(), out.end(), [&](std::int64_t r) { return r < tokens; });
    const std::int64_t each = std::max<std::int64_t>(1, (rows - given) / open);
    for (std::size_t i = out.size(); i-- > 0 && given < rows;) {
      const std::int64_t more = std::min({each, tokens - out[i], rows - given});
      out[i] += more;
      given += more;
    }
  }
  while (given > rows)
    for (std::size_t i = 0; i < out.size() && given > rows; ++i)
      if (out[i] > 0) --out[i], --given;
  return out;
}

Rows power_law(const ExpertShape& shape, std::int64_t rows) {
  const Int128 alpha = ratio(shape.alpha_ppm, 1'000'000);
  const bool many = rows > shape.experts;
  const Int128 low = many ? kOne : kOne / 100;
  const Int128 high = many ? std::max(kOne, ratio(Int128{8} * shape.tokens, 10)) : 2 * kOne;
  std::vector<Int128> shares;
  for (std::int64_t i = shape.experts; i-- > 0;)
    shares.push_back(quantile(alpha, low, high, ratio(2 * i + 1, Int128{2} * shape.experts)));
  std::sort(shares.begin(), shares.end(), std::greater<>());
  Rows out = apportioned(shares, rows, shape.tokens);
  RandomStream random(1, "expert_load", "which rank an expert is on");
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[random.below(i)]);
  return out;
}

}  // namespace

std::optional<std::int64_t> distribution_named(std::string_view text) {
  constexpr std::string_view kPowerLaw = "power_law_";
  if (text == "balanced") return 0;
  if (!text.starts_with(kPowerLaw)) return std::nullopt;
  text.remove_prefix(kPowerLaw.size());
  double alpha = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), alpha, std::chars_format::general);
  const bool number = error == std::errc() && stop == text.data() + text.size();
  if (!number || !(alpha >= 0.01 && alpha <= 3)) return std::nullopt;
  return std::llround(alpha * 1e6);
}

std::vector<std::int64_t> rows_of_all_experts(const ExpertShape& shape) {
  const std::int64_t rows = checked::multiply(shape.tokens, shape.top_k);
  return shape.alpha_ppm == 0 ? balanced(shape, rows) : power_law(shape, rows);
}

std::vector<std::int64_t> rows_per_expert(const ExpertShape& shape) {
  require(shape.top_k <= shape.experts && shape.ranks <= shape.experts, "ExpertLoad",
          "no token chooses an expert twice and no rank is without experts");
  const Rows all = rows_of_all_experts(shape);
  const auto each = static_cast<std::size_t>(divide_up(shape.experts, shape.ranks));
  Rows busiest;
  std::int64_t most = -1;
  for (std::size_t first = 0; first < all.size(); first += each) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(first + each, all.size()));
    const std::int64_t sum = std::accumulate(begin, end, std::int64_t{0});
    if (sum <= most) continue;
    most = sum;
    busiest.assign(begin, end);
  }
  std::sort(busiest.begin(), busiest.end(), std::greater<>());
  busiest.erase(std::find(busiest.begin(), busiest.end(), 0), busiest.end());
  return busiest;
}

}  // namespace decodesim
