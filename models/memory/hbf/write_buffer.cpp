// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/write_buffer.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

WriteBuffer::WriteBuffer(std::uint64_t capacity_pages) : capacity_(capacity_pages) {
  require(capacity_pages > 0, "WriteBuffer", "a buffer holds at least a page");
}

bool WriteBuffer::put(std::uint64_t logical, TrafficClass traffic) {
  const auto found = waiting_.find(logical);
  if (found != waiting_.end()) {
    found->second.traffic = traffic;
    ++absorbed_;
    return true;
  }
  if (waiting_.size() == capacity_) return false;
  waiting_.emplace(logical, Waiting{traffic, arrivals_});
  order_.push_back({arrivals_++, logical});
  return true;
}

std::optional<WriteBuffer::Run> WriteBuffer::take(std::uint64_t pages) {
  if (pages == 0) return std::nullopt;
  auto at = waiting_.end();
  while (at == waiting_.end() && !order_.empty()) {
    at = waiting_.find(order_.front().logical);
    if (at != waiting_.end() && at->second.arrival != order_.front().number) at = waiting_.end();
    order_.pop_front();
  }
  if (at == waiting_.end()) return std::nullopt;
  Run run{at->first, 0, at->second.traffic};
  while (at != waiting_.end() && run.pages < pages && at->first == run.logical + run.pages &&
         at->second.traffic == run.traffic) {
    ++run.pages;
    at = waiting_.erase(at);
  }
  return run;
}

}  // namespace decodesim
