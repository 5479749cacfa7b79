// SPDX-License-Identifier: Apache-2.0
#include "models/compute/weight_prefetcher.hpp"

#include <algorithm>

namespace decodesim {

void WeightPrefetcher::load(std::span<const Command> commands) {
  require((!on_its_way_ || unwanted_) && held_.is_zero(), "WeightPrefetcher",
          "a new step while the last one's data is here");
  commands_ = commands;
  cursor_ = 0;
  if (!enabled()) return;
  ahead_.clear();
  first_ahead_.assign(commands.size() + 1, 0);
  for (std::size_t c = 0; c < commands.size(); ++c) {
    first_ahead_[c] = ahead_.size();
    for (std::int32_t t = 0; t < commands[c].transfer_count; ++t)
      if (commands[c].transfers[static_cast<std::size_t>(t)].prefetchable)
        ahead_.push_back({Bytes(), static_cast<std::int64_t>(c), t, TimePoint()});
  }
  first_ahead_[commands.size()] = ahead_.size();
}

const Transfer& WeightPrefetcher::transfer_of(const Ahead& ahead) const {
  return commands_[static_cast<std::size_t>(ahead.command)].transfers[static_cast<std::size_t>(ahead.transfer)];
}

void WeightPrefetcher::pump() {
  if (!enabled() || on_its_way_ || !dma_.idle()) return;
  while (cursor_ < ahead_.size() && ahead_[cursor_].loaded_or_coming == transfer_of(ahead_[cursor_]).bytes) ++cursor_;
  if (cursor_ >= ahead_.size()) return;
  Ahead& next = ahead_[cursor_];
  const Bytes part = std::min(transfer_of(next).bytes - next.loaded_or_coming, window_ - held_);
  if (part.is_zero()) return;
  Transfer piece = transfer_of(next);
  piece.address += static_cast<std::uint64_t>(next.loaded_or_coming.count());
  piece.bytes = part;
  next.loaded_or_coming += part;
  held_ += part;
  most_held_ = std::max(most_held_, held_);
  on_its_way_ = true;
  coming_ = cursor_;
  dma_.issue(piece, in_flight_, *this, 0);
}

Bytes WeightPrefetcher::taken(std::int64_t index, std::int32_t which) const {
  if (!enabled()) return {};
  const auto c = static_cast<std::size_t>(index);
  for (std::size_t i = first_ahead_[c]; i < first_ahead_[c + 1]; ++i)
    if (ahead_[i].transfer == which) return ahead_[i].loaded_or_coming;
  return {};
}

TimePoint WeightPrefetcher::here_at(std::int64_t index) const {
  TimePoint latest;
  if (!enabled()) return latest;
  const auto c = static_cast<std::size_t>(index);
  for (std::size_t i = first_ahead_[c]; i < first_ahead_[c + 1]; ++i) latest = std::max(latest, ahead_[i].here_at);
  return latest;
}

bool WeightPrefetcher::wait_for(std::int64_t index, DmaClient& client, std::uint64_t tag) {
  if (!on_its_way_ || ahead_[coming_].command != index) return false;
  require(waiter_ == nullptr, "WeightPrefetcher", "two kernels wait for one train");
  waiter_ = &client;
  waiter_tag_ = tag;
  return true;
}

void WeightPrefetcher::started(std::int64_t index) {
  if (!enabled()) return;
  // Kernels of several queues may start out of list order: only ever skip forwards.
  cursor_ = std::max(cursor_, first_ahead_[static_cast<std::size_t>(index) + 1]);
}

void WeightPrefetcher::completed(std::int64_t index) {
  if (!enabled()) return;
  const auto c = static_cast<std::size_t>(index);
  for (std::size_t i = first_ahead_[c]; i < first_ahead_[c + 1]; ++i) held_ -= ahead_[i].loaded_or_coming;
  require(held_.count() >= 0, "WeightPrefetcher", "more SRAM freed than held");
}

void WeightPrefetcher::abandon(std::span<const std::int64_t> dropped) {
  cursor_ = ahead_.size();
  for (const std::int64_t index : dropped) {
    completed(index);
    unwanted_ = unwanted_ || (on_its_way_ && ahead_[coming_].command == index);
  }
}

void WeightPrefetcher::transfer_done(std::uint64_t, TimePoint at) {
  on_its_way_ = false;
  if (unwanted_) {
    unwanted_ = false;
    pump();
    return;
  }
  ahead_[coming_].here_at = at;
  DmaClient* waiter = waiter_;
  waiter_ = nullptr;
  if (waiter != nullptr) waiter->transfer_done(waiter_tag_, at);
  pump();
}

}  // namespace decodesim
