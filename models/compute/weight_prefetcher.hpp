// SPDX-License-Identifier: Apache-2.0
// WeightPrefetcher: loads operands without a data dependence (weights, old KV) ahead of the kernels that use them, in
// their order, as far as on-chip SRAM allows. It is what hides a memory's latency, and the gaps of a network.
//
// One train ahead at a time, and only while no kernel waits for loads of its own: demand goes first. A kernel's
// prefetched bytes hold their SRAM until the kernel completes.
//
// Laws: prefetched bytes in SRAM never exceed the window; each prefetchable byte is loaded exactly once, either here or
// by its kernel; no kernel uses it before it has come; with a window of zero nothing is ever issued.
#pragma once

#include <span>
#include <vector>

#include "models/compute/dma_engine.hpp"

namespace decodesim {

class WeightPrefetcher : public DmaClient {
 public:
  /// `window`: SRAM set aside; `in_flight`: bytes outstanding of a prefetch train.
  WeightPrefetcher(DmaEngine& dma, Bytes window, Bytes in_flight) : dma_(dma), window_(window), in_flight_(in_flight) {}

  /// Kernels `dropped` will not run: nothing more is loaded for them, and their SRAM is free.
  void abandon(std::span<const std::int64_t> dropped);
  /// A new step: forget the old commands, look ahead in these.
  void load(std::span<const Command> commands);
  /// Issues the next train if the engine is idle and SRAM has room.
  void pump();
  /// Kernel `index` starts: how many bytes of its transfer `which` are already here or on their way.
  [[nodiscard]] Bytes taken(std::int64_t index, std::int32_t which) const;
  /// When the last byte that has come for kernel `index` is at the cores: its response may have run ahead of it.
  [[nodiscard]] TimePoint here_at(std::int64_t index) const;
  /// Whether a train for kernel `index` is still on its way; its arrival is then reported to `client` with `tag`.
  bool wait_for(std::int64_t index, DmaClient& client, std::uint64_t tag);
  /// No more prefetching for kernel `index`: it has started.
  void started(std::int64_t index);
  /// Kernel `index` has completed: its SRAM is free again.
  void completed(std::int64_t index);

  [[nodiscard]] Bytes held() const { return held_; }
  [[nodiscard]] Bytes most_held() const { return most_held_; }
  [[nodiscard]] bool enabled() const { return !window_.is_zero(); }

  void transfer_done(std::uint64_t tag, TimePoint at) override;

 private:
  struct Ahead {
    Bytes loaded_or_coming;
    std::int64_t command = 0;
    std::int32_t transfer = 0;
    TimePoint here_at;  ///< of the last train that has answered
  };

  [[nodiscard]] const Transfer& transfer_of(const Ahead& ahead) const;

  DmaEngine& dma_;
  Bytes window_;
  Bytes in_flight_;
  std::span<const Command> commands_;
  std::vector<Ahead> ahead_;              ///< every prefetchable transfer of the step, in order
  std::vector<std::size_t> first_ahead_;  ///< by command: its first entry in ahead_
  std::size_t cursor_ = 0;
  Bytes held_;
  Bytes most_held_;
  bool on_its_way_ = false;
  bool unwanted_ = false;   ///< what is on its way belongs to an abandoned step
  std::size_t coming_ = 0;  ///< the entry of ahead_ that is on its way
  DmaClient* waiter_ = nullptr;
  std::uint64_t waiter_tag_ = 0;
};

}  // namespace decodesim
