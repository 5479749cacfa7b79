// SPDX-License-Identifier: Apache-2.0
#include "models/compute/accelerator.hpp"

#include <string>

namespace decodesim {

Accelerator::Accelerator(const sc_core::sc_module_name& name, Context& context, const AcceleratorParameters& parameters,
                         std::size_t tiers, std::int32_t rank)
    : Component(name, context),
      parameters_(parameters),
      rank_(rank),
      dma_("dma", context, tiers, parameters.memory_path_latency),
      prefetcher_(dma_, parameters.prefetch, parameters.in_flight_per_core * parameters.cores),
      shared_{.list = {},
              .timing = ComputeTiming(parameters),
              .cache = LastLevelCache(parameters.sram, parameters.cache_ways, parameters.cache_share),
              .dma = dma_,
              .prefetcher = prefetcher_,
              .programs = {},
              .network = nullptr,
              .started = {},
              .power = PowerGovernor(parameters.power_limit - std::min(parameters.power_limit, parameters.idle_power),
                                     parameters.power_window),
              .matrix_power = parameters.matrix_power,
              .load_energy = parameters.load_energy,
              .cores_free = {},
              .in_flight_per_core = parameters.in_flight_per_core} {
  for (std::int64_t q = 0; q < parameters.queues; ++q)
    runners_.push_back(
        std::make_unique<QueueRunner>(("queue" + std::to_string(q)).c_str(), context, shared_, *this, q));
}

void Accelerator::run(std::span<const Command> commands, StepListener& listener) {
  invariant(!commands.empty(), "a step without commands");
  listener_ = &listener;
  shared_.list.load(commands, parameters_.queues);
  prefetcher_.load(commands);
  if (!shared_.held) prefetcher_.pump();
  pump_all();
}

void Accelerator::pump_all() {
  for (const auto& runner : runners_) runner->pump();
}

void Accelerator::command_completed(std::int64_t) {
  if (shared_.list.finished()) {
    finish_step();
    return;
  }
  prefetcher_.pump();
  pump_all();
}

void Accelerator::finish_step() {
  StepListener* listener = listener_;
  listener_ = nullptr;
  listener->step_done(rank_);
}

void Accelerator::release() {
  shared_.held = false;
  if (listener_ == nullptr) return;
  prefetcher_.pump();
  pump_all();
}

void Accelerator::abandon() {
  invariant(listener_ != nullptr, "no step to abandon");
  prefetcher_.abandon(shared_.list.drop_rest());
  const bool idle = shared_.list.finished();
  for (const auto& runner : runners_) runner->abandon();
  if (idle) finish_step();
}

}  // namespace decodesim
