// SPDX-License-Identifier: Apache-2.0
#include "models/network/collective_engine.hpp"

#include <algorithm>

namespace decodesim {

Schema<CollectiveParams> CollectiveParams::schema() {
  return std::move(
      Schema<CollectiveParams>("collectives", "What the software of collectives costs on the accelerator")
          .field("relaxed_sync", &CollectiveParams::relaxed_sync, {0_ps, 1_ms},
                 "From a flag's being in local memory to the kernel's going on",
                 derived("half of a relaxed 8-GPU H100 barrier of 0.72 us; the other half is the notification"))
          .field("system_fence", &CollectiveParams::system_fence, {0_ps, 1_ms},
                 "What a system-scope release and acquire add to a barrier",
                 derived("(8.9 - 2.24) / 2 us: H100 all-reduce with system-scope fences against relaxed, two barriers"))
          .field("library_setup", &CollectiveParams::library_setup, {0_ps, 10_ms},
                 "What a collective library's kernel does before its first message",
                 derived("NCCL 2.30 tuner: ring LL base 6.6 us, less 1 us of kernel start counted elsewhere"))
          .field(
              "reduce_rate", &CollectiveParams::reduce_rate, {1_MBps, 1'000'000 * 1_TBps},
              "Rate at which the kernel reads what it combines",
              derived("H100 one-shot all-reduce on 2 ranks, 256 KiB to 1 MiB (vLLM, measured), less the wire's time")));
}

CollectiveEngine::CollectiveEngine(const sc_core::sc_module_name& name, Context& context,
                                   const CollectiveParams& params)
    : Component(name, context), params_(params) {
  SC_HAS_PROCESS(CollectiveEngine);
  SC_METHOD(resume);
  sensitive << resume_;
  dont_initialize();
  SC_METHOD(give_up);
  sensitive << deadline_;
  dont_initialize();
}

void CollectiveEngine::start(const MessageProgram& program, std::uint64_t instance, CollectiveListener& listener) {
  Slot& slot = slot_of(program.group, instance);
  invariant(slot.program == nullptr, "a collective was started twice");
  invariant(slot.arrived.size() <= program.phases.size(), "a message came for a phase that the program lacks");
  slot.program = &program;
  slot.listener = &listener;
  slot.started = now();
  slot.phase = 0;
  slot.arrived.resize(program.phases.size());
  if (!time_out_.is_zero()) begun(program.group) = std::max(begun(program.group), instance + 1);
  trace(EventKind::kCommandStart, instance);
  resume_at(slot, now());
}

CollectiveEngine::Slot& CollectiveEngine::slot_of(const RankGroup& group, std::uint64_t instance) {
  Slot* unused = nullptr;
  for (Slot& slot : slots_) {
    if (slot.used && slot.instance == instance && slot.group == group) return slot;
    if (!slot.used && unused == nullptr) unused = &slot;
  }
  if (unused == nullptr) unused = &slots_.emplace_back();
  unused->used = true;
  unused->group = group;
  unused->instance = instance;
  unused->program = nullptr;
  unused->resuming = unused->forced = unused->incomplete = false;
  unused->arrived.clear();
  unused->heard.clear();
  return *unused;
}

void CollectiveEngine::message_arrived(const MessageTag& tag, std::int32_t source) {
  if (!time_out_.is_zero() && is_past(tag)) {
    late_messages.add(1);
    return;
  }
  Slot& slot = slot_of(tag.group, tag.instance);
  const auto phase = static_cast<std::size_t>(tag.phase);
  if (slot.program == nullptr && slot.arrived.size() <= phase) slot.arrived.resize(phase + 1);
  invariant(phase < slot.arrived.size(), "a message came for a phase that the program lacks");
  ++slot.arrived[phase];
  if (!time_out_.is_zero()) note(slot, tag, source);
  if (slot.program == nullptr) return;
  invariant(slot.arrived[phase] <= slot.program->phases[phase].receives, "a phase got more messages than it expects");
  // A phase is under way when it has begun (phase counts those begun) and its local work has not.
  if (!slot.resuming && slot.phase == phase + 1) end_phase_if_complete(slot);
}

void CollectiveEngine::resume_at(Slot& slot, TimePoint at) {
  slot.resuming = true;
  slot.resume = at;
  resume_.notify(to_sc_time(at - now()));
}

// A listener may start the next collective from collective_done, which may move the slots: they are found by index.
void CollectiveEngine::resume() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].used || !slots_[i].resuming || slots_[i].resume > now()) continue;
    slots_[i].resuming = false;
    if (slots_[i].phase < slots_[i].program->phases.size()) {
      begin_phase(slots_[i]);
      continue;
    }
    slots_[i].used = false;
    const std::uint64_t instance = slots_[i].instance;
    collectives.add(1);
    if (slots_[i].incomplete) inexact.add(1);
    if (!time_out_.is_zero() && open() == 0) deadline_.cancel();
    duration.record((now() - slots_[i].started).count());
    trace(EventKind::kCommandEnd, instance);
    slots_[i].listener->collective_done(instance);
  }
  for (const Slot& slot : slots_)
    if (slot.used && slot.resuming) resume_.notify(to_sc_time(slot.resume - now()));
}

void CollectiveEngine::begin_phase(Slot& slot) {
  const MessageProgram& program = *slot.program;
  const MessagePhase& phase = program.phases[slot.phase];
  MessageTag tag{slot.instance, program.group, static_cast<std::int32_t>(slot.phase), 0};
  for (const Message& message : phase.sends) {
    nic->post(message, tag);
    ++tag.message;
  }
  messages.add(tag.message);
  ++slot.phase;
  start_clock(slot);
  invariant(slot.arrived[slot.phase - 1] <= phase.receives, "a phase got more messages than it expects");
  end_phase_if_complete(slot);
}

void CollectiveEngine::end_phase_if_complete(Slot& slot) {
  const MessagePhase& phase = slot.program->phases[slot.phase - 1];
  if (slot.arrived[slot.phase - 1] < expected(slot)) return;
  slot.incomplete = slot.incomplete || slot.arrived[slot.phase - 1] < phase.receives;
  const Duration cost = local_cost(phase);
  reduced_bytes.add(phase.reduced.count());
  local_time.add(cost.count());
  if (phase.reduced > 0_B) trace(EventKind::kReduce, static_cast<std::uint64_t>(phase.reduced.count()));
  resume_at(slot, now() + cost);
}

Duration CollectiveEngine::local_cost(const MessagePhase& phase) const {
  const Duration combining = phase.reduced / params_.reduce_rate;
  switch (phase.sync) {
    case SyncKind::kNone: return combining;
    case SyncKind::kRelaxed: return combining + params_.relaxed_sync;
    case SyncKind::kSystemFence: return combining + params_.relaxed_sync + params_.system_fence;
    case SyncKind::kLibrarySetup: return combining + params_.library_setup;
  }
  return combining;
}

std::size_t CollectiveEngine::open() const {
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return s.used; }));
}

}  // namespace decodesim
