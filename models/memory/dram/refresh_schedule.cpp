// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/refresh_schedule.hpp"

#include <algorithm>
#include <bit>

namespace decodesim {
namespace {

// The bank of the set with the last activate.
std::int32_t latest(std::uint64_t banks, const std::vector<Clock>& activated) {
  std::int32_t best = std::countr_zero(banks);
  for (; banks != 0; banks &= banks - 1) {
    const std::int32_t bank = std::countr_zero(banks);
    if (activated[static_cast<std::size_t>(bank)] > activated[static_cast<std::size_t>(best)]) best = bank;
  }
  return best;
}

}  // namespace

RefreshSchedule::RefreshSchedule(const ConstraintTable& table)
    : all_bank_(table.refresh_mode() == RefreshMode::kAllBank),
      ranks_(table.ranks()),
      banks_per_rank_(table.banks_per_rank()),
      interval_(table.refresh_interval()),
      postpone_(table.refresh_postpone()),
      slots_(all_bank_ ? 1 : table.banks_per_rank()),
      passed_(static_cast<std::size_t>(ranks_), 0),
      owed_(static_cast<std::size_t>(ranks_), 0),
      done_(static_cast<std::size_t>(ranks_), 0),
      targets_(static_cast<std::size_t>(ranks_), -1) {
  find_next_due();
}

std::uint64_t RefreshSchedule::rank_banks(std::int32_t rank) const {
  const std::uint64_t all = banks_per_rank_ == 64 ? ~0ULL : (1ULL << static_cast<unsigned>(banks_per_rank_)) - 1;
  return all << static_cast<unsigned>(rank * banks_per_rank_);
}

// From the total, so that nothing drifts.
Clock RefreshSchedule::due(std::int32_t rank) const {
  const std::int64_t next = passed_[static_cast<std::size_t>(rank)] + 1;
  return (next * ranks_ - (ranks_ - 1 - rank)) * interval_ / (slots_ * ranks_);
}

void RefreshSchedule::find_next_due() {
  next_due_ = kNever;
  for (std::int32_t rank = 0; rank < ranks_; ++rank) next_due_ = std::min(next_due_, due(rank));
}

void RefreshSchedule::advance(Clock now) {
  if (next_due_ > now) return;
  for (std::int32_t rank = 0; rank < ranks_; ++rank) {
    const auto r = static_cast<std::size_t>(rank);
    while (due(rank) <= now) {
      ++passed_[r];
      ++owed_[r];
      ++owed_total_;
    }
  }
  find_next_due();
}

void RefreshSchedule::take_up(std::uint64_t wanted, const std::vector<Clock>& activated) {
  for (std::int32_t rank = 0; rank < ranks_; ++rank) {
    const auto r = static_cast<std::size_t>(rank);
    if (owed_[r] == 0 || targets_[r] >= 0) continue;
    const std::uint64_t candidates = rank_banks(rank) & ~done_[r];
    const std::uint64_t unwanted = candidates & ~wanted;
    const bool free = all_bank_ ? unwanted == candidates : unwanted != 0;
    if (!free && owed_[r] <= postpone_) continue;
    targets_[r] = latest(free ? unwanted : candidates, activated);
    held_ |= all_bank_ ? rank_banks(rank) : 1ULL << static_cast<unsigned>(targets_[r]);
  }
}

bool RefreshSchedule::late() const {
  return std::any_of(owed_.begin(), owed_.end(), [this](std::int64_t owed) { return owed > postpone_ + 1; });
}

void RefreshSchedule::issued(std::int32_t rank) {
  const auto r = static_cast<std::size_t>(rank);
  const std::uint64_t bank = 1ULL << static_cast<unsigned>(targets_[r]);
  held_ &= all_bank_ ? ~rank_banks(rank) : ~bank;
  if (!all_bank_) {
    done_[r] |= bank;
    if (done_[r] == rank_banks(rank)) done_[r] = 0;
  }
  targets_[r] = -1;
  --owed_[r];
  --owed_total_;
}

}  // namespace decodesim
