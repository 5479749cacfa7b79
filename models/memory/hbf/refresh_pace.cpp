// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/refresh_pace.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

// Debts are counted so that they stay whole numbers: reads as bytes x rounds x pages of a block, ages as picoseconds x
// bytes x rounds; a round's cost is a segment's over its rounds, in the same measure.
RefreshPace::RefreshPace(const HbfParameters& p)
    : on_(p.refresh),
      limit_(p.endurance.disturb_reads),
      retention_(p.endurance.retention),
      pages_(p.pages),
      rounds_(p.pages + 1),
      disturb_cost_(limit_ * (p.page * p.total_planes()).count() * p.pages),
      retention_cost_(static_cast<Int128>(retention_.count()) * (p.block * p.total_planes()).count()) {}

void RefreshPace::change(Debt& debt, Int128 by, Int128 cost) {
  debt.amount = std::max<Int128>(debt.amount + by, -cost * rounds_);
  const std::int64_t due = debt.amount > 0 ? checked::narrow(debt.amount / cost) : 0;
  due_ += due - debt.due;
  debt.due = due;
}

void RefreshPace::read(TrafficClass traffic, Bytes bytes) {
  if (!on_ || limit_ == 0) return;
  change(disturbed_[index(traffic)], static_cast<Int128>(bytes.count()) * rounds_ * pages_, disturb_cost_);
}

void RefreshPace::write(TrafficClass traffic, Bytes bytes) {
  if (!on_) return;
  const Int128 rewritten = static_cast<Int128>(bytes.count()) * rounds_;
  if (limit_ > 0) change(disturbed_[index(traffic)], -rewritten * limit_, disturb_cost_);
  if (!retention_.is_zero()) change(aged_[index(traffic)], -rewritten * retention_.count(), retention_cost_);
}

void RefreshPace::advance(TimePoint now) {
  require(now >= now_, "RefreshPace", "time goes back");
  const Int128 passed = (now - now_).count();
  now_ = now;
  if (!on_ || retention_.is_zero() || passed == 0) return;
  for (std::size_t t = 0; t < kTrafficClasses; ++t)
    if (!held_[t].is_zero()) change(aged_[t], passed * held_[t].count() * rounds_, retention_cost_);
}

RefreshPace::Round RefreshPace::take() {
  require(due_ > 0, "RefreshPace", "no round is due");
  Round round;
  Debt* most = nullptr;
  for (Debts* debts : {&disturbed_, &aged_}) {
    for (std::size_t t = 0; t < kTrafficClasses; ++t) {
      Debt& debt = (*debts)[t];
      if (most != nullptr && debt.due <= most->due) continue;
      most = &debt;
      round.cause = debts == &disturbed_ ? WearCause::kReadDisturb : WearCause::kRetention;
      round.traffic = static_cast<TrafficClass>(t);
    }
  }
  const Int128 cost = round.cause == WearCause::kReadDisturb ? disturb_cost_ : retention_cost_;
  change(*most, -cost, cost);
  round.erase = ++round_ == rounds_;
  if (round.erase) round_ = 0;
  return round;
}

}  // namespace decodesim
