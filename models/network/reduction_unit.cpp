// SPDX-License-Identifier: Apache-2.0
#include "models/network/reduction_unit.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

bool same_part(const PacketTrain& a, const PacketTrain& b) {
  return a.tag.instance == b.tag.instance && a.tag.phase == b.tag.phase && a.tag.message == b.tag.message &&
         a.part == b.part && a.tag.group == b.tag.group;
}

}  // namespace

std::optional<PacketTrain> ReductionUnit::contribute(const PacketTrain& train, std::int32_t weight) {
  require(params_.enabled, owner_, "it is asked to reduce but has no reduction unit");
  Entry& entry = entry_of(train);
  require(entry.merged.payload == train.payload && entry.merged.last == train.last, owner_,
          "contributions to one reduction differ in size");
  const auto position = static_cast<std::size_t>(train.tag.group.position_of(train.source));
  require(!entry.seen[position], owner_, "a rank contributed twice to one reduction");
  entry.seen[position] = true;
  entry.contributions += weight;
  entry.merged.id = std::max(entry.merged.id, train.id);
  entry.merged.head = std::max(entry.merged.head, train.head);
  entry.merged.tail = std::max(entry.merged.tail, train.tail);
  require(entry.contributions <= train.tag.group.size, owner_, "more contributions than ranks in the group");
  if (entry.contributions < train.tag.group.size) return std::nullopt;

  entry.used = false;
  PacketTrain result = entry.merged;
  TimePoint& free = pace_of(train.tag.group);
  const TimePoint start = std::max(result.head + params_.latency, free);
  free = start + result.payload / params_.rate;
  result.head = start;
  result.tail = std::max(result.tail + params_.latency, free);
  result.kind = MessageKind::kData;
  return result;
}

std::size_t ReductionUnit::open() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.used; }));
}

ReductionUnit::Entry& ReductionUnit::entry_of(const PacketTrain& train) {
  Entry* unused = nullptr;
  for (Entry& entry : entries_) {
    if (entry.used && same_part(entry.merged, train)) return entry;
    if (!entry.used && unused == nullptr) unused = &entry;
  }
  if (unused == nullptr) unused = &entries_.emplace_back();
  unused->used = true;
  unused->merged = train;
  unused->contributions = 0;
  unused->seen.assign(static_cast<std::size_t>(train.tag.group.size), false);
  return *unused;
}

TimePoint& ReductionUnit::pace_of(const RankGroup& group) {
  for (Pace& pace : paces_)
    if (pace.group == group) return pace.free;
  return paces_.emplace_back(Pace{group, TimePoint()}).free;
}

}  // namespace decodesim
