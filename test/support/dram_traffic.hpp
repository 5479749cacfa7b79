// SPDX-License-Identifier: Apache-2.0
// Traffic for one pseudo-channel at command fidelity: parts cut down to it, and a driver that keeps its queues full.
#pragma once

#include "models/memory/dram/controller.hpp"
#include "sim/core/component/random.hpp"
#include "test/support/hbm3.hpp"

namespace decodesim::test {

/// HBM3-6400 with what command fidelity reads besides (CMU-SAFARI/ramulator2, HBM3_6400 preset), one pseudo-channel
/// of 512 MiB, all-bank refresh.
inline DramParameters hbm3_pseudo_channel() {
  using namespace literals;
  DramParameters p = hbm3();
  p.capacity = 512_MiB;
  p.channels = 1;
  p.pseudo_channels = 1;
  p.refresh = RefreshMode::kAllBank;
  p.rc = Duration(45'000);
  p.ccd_r = 3;
  p.rrd_l = Duration(3'125);
  p.wtr_s = Duration(4'375);
  p.rrefd = 8_ns;
  return p;
}

/// HBM2-2000: a pseudo-channel of 64 pins, 16 ns bursts of 32 B (CMU-SAFARI/ramulator2, HBM2_2000 preset).
inline DramParameters hbm2_pseudo_channel() {
  using namespace literals;
  DramParameters p;
  p.capacity = 512_MiB;
  p.channels = 1;
  p.width_bits = 64;
  p.burst_length = 4;
  p.transfers_per_clock = 2;
  p.bank_groups = 4;
  p.banks_per_group = 4;
  p.row_bytes = 1_KiB;
  p.clock = 1000_MHz;
  p.rcd_read = 14_ns;
  p.rcd_write = 12_ns;
  p.rp = 14_ns;
  p.ras = 34_ns;
  p.rrd_s = 4_ns;
  p.faw = 15_ns;
  p.rtp = 5_ns;
  p.wr = 16_ns;
  p.wtr_l = 9_ns;
  p.rtw = 18_ns;
  p.read_latency = 14_ns;
  p.write_latency = 4_ns;
  p.refi = 3900_ns;
  p.rfc = 260_ns;
  p.rfc_per_bank = 160_ns;
  p.refresh = RefreshMode::kAllBank;
  return p;
}

/// The addresses of a stream of bursts: where the next one lies and whether it is a write.
class Pattern {
 public:
  /// Runs of `run` bytes, in sequence or at random places of `capacity`; `write_percent` of the runs are writes.
  Pattern(Bytes capacity, Bytes burst, Bytes run, bool random, std::uint64_t write_percent)
      : capacity_(static_cast<std::uint64_t>(capacity.count())),
        burst_(static_cast<std::uint64_t>(burst.count())),
        run_(static_cast<std::uint64_t>(run.count())),
        random_(random),
        write_percent_(write_percent) {}

  struct Burst {
    std::uint64_t address;
    bool write;
  };
  Burst next() {
    if (offset_ == 0) {
      if (random_) base_ = stream_.below(capacity_ / run_) * run_;
      write_ = write_percent_ > 0 && stream_.below(100) < write_percent_;
    }
    const Burst out{base_ + offset_, write_};
    offset_ += burst_;
    if (offset_ >= run_) {
      offset_ = 0;
      if (!random_) base_ = (base_ + run_) % capacity_;
    }
    return out;
  }

 private:
  std::uint64_t capacity_;
  std::uint64_t burst_;
  std::uint64_t run_;
  bool random_;
  std::uint64_t write_percent_;
  std::uint64_t base_ = 0;
  std::uint64_t offset_ = 0;
  bool write_ = false;
  RandomStream stream_{1, "dram_traffic", "pattern"};
};

/// Counts completions.
class Completions : public CompletionSink {
 public:
  void completed(std::uint64_t id, Clock last_data) override {
    ++count;
    last_id = id;
    last = std::max(last, last_data);
  }
  std::int64_t count = 0;
  std::uint64_t last_id = 0;
  Clock last = 0;
};

/// Sends `bursts` of `pattern`, as many at a time as the queues hold, and lets all of them finish.
inline void saturate(DramController& controller, const AddressMap& map, Pattern& pattern, std::int64_t bursts) {
  for (std::int64_t i = 0; i < bursts; ++i) {
    const Pattern::Burst burst = pattern.next();
    const DramRequest request{static_cast<std::uint64_t>(i), burst.write, map.decode(burst.address), controller.now()};
    while (!controller.try_enqueue(request)) controller.run_until(controller.next_event() + 1);
  }
  while (!controller.idle()) controller.run_until(controller.next_event() + 1);
}

/// Share of the peak that `bursts` of `pattern` reach, in millionths.
inline std::int64_t reached_ppm(const DramController& controller) {
  return checked::multiply_divide(controller.bus().data(), kPartsPerMillion, controller.bus().total());
}

}  // namespace decodesim::test
