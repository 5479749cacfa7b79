// SPDX-License-Identifier: Apache-2.0
// The part of CollectiveEngine that goes on without ranks that are late.
#include <algorithm>

#include "models/network/collective_engine.hpp"

namespace decodesim {

bool CollectiveEngine::late(std::int32_t rank) const {
  const auto index = static_cast<std::size_t>(rank);
  return index < late_.size() && late_[index] != 0;
}

void CollectiveEngine::forgive(std::int32_t rank) {
  if (late(rank)) late_[static_cast<std::size_t>(rank)] = 0;
}

void CollectiveEngine::abandon() {
  for (Slot& slot : slots_)
    if (slot.program != nullptr) slot.used = false;
}

void CollectiveEngine::skip_to(const RankGroup& group, std::uint64_t next) {
  begun(group) = std::max(begun(group), next);
  for (Slot& slot : slots_)
    if (slot.used && slot.group == group && slot.instance < next) slot.used = false;
}

std::uint64_t& CollectiveEngine::begun(const RankGroup& group) {
  for (Begun& b : begun_)
    if (b.group == group) return b.next;
  return begun_.emplace_back(Begun{group, 0}).next;
}

bool CollectiveEngine::is_past(const MessageTag& tag) {
  if (tag.instance >= begun(tag.group)) return false;
  return std::none_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
    return slot.used && slot.instance == tag.instance && slot.group == tag.group;
  });
}

void CollectiveEngine::note(Slot& slot, const MessageTag& tag, std::int32_t source) {
  if (!slot.group.contains(source)) return;
  const auto size = static_cast<std::size_t>(slot.group.size);
  const auto at = static_cast<std::size_t>(tag.phase) * size;
  if (slot.heard.size() < at + size) slot.heard.resize(at + size);
  slot.heard[at + static_cast<std::size_t>(slot.group.position_of(source))] = 1;
}

// Who has not been heard of in the phase under way. Only where everyone sends to everyone is that known.
template <class Visit>
void CollectiveEngine::visit_missing(const Slot& slot, Visit visit) const {
  const RankGroup& group = slot.group;
  if (slot.program->phases[slot.phase - 1].receives != group.size - 1) return;
  const std::size_t at = (slot.phase - 1) * static_cast<std::size_t>(group.size);
  for (std::int32_t position = 0; position < group.size; ++position) {
    const std::int32_t rank = group.rank_at(position);
    const std::size_t index = at + static_cast<std::size_t>(position);
    if (rank != slot.program->rank && (index >= slot.heard.size() || slot.heard[index] == 0)) visit(rank);
  }
}

// Messages that the phase under way waits for.
std::int64_t CollectiveEngine::expected(const Slot& slot) const {
  if (slot.forced) return 0;
  std::int64_t count = slot.program->phases[slot.phase - 1].receives;
  if (!time_out_.is_zero()) visit_missing(slot, [&](std::int32_t rank) { count -= late(rank) ? 1 : 0; });
  return count;
}

void CollectiveEngine::start_clock(Slot& slot) {
  if (time_out_.is_zero()) return;
  slot.deadline = now() + time_out_;
  deadline_.notify(to_sc_time(time_out_));
}

void CollectiveEngine::give_up() {
  for (Slot& slot : slots_) {
    if (!slot.used || slot.program == nullptr || slot.resuming || slot.phase == 0 || slot.deadline > now()) continue;
    bool known = false;
    visit_missing(slot, [&](std::int32_t rank) {
      known = true;
      if (late_.size() <= static_cast<std::size_t>(rank)) late_.resize(static_cast<std::size_t>(rank) + 1);
      late_[static_cast<std::size_t>(rank)] = 1;
    });
    slot.forced = slot.forced || !known;
    end_phase_if_complete(slot);
  }
  for (const Slot& slot : slots_)
    if (slot.used && slot.program != nullptr && !slot.resuming && slot.deadline > now())
      deadline_.notify(to_sc_time(slot.deadline - now()));
}

}  // namespace decodesim
