// SPDX-License-Identifier: Apache-2.0
#include "models/compute/queue_runner.hpp"

#include <algorithm>

namespace decodesim {

QueueRunner::QueueRunner(const sc_core::sc_module_name& name, Context& context, RunnerShared& shared,
                         RunnerListener& listener, std::int64_t queue)
    : Component(name, context), shared_(shared), listener_(listener), queue_(queue) {
  SC_HAS_PROCESS(QueueRunner);
  SC_METHOD(on_event);
  sensitive << event_;
  dont_initialize();
}

std::uint64_t CollectiveCounts::next(const RankGroup& group) {
  const auto found = std::find_if(counts_.begin(), counts_.end(), [&](const Count& c) { return c.group == group; });
  Count& count = found != counts_.end() ? *found : counts_.emplace_back(Count{group, 0});
  return count.started++;
}

void CollectiveCounts::catch_up(const CollectiveCounts& others, std::int32_t rank) {
  for (const Count& other : others.counts_) {
    if (!other.group.contains(rank)) continue;
    const auto found =
        std::find_if(counts_.begin(), counts_.end(), [&](const Count& c) { return c.group == other.group; });
    Count& count = found != counts_.end() ? *found : counts_.emplace_back(Count{other.group, 0});
    count.started = std::max(count.started, other.started);
  }
}

void QueueRunner::pump() {
  if (state_ != State::kIdle) return;
  const std::int64_t index = shared_.list.ready(queue_);
  if (index < 0) return;
  if (shared_.held) {
    if (!waiting_) held_since_ = now();
    waiting_ = true;
    return;
  }
  if (waiting_) account(&Breakdown::overhead, overhead_ps, now() - held_since_);
  waiting_ = false;
  shared_.list.start(queue_);
  index_ = index;
  command_ = &shared_.list.at(index);
  state_ = State::kGap;
  began_ = now();
  account(&Breakdown::overhead, overhead_ps, command_->gap);
  event_.notify(to_sc_time(command_->gap));
}

void QueueRunner::on_event() {
  if (state_ == State::kGap) {
    begin();
  } else {
    invariant(state_ == State::kEnding, "an event without a reason");
    complete();
  }
}

void QueueRunner::begin() {
  began_ = now();
  trace(EventKind::kCommandStart, static_cast<std::uint64_t>(index_));
  switch (command_->kind) {
    case CommandKind::kKernel: begin_kernel(); break;
    case CommandKind::kHost:
      account(&Breakdown::overhead, overhead_ps, command_->host_time);
      end_at(now() + command_->host_time);
      break;
    case CommandKind::kCollective: {
      invariant(shared_.network != nullptr, "a collective without a network");
      const auto program = static_cast<std::size_t>(command_->program);
      invariant(program < shared_.programs.size(), "a collective without a program");
      state_ = State::kCollective;
      const MessageProgram& messages = shared_.programs[program];
      shared_.network->start(messages, shared_.started.next(messages.group), *this);
      break;
    }
  }
}

void QueueRunner::begin_kernel() {
  estimate_ = shared_.timing.estimate(command_->work);
  loaded_ = std::max(now(), shared_.prefetcher.here_at(index_));
  loads_pending_ = 1;  // held until every load is issued, so that an instant answer does not end the kernel early
  state_ = State::kLoading;
  shared_.prefetcher.started(index_);
  const Bytes in_flight = shared_.in_flight_per_core * std::max<std::int64_t>(1, estimate_.cores);
  const auto tag = static_cast<std::uint64_t>(index_);
  Bytes operands;
  from_memory_ = Bytes();
  for (std::int32_t t = 0; t < command_->transfer_count; ++t) {
    const Transfer& transfer = command_->transfers[static_cast<std::size_t>(t)];
    operands += transfer.bytes;
    Transfer rest = transfer;
    rest.bytes = load_from_memory(transfer, t);
    from_memory_ += rest.bytes;
    if (rest.bytes.is_zero()) continue;
    rest.address += static_cast<std::uint64_t>(std::max(Bytes(), transfer.bytes - rest.bytes).count());
    ++loads_pending_;
    shared_.dma.issue(rest, in_flight, *this, tag);
  }
  loaded_ = std::max(loaded_, now() + shared_.timing.through_shared(operands));
  if (shared_.prefetcher.wait_for(index_, *this, tag)) ++loads_pending_;
  transfer_done(tag, now());
}

// What neither the cache nor the prefetcher has.
Bytes QueueRunner::load_from_memory(const Transfer& transfer, std::int32_t which) {
  const Bytes missing = shared_.cache.from_memory(transfer);
  cache_hit_bytes.add((transfer.bytes - missing).count());
  return std::max(Bytes(), missing - shared_.prefetcher.taken(index_, which)) + reread(transfer, missing);
}

// Of all groups, from whatever tiers.
Bytes QueueRunner::weights() const {
  Bytes bytes;
  for (std::int32_t t = 0; t < command_->transfer_count; ++t) {
    const Transfer& transfer = command_->transfers[static_cast<std::size_t>(t)];
    if (transfer.traffic == TrafficClass::kWeights) bytes += transfer.bytes;
  }
  return bytes;
}

// What further tiles of a group's rows read of its weights again, when the cache does not hold them until then.
Bytes QueueRunner::reread(const Transfer& transfer, Bytes once) const {
  const auto* work = std::get_if<MatrixWork>(&command_->work);
  if (work == nullptr || work->kernel == nullptr || !work->kernel->rereads) return {};
  if (transfer.traffic != TrafficClass::kWeights || weights() / work->group_count() <= shared_.cache.capacity())
    return {};
  return Bytes(checked::multiply_divide(once.count(), estimate_.row_tiles - work->group_count(), work->group_count()));
}

void QueueRunner::transfer_done(std::uint64_t tag, TimePoint at) {
  invariant(state_ == State::kLoading && tag == static_cast<std::uint64_t>(index_), "data for no kernel");
  loaded_ = std::max(loaded_, at);
  if (--loads_pending_ > 0) return;
  schedule_end();
  shared_.prefetcher.pump();
}

TimePoint QueueRunner::kernel_end() const {
  const TimePoint computed = std::max(began_, shared_.cores_free) + estimate_.busy;
  const Duration exposed = scaled(std::min(estimate_.busy, loaded_ - began_), estimate_.exposed);
  return std::max(computed, loaded_ + estimate_.tail) + exposed;
}

// At the clock that the power limit leaves, the cores' part takes longer.
void QueueRunner::throttle() {
  const TimePoint start = std::max(began_, shared_.cores_free);
  const TimePoint full = kernel_end();
  const Energy drawn =
      shared_.matrix_power * shared_.timing.at_peak(command_->work) + from_memory_ * shared_.load_energy;
  const Ratio clock = shared_.power.clock(start, full - start, drawn);
  if (clock.count() == kPartsPerMillion) return;
  for (Duration* part : {&estimate_.busy, &estimate_.tail})
    *part = Duration(checked::multiply_divide_up(part->count(), kPartsPerMillion, clock.count()));
  throttled_ps.add((kernel_end() - full).count());
}

Duration QueueRunner::slowed(Duration time) const {
  if (shared_.slow_down.count() == kPartsPerMillion) return time;
  return Duration(checked::multiply_divide_up(time.count(), shared_.slow_down.count(), kPartsPerMillion));
}

// Loads are in: the end follows in closed form.
void QueueRunner::schedule_end() {
  throttle();
  const TimePoint computed = std::max(began_, shared_.cores_free) + estimate_.busy;
  const TimePoint streamed = loaded_ + estimate_.tail;
  const TimePoint done = began_ + slowed(kernel_end() - began_);
  shared_.cores_free = done;
  // Memory is what was waited for until the last byte, unless the cores were what was waited for.
  const Duration memory = computed > streamed ? Duration() : loaded_ - began_;
  account(&Breakdown::memory, memory_ps, memory);
  account(&Breakdown::compute, compute_ps, (done - began_) - memory);
  account(&Breakdown::overhead, overhead_ps, command_->drain);
  end_at(done + command_->drain);
}

void QueueRunner::end_at(TimePoint at) {
  state_ = State::kEnding;
  event_.notify(to_sc_time(at - now()));
}

void QueueRunner::collective_done(std::uint64_t) {
  invariant(state_ == State::kCollective, "a collective ended that was not running");
  account(&Breakdown::network, network_ps, now() - began_);
  account(&Breakdown::overhead, overhead_ps, command_->drain);
  end_at(now() + command_->drain);
}

void QueueRunner::abandon() {
  if (waiting_) account(&Breakdown::overhead, overhead_ps, now() - held_since_);
  waiting_ = false;
  if (state_ == State::kGap) {
    event_.cancel();
    account(&Breakdown::overhead, overhead_ps, (now() - began_) - command_->gap);  // it was counted whole
    complete();
  } else if (state_ == State::kCollective) {
    account(&Breakdown::network, network_ps, now() - began_);
    complete();
  }
}

void QueueRunner::complete() {
  trace(EventKind::kCommandEnd, static_cast<std::uint64_t>(index_));
  commands.add(1);
  state_ = State::kIdle;
  const std::int64_t index = index_;
  index_ = -1;
  command_ = nullptr;
  shared_.prefetcher.completed(index);
  shared_.list.complete(index);
  listener_.command_completed(index);
}

void QueueRunner::account(Duration Breakdown::*part, Counter& counter, Duration amount) {
  breakdown_.*part += amount;
  counter.add(amount.count());
}

}  // namespace decodesim
