// SPDX-License-Identifier: Apache-2.0
#include "workloads/traffic/traffic_pattern.hpp"

#include <bit>
#include <numeric>
#include <utility>

namespace decodesim {
namespace {

bool by_bits(TrafficKind kind) {
  return kind == TrafficKind::kBitComplement || kind == TrafficKind::kBitReverse || kind == TrafficKind::kShuffle ||
         kind == TrafficKind::kTranspose;
}

bool by_chance_or_turn(TrafficKind kind) {
  return kind == TrafficKind::kUniform || kind == TrafficKind::kHotSpot || kind == TrafficKind::kAllToAll;
}

std::uint32_t reversed(std::uint32_t value, int bits) {
  std::uint32_t out = 0;
  for (int bit = 0; bit < bits; ++bit) out |= (value >> static_cast<unsigned>(bit) & 1U) << (bits - 1 - bit);
  return out;
}

// Rotated to the left by `by` of `bits` bits.
std::uint32_t rotated(std::uint32_t value, int bits, int by) {
  if (bits == 0) return value;
  return (value << static_cast<unsigned>(by) | value >> static_cast<unsigned>(bits - by)) & ((1U << bits) - 1U);
}

}  // namespace

std::vector<Choice<TrafficKind>> traffic_kind_choices() {
  return {{"uniform", TrafficKind::kUniform},
          {"hot_spot", TrafficKind::kHotSpot},
          {"all_to_all", TrafficKind::kAllToAll},
          {"incast", TrafficKind::kIncast},
          {"transpose", TrafficKind::kTranspose},
          {"bit_complement", TrafficKind::kBitComplement},
          {"bit_reverse", TrafficKind::kBitReverse},
          {"shuffle", TrafficKind::kShuffle},
          {"tornado", TrafficKind::kTornado},
          {"neighbour", TrafficKind::kNeighbour},
          {"shift", TrafficKind::kShift},
          {"random_permutation", TrafficKind::kRandomPermutation}};
}

std::int32_t TrafficLayout::endpoints() const {
  return std::accumulate(extents.begin(), extents.end(), each, std::multiplies<>());
}

std::string traffic_problem(const TrafficPattern& pattern, const TrafficLayout& layout) {
  const std::int32_t n = layout.endpoints();
  const std::string number = std::to_string(n);
  std::string name;
  for (const auto& choice : traffic_kind_choices())
    if (choice.value == pattern.kind) name = choice.name;
  if (n < 2) return "pattern: a network of " + number + " endpoint has no traffic; expected 2 or more";
  if (by_bits(pattern.kind) && !std::has_single_bit(static_cast<std::uint32_t>(n)))
    return "pattern: " + name + " on " + number + " endpoints; expected a power of two of them";
  if (pattern.kind == TrafficKind::kTranspose && std::countr_zero(static_cast<std::uint32_t>(n)) % 2 != 0)
    return "pattern: transpose on " + number + " endpoints; expected an even power of two of them";
  const bool aimed = pattern.kind == TrafficKind::kHotSpot || pattern.kind == TrafficKind::kIncast;
  if (aimed && pattern.target >= n)
    return "target: endpoint " + std::to_string(pattern.target) + " of " + number + "; expected 0 to " +
           std::to_string(n - 1);
  if (pattern.kind == TrafficKind::kShift && pattern.distance % n == 0)
    return "distance: " + std::to_string(pattern.distance) + " on " + number +
           " endpoints leads back to the sender; expected no multiple of " + number;
  return "";
}

TrafficDestinations::TrafficDestinations(const TrafficPattern& pattern, TrafficLayout layout, std::uint64_t seed)
    : pattern_(pattern), layout_(std::move(layout)), endpoints_(layout_.endpoints()) {
  if (by_chance_or_turn(pattern.kind)) return;
  images_.resize(static_cast<std::size_t>(endpoints_));
  std::iota(images_.begin(), images_.end(), 0);
  if (pattern.kind != TrafficKind::kRandomPermutation) {
    for (std::int32_t& endpoint : images_) endpoint = image(endpoint);
    return;
  }
  RandomStream random(seed, "traffic", "permutation");
  for (std::size_t left = images_.size(); left > 1; --left) std::swap(images_[left - 1], images_[random.below(left)]);
}

std::int32_t TrafficDestinations::image(std::int32_t source) const {
  const auto n = static_cast<std::uint32_t>(endpoints_);
  const auto s = static_cast<std::uint32_t>(source);
  const int bits = std::countr_zero(n);
  switch (pattern_.kind) {
    case TrafficKind::kIncast: return static_cast<std::int32_t>(pattern_.target);
    case TrafficKind::kTranspose: return static_cast<std::int32_t>(rotated(s, bits, bits / 2));
    case TrafficKind::kBitComplement: return static_cast<std::int32_t>(n - 1 - s);
    case TrafficKind::kBitReverse: return static_cast<std::int32_t>(reversed(s, bits));
    case TrafficKind::kShuffle: return static_cast<std::int32_t>(rotated(s, bits, 1));
    case TrafficKind::kShift: return static_cast<std::int32_t>((source + pattern_.distance) % endpoints_);
    default: return moved(source);
  }
}

// Digit by digit.
std::int32_t TrafficDestinations::moved(std::int32_t source) const {
  std::int32_t position = source / layout_.each;
  std::int32_t out = 0;
  std::int32_t weight = 1;
  for (const std::int32_t k : layout_.extents) {
    const std::int32_t by = pattern_.kind == TrafficKind::kTornado ? (k + 1) / 2 - 1 : 1;
    out += (position % k + by) % k * weight;
    position /= k;
    weight *= k;
  }
  return out * layout_.each + source % layout_.each;
}

bool TrafficDestinations::sends(std::int32_t source) const {
  return images_.empty() || images_[static_cast<std::size_t>(source)] != source;
}

// The index-th endpoint behind `source`, from 0.
std::int32_t TrafficDestinations::other(std::int32_t source, std::int32_t index) const {
  return (source + 1 + index) % endpoints_;
}

std::int32_t TrafficDestinations::next(std::int32_t source, std::uint64_t count, RandomStream& random) const {
  if (!images_.empty()) return images_[static_cast<std::size_t>(source)];
  const auto others = static_cast<std::uint64_t>(endpoints_ - 1);
  if (pattern_.kind == TrafficKind::kAllToAll) return other(source, static_cast<std::int32_t>(count % others));
  const auto target = static_cast<std::int32_t>(pattern_.target);
  if (pattern_.kind == TrafficKind::kHotSpot && source != target &&
      static_cast<std::int64_t>(random.below(kPartsPerMillion)) < pattern_.hot_share.count())
    return target;
  return other(source, static_cast<std::int32_t>(random.below(others)));
}

}  // namespace decodesim
