// SPDX-License-Identifier: Apache-2.0
// WritePath: what becomes of bytes written to one stack. They gather to pages in the write buffer, leave it a stripe at
// a time (a page for each plane), and take their place through FlashTranslation, which may collect garbage, level wear
// and replace bad blocks on the way. What the array has to do for that comes out as *rounds*: operations that keep all
// planes busy for a time.
//
// Regions say where each class of data lies; they hold data from the start, written before simulated time. Weights are
// read-only. A KV cache is a log of its own: what is appended to it follows in the order of its writing, round and
// round, so that a page fills up before it is programmed.
//
// Refreshes (RefreshPace) are rounds among the others, and go first.
//
// Laws, each a test in test/models/memory/hbf/write_path_test.cpp:
//   1. Bytes put are bytes in the buffer, being programmed, or programmed; a page is programmed when it is full.
//   2. A full buffer takes nothing until a round has ended.
//   3. Sequential rewriting of a region costs one erase of each plane for each block of pages, and moves nothing.
//   4. When the flash can take no more it is said and counted, and not forgotten.
//   5. Without gathering, each run of a train is programmed in pages of its own.
//   6. In zones the host appends and resets, so nothing is moved; what is out of order is refused.
//   7. Refreshes that are due are rounds; a segment that has been rewritten has a P/E cycle more.
//
// Not modelled: the open page of each sequence, layer and head, which the buffer holds until it is full; the space that
// runs in pages of their own waste; reads of pages that still wait in the buffer go to the array; P/E cycles of
// refreshes in zones.
#pragma once

#include <deque>
#include <map>

#include "models/memory/hbf/flash_ageing.hpp"
#include "models/memory/hbf/flash_translation.hpp"
#include "models/memory/hbf/refresh_pace.hpp"
#include "models/memory/hbf/write_buffer.hpp"
#include "models/memory/hbf/zoned_flash.hpp"
#include "sim/core/component/random.hpp"

namespace decodesim {

/// Where a class of data lies, as bytes of one stack.
struct FlashRegion {
  TrafficClass traffic = TrafficClass::kOther;
  std::uint64_t address = 0;
  Bytes bytes;
};

/// Bytes on their way into the buffer.
struct WriteTrain {
  std::uint64_t address = 0;
  Bytes run;   ///< zero: one run; else runs anywhere
  Bytes left;  ///< of the train
  TrafficClass traffic = TrafficClass::kOther;
  Bytes put{};  ///< of the train, so far
};

/// Work for the whole array.
struct ArrayRound {
  enum class Kind : std::uint8_t { kProgram, kMove, kErase };
  Kind kind = Kind::kProgram;
  std::int64_t planes = 0;  ///< that have an operation
  Duration time;
  std::int64_t frees = 0;  ///< pages of the buffer, when it ends
  std::optional<RefreshPace::Round> refresh{};
};

class WritePath {
 public:
  /// REQUIRES parameters.problems() and FlashTranslation::problems(parameters) empty.
  explicit WritePath(const HbfParameters& parameters);

  /// Data of `region` are there. Before simulated time.
  void hold(const FlashRegion& region);
  [[nodiscard]] const std::vector<FlashRegion>& regions() const { return regions_; }
  /// Whether writing there is refused.
  [[nodiscard]] bool read_only(std::uint64_t address) const;

  /// Takes as much of `train` as the buffer has room for; true when all of it is in.
  bool put(WriteTrain& train);
  /// Time goes on: data comes of age.
  void advance(TimePoint now) { pace_.advance(now); }
  /// Whether a refresh is due while another one waits or is under way: then it is time.
  [[nodiscard]] bool refresh_late() const { return pace_.due() + refreshing_ > 1; }
  /// Whether a stripe is complete; with `flush`, whether any page waits; whether a refresh is due.
  [[nodiscard]] bool has_round(bool flush) const;
  /// The next one. REQUIRES has_round(flush).
  [[nodiscard]] ArrayRound take_round();
  void round_done(const ArrayRound& round);

  void count_read(TrafficClass traffic, Bytes bytes);
  /// Pages of a class written so far, over those that it holds.
  [[nodiscard]] double rewrites(TrafficClass traffic) const;
  /// Reads of each byte of a class's region so far, on average.
  [[nodiscard]] double passes(TrafficClass traffic) const;

  /// `days` pass as `elapsed` since the start did. REQUIRES a log.
  void fast_forward(std::int64_t days, Duration elapsed);
  /// Of the class that was read most so far.
  [[nodiscard]] const FlashAge& age() const { return ages_[index(most_read())]; }
  [[nodiscard]] std::int64_t cycles() const;
  /// Chance that a page of it is sensed again.
  [[nodiscard]] Ratio retry_rate() const { return parameters_.retry.rate(cycles(), age().seconds, age().reads); }

  /// Pages programmed since the start.
  [[nodiscard]] const WearLog& log() const { return zones_ ? zones_->log() : translation_->log(); }
  [[nodiscard]] const BlockTable& blocks() const { return zones_ ? zones_->blocks() : translation_->blocks(); }
  /// Null where the host manages zones.
  [[nodiscard]] FlashTranslation* translation() { return translation_ ? &*translation_ : nullptr; }
  [[nodiscard]] const FlashTranslation* translation() const { return translation_ ? &*translation_ : nullptr; }
  [[nodiscard]] std::int64_t waiting_pages() const { return static_cast<std::int64_t>(buffer_.size()); }
  [[nodiscard]] Bytes bytes_put() const { return bytes_put_; }
  /// Pages that found no place: the flash is full or worn out, or a zone was written out of order.
  [[nodiscard]] std::int64_t refused_pages() const { return refused_pages_; }
  /// Why, the first time; empty when none was.
  [[nodiscard]] std::string_view refusal() const { return refusal_; }
  [[nodiscard]] std::int64_t erases() const { return erases_; }
  [[nodiscard]] std::int64_t programs() const { return programs_; }

 private:
  struct Log {                // of a class
    std::uint64_t first = 0;  ///< of the region that is appended to
    std::uint64_t pages = 0;
    std::uint64_t next = 0;
    Bytes partial;
    Int128 read = 0;
    Int128 put = 0;
    std::uint64_t held = 0;  ///< pages of all regions
  };
  static std::size_t index(TrafficClass traffic) { return static_cast<std::size_t>(traffic); }
  Log& log_of(TrafficClass traffic) { return logs_[index(traffic)]; }
  [[nodiscard]] TrafficClass most_read() const;
  [[nodiscard]] std::uint64_t page_of(const WriteTrain& train);
  [[nodiscard]] bool has_room(std::int64_t pages) const;
  void put_page(const WriteTrain& train);
  [[nodiscard]] bool put_runs(WriteTrain& train);
  void hold_zones(Log& log);
  void count_put(WriteTrain& train, Bytes part);
  [[nodiscard]] double held_bytes(const Log& log) const;
  [[nodiscard]] ArrayRound refresh_round();
  void take_stripe();
  void write_log(const WriteBuffer::Run& run);
  void write_zones(const WriteBuffer::Run& run);
  void refuse(std::uint64_t pages, std::string_view why);
  [[nodiscard]] std::int64_t erased() const;
  void add_rounds(ArrayRound::Kind kind, std::int64_t operations, Duration each);

  HbfParameters parameters_;
  std::optional<FlashTranslation> translation_;  ///< one of the two
  std::optional<ZonedFlash> zones_;
  WriteBuffer buffer_;
  RandomStream random_;
  std::vector<FlashRegion> regions_;
  std::array<Log, kTrafficClasses> logs_;
  std::array<FlashAge, kTrafficClasses> ages_{};
  RefreshPace pace_;
  std::int64_t refreshing_ = 0;  ///< rounds of refreshes taken and not done
  std::deque<ArrayRound> rounds_;
  std::int64_t in_rounds_ = 0;  ///< pages that have left the buffer and hold their room until programmed
  Bytes bytes_put_;
  std::int64_t refused_pages_ = 0;
  std::string_view refusal_;
  std::int64_t zone_erases_ = 0;
  std::int64_t erases_ = 0;
  std::int64_t programs_ = 0;
};

}  // namespace decodesim
