// SPDX-License-Identifier: Apache-2.0
// HbfParameters: organisation, timing, endurance and energy of one High Bandwidth Flash stack: dies bonded on a base
// die that holds the page-read controllers, ECC and a staging SRAM. All classes of models/memory/hbf read this struct.
//
// Laws, each a test in test/models/memory/hbf/hbf_parameters_test.cpp:
//   1. The defaults contradict nothing, and are a stack of 512 GB that reads 1,638.4 GB/s and programs 16.384 GB/s.
//   2. Each contradiction is named with what was expected.
//   3. Read retries grow with P/E cycles, retention age and reads since the erase, and end at the limit.
//
// Not modelled: temperature; wear that differs between pages of a block.
// Sources: Son et al., IEEE CAL 25(2), 2026, 10.1109/LCA.2026.3705817 (default stack); the others beside each field.
// Contested: tR (1 to 20 us in the literature), power (54 to 160 W a stack), read energy (6.8 to 33 pJ/bit).
#pragma once

#include <string>
#include <vector>

#include "sim/core/config/schema.hpp"

namespace decodesim {

/// Which planes of a die may sense at one time.
enum class PlaneReads : std::uint8_t {
  kIndependent,  ///< each plane on its own
  kMultiPlane,   ///< several, if they start together
  kSingle,       ///< one
};

/// Who finds a place for what is written.
enum class FlashWrites : std::uint8_t {
  kLog,    ///< the stack: a log with mapping, garbage collection and wear levelling
  kZones,  ///< the host: zones written in order and reset as a whole
};

/// Chance that a sensed page does not decode and is sensed again: a sum of what wears it, in parts per million.
struct HbfRetryParameters {
  Ratio fresh{10};                  ///< of a new block, just written
  Ratio per_kilocycle{100};         ///< more for each 1,000 P/E cycles
  Ratio per_day{500};               ///< more for each day since the page was programmed
  Ratio per_million_reads{10'000};  ///< more for each 10^6 reads of the block since its erase
  std::int64_t limit = 3;           ///< senses again at most

  /// The chance for a block in that state; never above 1.
  [[nodiscard]] Ratio rate(std::int64_t cycles, std::int64_t age_s, std::int64_t reads) const;
  /// Mean senses a page read needs, times 10^6: 1 + r + r^2 + ... + r^limit.
  [[nodiscard]] std::int64_t mean_senses_ppm(Ratio rate) const;

  static Schema<HbfRetryParameters> schema();
};

struct HbfEnduranceParameters {
  std::int64_t cycles = 100'000;                         ///< P/E cycles a block is rated for
  std::int64_t disturb_reads = 1'000'000;                ///< reads of a block before it is rewritten; 0: never
  Duration retention{86'400LL * kPicosecondsPerSecond};  ///< data older than this is rewritten; 0: never
  std::int64_t spare_blocks = 4;                         ///< a plane, to replace bad ones
  std::int64_t wear_gap = 100;  ///< P/E cycles between most and least worn before cold data moves; 0: never

  static Schema<HbfEnduranceParameters> schema();
};

struct HbfEnergyParameters {
  EnergyPerBit read{6'800'000};  ///< array to controller
  EnergyPerBit program{100'000'000};
  Energy erase{3'355'443'200};  ///< a block
  Power idle{5'000'000};        ///< of the stack
  Power limit{160'000'000};     ///< of the stack, at full read rate

  static Schema<HbfEnergyParameters> schema();
};

/// What the stack has been through before the run.
struct HbfAgeParameters {
  std::int64_t cycles = 0;  ///< P/E cycles of each block
  std::int64_t days = 0;    ///< since the data was programmed or refreshed
  std::int64_t reads = 0;   ///< of each block since its erase

  static Schema<HbfAgeParameters> schema();
};

enum class ThermalState : std::uint8_t { kNormal, kLight, kSevere };

/// Planes that may sense at one time when the stack is hot.
struct HbfThrottleParameters {
  ThermalState state = ThermalState::kNormal;
  Ratio light{750'000};
  Ratio severe{400'000};

  /// Of all planes, in the present state.
  [[nodiscard]] Ratio share() const;
  static Schema<HbfThrottleParameters> schema();
};

struct HbfParameters {
  // Organisation.
  Bytes capacity{512'000'000'000};  ///< offered to the host
  std::int64_t channels = 16;       ///< of a stack
  std::int64_t dies = 16;           ///< of a stack
  std::int64_t planes = 25;         ///< of a die
  std::int64_t blocks = 328;        ///< of a plane
  std::int64_t pages = 1024;        ///< of a block
  Bytes page{4096};
  Bytes block{4'194'304};
  Bytes access{64};  ///< smallest transfer out of an open page
  std::int64_t bits_per_cell = 1;
  // Timing.
  Duration read{1'000'000};       ///< tR of a cell's first bit
  Duration read_step{0};          ///< more for each further bit of the cell
  Duration program{100'000'000};  ///< tPROG
  Duration erase{1'000'000'000};  ///< tBERS
  bool cached_reads = true;       ///< a second register: sense while the last page leaves
  PlaneReads plane_reads = PlaneReads::kIndependent;
  Bandwidth channel{102'400'000'000};   ///< registers of one channel to the base die
  Duration ecc{200'000};                ///< pipeline latency of the decoder
  Duration program_suspend{5'000'000};  ///< suspend command to a usable plane
  Duration erase_suspend{20'000'000};
  Duration resume{5'000'000};         ///< added to what was left
  std::int64_t suspends = 8;          ///< of one program or erase, at most
  Bytes staging{3'276'800};           ///< SRAM for pages on their way to the host
  bool double_buffered = false;       ///< staging is given back by halves and not by pages
  Bandwidth host{1'638'400'000'000};  ///< of the stack's link to whoever reads
  Duration access_latency{100'000};   ///< staging SRAM and link, request to first byte
  bool read_ahead = true;             ///< whether what is announced is read before it is asked for
  Ratio ahead_share{500'000};         ///< of the staging SRAM that pages read ahead may hold
  FlashWrites writes = FlashWrites::kLog;
  Bytes write_buffer{16'777'216};  ///< SRAM for pages that wait to be programmed
  bool gather = true;              ///< whether appended runs share pages; else each is programmed in pages of its own
  bool refresh = true;             ///< whether blocks read too often and data of age are rewritten
  bool fewer_planes = false;  ///< above the power limit fewer planes sense at one time; else such a part is refused
  HbfThrottleParameters throttle;
  HbfAgeParameters age;
  HbfRetryParameters retry;
  HbfEnduranceParameters endurance;
  HbfEnergyParameters energy;

  [[nodiscard]] std::int64_t total_planes() const { return dies * planes; }
  [[nodiscard]] Bytes raw_capacity() const;
  [[nodiscard]] std::int64_t capacity_pages() const { return capacity / page; }
  /// The channel of plane `plane` of the stack; planes of a die are neighbours.
  [[nodiscard]] std::int64_t channel_of(std::int64_t plane) const;
  /// tR of page `number` of a block: pages of a cell's bits follow one another.
  [[nodiscard]] Duration sense_time(std::int64_t number) const { return read + read_step * (number % bits_per_cell); }
  /// The plane of the n-th page of a stripe: neighbours lie on different dies, and so on different channels.
  [[nodiscard]] std::int64_t stripe_plane(std::int64_t n) const { return n % dies * planes + n / dies; }
  /// Of tR over all pages of a block, rounded up.
  [[nodiscard]] Duration mean_sense_time() const;
  /// planes x page / tR, without channels.
  [[nodiscard]] Bandwidth array_read_rate() const;
  /// Pages that may be read ahead and held; at most all but one.
  [[nodiscard]] std::int64_t ahead_pages() const;
  /// planes x page / tPROG.
  [[nodiscard]] Bandwidth array_program_rate() const;
  /// What reading at full rate draws, idle power included.
  [[nodiscard]] Power read_power() const;
  /// Of all planes that may sense, those that heat and power allow at one time.
  [[nodiscard]] Ratio sensing_share() const;
  /// What a plane rests after a sense, so that no more than those sense at one time on average.
  [[nodiscard]] Duration rest() const;
  /// Chance that a page read at the start of the run is sensed again.
  [[nodiscard]] Ratio retry_rate() const { return retry.rate(age.cycles, age.days * 86'400, age.reads); }
  /// Program a whole block and erase it: a refresh. The next page is read while one is programmed.
  [[nodiscard]] Duration refresh_time() const { return erase + program * pages; }
  /// What contradicts itself in this part, each with what was expected; empty when sound.
  [[nodiscard]] std::vector<std::string> problems() const;

  static Schema<HbfParameters> schema();
};

}  // namespace decodesim
