// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/request_queues.hpp"

namespace decodesim {

RequestQueues::RequestQueues(std::int32_t banks, std::int64_t read_depth, std::int64_t write_depth)
    : entries_(static_cast<std::size_t>(read_depth + write_depth)),
      lists_(2 * static_cast<std::size_t>(banks)),
      depth_{read_depth, write_depth} {
  for (std::size_t i = entries_.size(); i-- > 0;) {
    entries_[i].younger = free_;
    free_ = static_cast<std::int32_t>(i);
  }
}

std::int32_t RequestQueues::find_row(std::int32_t from, std::int64_t row) const {
  while (from != kNone && at(from).row != row) from = at(from).younger;
  return from;
}

std::int32_t RequestQueues::next_hit(std::int32_t entry) const { return find_row(at(entry).younger, at(entry).row); }

bool RequestQueues::push(const DramRequest& request, std::int32_t bank, std::int64_t open_row) {
  const std::int32_t index = free_;
  Entry& entry = get(index);
  free_ = entry.younger;
  List& l = list(request.write, bank);
  entry = {request.id, arrivals_++, request.where.row, bank, l.youngest, kNone, request.write, RowOutcome::kHit};
  const bool first = l.youngest == kNone;
  const bool first_hit = l.hit == kNone && entry.row == open_row;
  if (first)
    l.oldest = index;
  else
    get(l.youngest).younger = index;
  l.youngest = index;
  if (first_hit) l.hit = index;
  ++size_[request.write];
  return first || first_hit;
}

void RequestQueues::pop_hit(std::int32_t index) {
  Entry& entry = get(index);
  List& l = list(entry.write, entry.bank);
  l.hit = next_hit(index);
  if (entry.older == kNone)
    l.oldest = entry.younger;
  else
    get(entry.older).younger = entry.younger;
  if (entry.younger == kNone)
    l.youngest = entry.older;
  else
    get(entry.younger).older = entry.older;
  --size_[entry.write];
  entry.younger = free_;
  free_ = index;
}

void RequestQueues::row_changed(std::int32_t bank, std::int64_t row) {
  for (const bool write : {false, true}) {
    List& l = list(write, bank);
    l.hit = row < 0 ? kNone : find_row(l.oldest, row);
  }
}

}  // namespace decodesim
