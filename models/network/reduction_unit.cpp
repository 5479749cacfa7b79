// SPDX-License-Identifier: Apache-2.0
#include "models/network/reduction_unit.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

bool same_part(const PacketTrain& a, const PacketTrain& b) {
  const bool same_receiver = a.kind != MessageKind::kCombine || a.destination == b.destination;
  return a.tag.instance == b.tag.instance && a.tag.phase == b.tag.phase && a.tag.message == b.tag.message &&
         a.part == b.part && a.tag.group == b.tag.group && a.kind == b.kind && same_receiver;
}

}  // namespace

std::optional<PacketTrain> ReductionUnit::contribute(const PacketTrain& train, const ReductionShare& share) {
  require(params_.enabled, owner_, "it is asked to reduce but has no reduction unit");
  Entry& entry = entry_of(train, share.contributors);
  require(entry.merged.payload == train.payload && entry.merged.last == train.last, owner_,
          "contributions to one reduction differ in size");
  const auto contributor = static_cast<std::size_t>(share.contributor);
  require(!entry.seen.at(contributor), owner_, "a rank contributed twice to one reduction");
  entry.seen[contributor] = true;
  entry.merged.id = std::max(entry.merged.id, train.id);
  entry.merged.head = std::max(entry.merged.head, train.head);
  entry.merged.tail = std::max(entry.merged.tail, train.tail);
  entry.merged.ranks += train.ranks;
  require(entry.merged.ranks <= share.ranks, owner_, "more contributions than ranks in the group");
  if (entry.merged.ranks < share.ranks) return std::nullopt;

  entry.used = false;
  PacketTrain result = entry.merged;
  if (result.kind == MessageKind::kCombine) {  // each for a port of its own, where it keeps to the link's rate
    result.head = result.head + params_.latency;
    result.tail = result.tail + params_.latency;
    return result;
  }
  time_result(result, share.contributors);
  result.kind = MessageKind::kReduced;
  return result;
}

void ReductionUnit::time_result(PacketTrain& result, std::int32_t contributors) {
  const bool whole = result.part == 0 && result.last && result.payload < params_.short_limit;
  const bool first = result.part == 0 && !whole && result.payload > 0_B;
  const Duration delay = params_.latency + (first ? params_.stream_setup : 0_ps);
  const Bytes read = result.payload * checked::narrow(checked::divide_up(contributors, params_.operands));
  TimePoint& free = pace_of(result.tag.group);
  const TimePoint start = std::max((whole ? result.tail : result.head) + delay, free);
  free = start + read / params_.rate;
  result.tail = whole ? start : std::max(result.tail + delay, free);
  result.head = start;
}

std::size_t ReductionUnit::open() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.used; }));
}

ReductionUnit::Entry& ReductionUnit::entry_of(const PacketTrain& train, std::int32_t contributors) {
  Entry* unused = nullptr;
  for (Entry& entry : entries_) {
    if (entry.used && same_part(entry.merged, train)) return entry;
    if (!entry.used && unused == nullptr) unused = &entry;
  }
  if (unused == nullptr) unused = &entries_.emplace_back();
  unused->used = true;
  unused->merged = train;
  unused->merged.ranks = 0;
  unused->seen.assign(static_cast<std::size_t>(contributors), false);
  return *unused;
}

TimePoint& ReductionUnit::pace_of(const RankGroup& group) {
  for (Pace& pace : paces_)
    if (pace.group == group) return pace.free;
  return paces_.emplace_back(Pace{group, TimePoint()}).free;
}

}  // namespace decodesim
