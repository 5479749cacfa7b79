// SPDX-License-Identifier: Apache-2.0
#include "models/network/tree_reducer.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

bool is_behind(const TreePlace::Branch& branch, std::int32_t rank) {
  return std::binary_search(branch.ranks.begin(), branch.ranks.end(), rank);
}

// How many of `set` are behind `branch`.
std::int32_t count_behind(const TreePlace::Branch& branch, std::span<const std::int32_t> set) {
  return static_cast<std::int32_t>(
      std::count_if(set.begin(), set.end(), [&](std::int32_t rank) { return is_behind(branch, rank); }));
}

}  // namespace

std::span<const TreeReducer::Departure> TreeReducer::accept(const PacketTrain& train) {
  departures_.clear();
  const TreePlace* place = trees_.place(node_, train.tag.group);
  require(place != nullptr, owner_, "a train of a reduction came to a router that is not in the group's tree");
  switch (train.kind) {
    case MessageKind::kReduced: descend(*place, train); break;
    case MessageKind::kMulticast: spread(*place, train); break;
    case MessageKind::kCombine: gather(*place, train); break;
    default: climb(*place, train);
  }
  return departures_;
}

void TreeReducer::climb(const TreePlace& place, const PacketTrain& contribution) {
  const auto from = std::find_if(place.branches.begin(), place.branches.end(),
                                 [&](const TreePlace::Branch& b) { return b.node == contribution.source; });
  require(from != place.branches.end(), owner_, "a contribution came from outside the tree");
  PacketTrain sum = contribution;
  if (place.branches.size() > 1) {
    const auto contributors = static_cast<std::int32_t>(place.branches.size());
    const auto combined = unit_.contribute(
        contribution, {static_cast<std::int32_t>(from - place.branches.begin()), contributors, place.ranks});
    if (!combined) return;
    sum = *combined;
  }
  require(sum.ranks == place.ranks, owner_, "a sum is not of all ranks below");
  if (place.parent_port < 0) {
    require(sum.ranks == sum.tag.group.size, owner_, "a result is not the sum of all ranks of its group");
    return descend(place, sum);
  }
  sum.kind = MessageKind::kReduceInSwitch;
  sum.source = sum.destination = node_;
  sum.channel = 0;
  departures_.push_back({place.parent_port, sum});
}

void TreeReducer::descend(const TreePlace& place, const PacketTrain& result) {
  for (const TreePlace::Branch& branch : place.branches) {
    PacketTrain& copy = departures_.emplace_back(Departure{branch.port, result}).train;
    copy.kind = branch.to_a_rank ? MessageKind::kData : MessageKind::kReduced;
    copy.source = copy.destination = branch.node;
    copy.channel = 0;
  }
}

// `train.destination` is the neighbour that it came from.
void TreeReducer::spread(const TreePlace& place, const PacketTrain& train) {
  auto above = static_cast<std::int32_t>(train.set.size());
  bool from_below = false;
  for (const TreePlace::Branch& branch : place.branches) {
    const std::int32_t receivers = count_behind(branch, train.set);
    above -= receivers;
    from_below = from_below || branch.node == train.destination;
    if (receivers == 0 || branch.node == train.destination) continue;
    PacketTrain& copy = departures_.emplace_back(Departure{branch.port, train}).train;
    if (branch.to_a_rank) copy.kind = MessageKind::kData;
    copy.destination = branch.to_a_rank ? branch.node : node_;
    copy.channel = 0;
  }
  if (above == 0 || !from_below) return;
  require(place.parent_port >= 0, owner_, "a multicast is for ranks outside its group");
  PacketTrain& copy = departures_.emplace_back(Departure{place.parent_port, train}).train;
  copy.destination = node_;
  copy.channel = 0;
}

// The contributors of a sum for one rank, seen from a router: its neighbours are the branches and, last, the parent.
TreeReducer::Gathering TreeReducer::gathering(const TreePlace& place, const PacketTrain& train) {
  Gathering out;
  out.from = static_cast<std::int32_t>(place.branches.size());
  auto above = static_cast<std::int32_t>(train.set.size());
  out.ranks = above;
  for (const TreePlace::Branch& branch : place.branches) {
    const std::int32_t there = count_behind(branch, train.set);
    above -= there;
    if (branch.node == train.source) out.from = static_cast<std::int32_t>(&branch - place.branches.data());
    if (is_behind(branch, train.destination)) {
      out.towards = &branch;
      out.ranks -= there;
    } else if (there > 0) {
      ++out.contributors;
    }
  }
  if (out.towards == nullptr)
    out.ranks -= above;
  else if (above > 0)
    ++out.contributors;
  return out;
}

// `contribution.source` is the neighbour that it came from.
void TreeReducer::gather(const TreePlace& place, const PacketTrain& contribution) {
  const Gathering all = gathering(place, contribution);
  PacketTrain sum = contribution;
  if (all.contributors > 1) {
    const auto neighbours = static_cast<std::int32_t>(place.branches.size()) + 1;
    const auto combined = unit_.contribute(contribution, {all.from, neighbours, all.ranks});
    if (!combined) return;
    sum = *combined;
  }
  require(sum.ranks == all.ranks, owner_, "a sum for a rank is not of all contributors on this side of it");
  require(all.towards != nullptr || place.parent_port >= 0, owner_, "a sum is for a rank outside its group");
  const bool arrived = all.towards != nullptr && all.towards->to_a_rank;
  if (arrived) sum.kind = MessageKind::kData;
  sum.source = arrived ? sum.set.front() : node_;
  sum.channel = 0;
  departures_.push_back({all.towards != nullptr ? all.towards->port : place.parent_port, sum});
}

}  // namespace decodesim
