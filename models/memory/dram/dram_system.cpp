// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/dram_system.hpp"

#include <algorithm>
#include <bit>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

const TimePoint kNeverTime{Duration(INT64_MAX)};

}  // namespace

bool DramSystem::Train::sent() const { return sequence.done() && current == kNoAccess; }

DramSystem::DramSystem(const DramParameters& stack, std::int64_t stacks, Duration way, CommandSink* log)
    : parameters_(all_stacks(stack, stacks)),
      map_(parameters_),
      way_(way),
      burst_bytes_(stack.burst_bytes().count()),
      all_queues_(checked::multiply(2 * parameters_.units() * parameters_.queue_depth, burst_bytes_)) {
  CompletionSink& completions = *this;
  for (std::int64_t i = 0; i < parameters_.units(); ++i)
    controllers_.push_back(std::make_unique<DramController>(parameters_, completions, log));
  const ConstraintTable& table = controllers_.front()->table();
  lookahead_ = std::min(table.read_latency(), table.write_latency()) + table.burst();
  const Clock furthest = std::max(table.read_latency(), table.write_latency()) + table.burst() + lookahead_;
  calendar_.resize(std::bit_ceil(static_cast<std::size_t>(furthest + 2)));
}

Clock DramSystem::last_edge(TimePoint now) const {
  return checked::multiply_divide(now.since_start().count(), parameters_.clock.count(), kPicosecondsPerSecond);
}

// An edge counts as being at the first whole picosecond after it.
Clock DramSystem::next_edge(TimePoint now) const {
  const Clock last = last_edge(now);
  return time_of(last) < now ? last + 1 : last;
}

DramSystem::TrainId DramSystem::add(const StreamShape& shape, TimePoint now) {
  require(!shape.length.is_zero(), "DramSystem", "a train without bytes");
  if (in_service_ == 0) {  // nothing has happened since the last train ended
    ran_to_ = std::max(ran_to_, next_edge(now));
    processed_ = ran_to_;
  }
  if (free_trains_.empty()) {
    free_trains_.push_back(trains_.size());
    trains_.emplace_back();
    serials_.push_back(0);
  }
  const TrainId id = free_trains_.back();
  free_trains_.pop_back();
  ++serials_[id];
  Train& train = trains_[id];
  train = {};
  train.shape = shape;
  train.sequence = AccessSequence(shape, parameters_.capacity, Bytes(burst_bytes_));
  train.begin = now;
  train.current = kNoAccess;
  train.window = shape.in_flight.is_zero() ? all_queues_ : shape.in_flight.count();
  train.way = shape.in_flight.is_zero() ? Duration() : way_;
  ++in_service_;
  send(id, now);
  note_unsent(trains_[id]);
  return id;
}

void DramSystem::note_unsent(Train& train) {
  const bool unsent = !train.sent();
  if (unsent == train.unsent) return;
  train.unsent = unsent;
  unsent_ += unsent ? 1 : -1;
}

// When the train's next access may start by its offered load, from the total so that nothing drifts.
TimePoint DramSystem::next_start(const Train& train) const {
  const auto before = static_cast<std::int64_t>(train.sequence.taken());
  return train.begin + Bytes(checked::multiply(before, train.shape.access().count())) / train.shape.offered;
}

void DramSystem::send(TrainId id, TimePoint now) {
  Train& train = trains_[id];
  if (train.timed) return;
  while (true) {
    if (train.current != kNoAccess) {
      send_pieces(train, now);
      if (train.current != kNoAccess) return;
    }
    if (train.sequence.done()) break;
    const auto bytes = static_cast<std::int64_t>(train.sequence.next_bytes());
    if (bytes <= train.window && train.outstanding > 0 && train.outstanding + bytes > train.window) return;
    if (!train.shape.offered.is_zero() && next_start(train) > now) {
      train.timed = true;
      timed_.push_back(id);
      return;
    }
    open_access(train, id, now);
  }
}

void DramSystem::open_access(Train& train, TrainId id, TimePoint now) {
  const Access access = train.sequence.next();
  if (free_accesses_.empty()) {
    free_accesses_.push_back(static_cast<std::uint32_t>(accesses_.size()));
    accesses_.emplace_back();
  }
  const std::uint32_t index = free_accesses_.back();
  free_accesses_.pop_back();
  Open& open = accesses_[index];
  const auto burst = static_cast<std::uint64_t>(burst_bytes_);
  const std::uint64_t first = access.address / burst * burst;
  const std::uint64_t end = access.address + access.bytes;
  open = {id,
          now,
          static_cast<std::int64_t>(access.bytes),
          static_cast<std::int64_t>((end - first + burst - 1) / burst),
          static_cast<std::int64_t>(access.bytes) > train.window,
          access.write};
  ++train.open;
  train.unknown += open.unmoved;
  train.opened += open.unmoved;
  train.asked += open.bytes;
  if (open.piecewise) {
    train.current = index;
    train.cursor = first;
    train.end = end;
    train.writes = access.write;
    return;
  }
  train.outstanding += open.bytes;
  const Clock arrival = arrival_of(now);
  for (std::uint64_t address = first; address < end; address += burst)
    send_burst(index, address, access.write, arrival);
}

void DramSystem::send_pieces(Train& train, TimePoint now) {
  const Clock arrival = arrival_of(now);
  while (train.cursor < train.end && (train.outstanding == 0 || train.outstanding + burst_bytes_ <= train.window)) {
    train.outstanding += burst_bytes_;
    send_burst(train.current, train.cursor, train.writes, arrival);
    train.cursor += static_cast<std::uint64_t>(burst_bytes_);
  }
  if (train.cursor >= train.end) train.current = kNoAccess;
}

void DramSystem::send_burst(std::uint32_t access, std::uint64_t address, bool write, Clock arrival) {
  const DramRequest request{access, write, map_.decode(address), arrival};
  controllers_[static_cast<std::size_t>(request.where.channel * parameters_.pseudo_channels +
                                        request.where.pseudo_channel)]
      ->submit(request);
}

void DramSystem::completed(std::uint64_t id, Clock last_data) {
  const auto access = static_cast<std::uint32_t>(id);
  slot_of(last_data).push_back(access);
  ++pending_;
  ++bursts_;
  const TrainId train_id = accesses_[access].train;
  Train& train = trains_[train_id];
  train.last = std::max(train.last, last_data);
  if (--train.unknown == 0) note_finish(train_id);
}

void DramSystem::note_finish(TrainId id) {
  const Train& train = trains_[id];
  if (train.unknown == 0 && train.sent()) finishes_.push({time_of(train.last), id});
}

void DramSystem::advance(TimePoint now, std::vector<Ended>& done) {
  if (in_service_ == 0) return;
  const Clock edge = last_edge(now);
  const Clock target = next_edge(now);
  while (true) {
    const Clock known = ran_to_ + lookahead_ - 1;  // completions up to this clock are all in the calendar
    const bool last = edge <= known;
    const TimePoint until = last ? now : TimePoint(time_of(known + 1).since_start() - Duration(1));
    process(until, std::min(edge, known), done);
    if (in_service_ == 0) return;
    run_controllers(last ? target : known + 1);
    if (last) return;
  }
}

// Of several things at one time: data first, then windows, then offered loads.
DramSystem::Next DramSystem::next_of(Clock known) {
  Next next{Next::Kind::kNothing, kNeverTime};
  if (pending_ > 0) {
    while (processed_ <= known && slot_of(processed_).empty()) ++processed_;
    if (processed_ <= known) next = {Next::Kind::kMoved, time_of(processed_), processed_, 0};
  }
  for (std::size_t side = 0; side < returning_.size(); ++side)
    if (!returning_[side].empty() && returning_[side].front().at < next.at)
      next = {Next::Kind::kReturned, returning_[side].front().at, 0, side};
  if (const TimePoint timer = next_timer(); timer < next.at) next = {Next::Kind::kTimer, timer, 0, 0};
  return next;
}

// Everything at the initiators up to `until`, in order of time: data that has moved, windows and offered loads that
// let new accesses out.
void DramSystem::process(TimePoint until, Clock known, std::vector<Ended>& done) {
  while (in_service_ > 0) {
    const Next next = next_of(known);
    if (next.kind == Next::Kind::kNothing || next.at > until) break;
    switch (next.kind) {
      case Next::Kind::kMoved: take_moved(next.clock, done); break;
      case Next::Kind::kTimer: take_timers(next.at); break;
      default: {
        const Return back = returning_[next.side].front();
        returning_[next.side].pop_front();
        give_back(back);
      }
    }
  }
  processed_ = std::max(processed_, known + 1);
}

void DramSystem::take_moved(Clock clock, std::vector<Ended>& done) {
  std::vector<std::uint32_t>& slot = slot_of(clock);
  const TimePoint at = time_of(clock);
  // Which controller has run ahead of which depends on how often advance() is called; what happens must not.
  std::sort(slot.begin(), slot.end());
  for (const std::uint32_t access : slot) {
    --pending_;
    Open& open = accesses_[access];
    if (open.piecewise) {
      const Train& train = trains_[open.train];
      returning_[train.way.is_zero()].push_back({at + train.way, open.train, serials_[open.train], burst_bytes_});
    }
    if (--open.unmoved == 0) complete_access(access, at, done);
  }
  slot.clear();
}

void DramSystem::complete_access(std::uint32_t access, TimePoint at, std::vector<Ended>& done) {
  const Open open = accesses_[access];
  free_accesses_.push_back(access);
  Train& train = trains_[open.train];
  latency_ps_.record((at - open.issued + way_).count());
  (open.write ? train.written : train.read) += open.bytes;
  if (!open.piecewise)
    returning_[train.way.is_zero()].push_back({at + train.way, open.train, serials_[open.train], open.bytes});
  if (--train.open > 0 || !train.sent()) return;
  done.push_back({open.train, Bytes(train.read), Bytes(train.written)});
  while (!finishes_.empty() && finishes_.top().at <= at) finishes_.pop();
  ++serials_[open.train];
  free_trains_.push_back(open.train);
  --in_service_;
}

void DramSystem::give_back(const Return& back) {
  if (serials_[back.train] != back.serial) return;  // its train has ended
  trains_[back.train].outstanding -= back.bytes;
  send(back.train, back.at);
  note_unsent(trains_[back.train]);
}

TimePoint DramSystem::next_timer() const {
  TimePoint at = kNeverTime;
  for (const TrainId id : timed_) at = std::min(at, next_start(trains_[id]));
  return at;
}

void DramSystem::take_timers(TimePoint until) {
  std::vector<TrainId> due;
  std::erase_if(timed_, [&](TrainId id) {
    if (next_start(trains_[id]) > until) return false;
    due.push_back(id);
    return true;
  });
  for (const TrainId id : due) {
    trains_[id].timed = false;
    send(id, until);
    note_unsent(trains_[id]);
  }
}

void DramSystem::run_controllers(Clock clock) {
  if (clock <= ran_to_) return;
  ran_to_ = clock;
  for (const auto& controller : controllers_)
    if (!controller->idle()) controller->run_until(clock);
}

std::optional<TimePoint> DramSystem::next_wake() const {
  if (in_service_ == 0) return std::nullopt;
  bool busy = false;
  for (const auto& controller : controllers_) busy = busy || !controller->idle();
  TimePoint at = finishes_.empty() ? kNeverTime : finishes_.top().at;
  if (busy) return std::min(at, time_of(ran_to_ + lookahead_));
  if (pending_ > 0) {
    Clock clock = processed_;
    while (slot_of(clock).empty()) ++clock;
    at = std::min(at, time_of(clock));
  }
  for (const std::deque<Return>& queue : returning_)
    if (!queue.empty()) at = std::min(at, queue.front().at);
  at = std::min(at, next_timer());
  require(at != kNeverTime, "DramSystem", "trains in service and nothing that could end them");
  return at;
}

Ratio DramSystem::use_of(TrainId id) const {
  const Train& train = trains_[id];
  return Ratio(checked::multiply_divide(train.asked, kPartsPerMillion, train.opened * burst_bytes_));
}

DramActivity DramSystem::activity(TimePoint now) {
  DramActivity sum;
  for (const auto& controller : controllers_) {
    if (controller->idle()) controller->run_until(std::max(controller->now(), next_edge(now)));
    sum.counts += controller->counts();
    sum.bus += controller->bus().clocks();
    for (const RowOutcome o : {RowOutcome::kHit, RowOutcome::kMiss, RowOutcome::kConflict})
      sum.outcomes[static_cast<std::size_t>(o)] += controller->outcomes(o);
  }
  sum.latency_ps = latency_ps_;
  return sum;
}

}  // namespace decodesim
