// SPDX-License-Identifier: Apache-2.0
// FlashTranslation: log-structured writes on one stack. Logical pages are written to the end of a log of segments (one
// block of each plane), one log a traffic class and one for what is moved; an ExtentMap says where they are. Garbage
// collection takes the segment with the fewest live pages; the least worn free segment is written next (dynamic wear
// levelling), and when a free segment is `wear_gap` cycles ahead of a full one, the full one's data moves there
// (static wear levelling). Blocks read too often or too long ago are rewritten in place. Each segment keeps a summary
// of what was written to it, in order; live pages are found by asking the map, and the map can be rebuilt from it.
//
// Laws, each a test in test/models/memory/hbf/flash_translation_test.cpp:
//   1. Nothing is lost: a page is where the map says, through garbage collection, bad blocks, refreshes and a restart.
//   2. A block is programmed page by page in order, and erased before a page is programmed again.
//   3. Sequential overwrites cost no garbage collection: write amplification 1.
//   4. Writing beyond the capacity, or when blocks no longer suffice, is refused and told; what is there stays
//   readable.
//   5. A block is rewritten at its disturb_reads-th read, not before; data at the age of `retention`.
//   6. Least worn segments go first; static levelling keeps the spread of P/E cycles near wear_gap.
//   7. fast_forward wears the blocks as the window did, in proportion.
//
// Not modelled: the time all this takes (the read controller's part); the map's own pages on flash; trims are forgotten
// by a restart. Blocks that are only read keep their place: no rotation of hot-read data.
// Sources: Rosenblum and Ousterhout, "The design and implementation of a log-structured file system", ACM TOCS 1992
// (segment summaries); Gal and Toledo, "Algorithms and data structures for flash memories", ACM CSUR 2005.
#pragma once

#include <optional>
#include <vector>

#include "models/memory/hbf/block_table.hpp"
#include "models/memory/hbf/endurance.hpp"
#include "models/memory/hbf/extent_map.hpp"

namespace decodesim {

enum class FlashWrite : std::uint8_t {
  kDone,
  kOutOfSpace,  ///< beyond the capacity, or no segment can be freed
  kWornOut,     ///< a block failed and nothing is left to replace it
};

/// Told of every page of the host's that is programmed, of every page copied within the stack, and of every erase that
/// frees a block. Refreshes in place change no place and are not told. Bulk writes do without an observer.
class FlashObserver {
 public:
  virtual ~FlashObserver() = default;
  virtual void programmed(const FlashPlace& place, std::uint64_t logical) = 0;
  virtual void copied(const FlashPlace& from, const FlashPlace& to) = 0;
  virtual void erased(std::int64_t plane, std::int64_t block) = 0;
};

class FlashTranslation {
 public:
  /// REQUIRES parameters.problems() and problems(parameters) empty.
  explicit FlashTranslation(const HbfParameters& parameters);
  /// What keeps a sound part from being written in this way; empty when nothing does.
  [[nodiscard]] static std::vector<std::string> problems(const HbfParameters& parameters);

  void observe(FlashObserver* observer) { observer_ = observer; }

  /// When refused, the pages before the one that found no place are written.
  [[nodiscard]] FlashWrite write(std::uint64_t logical, std::uint64_t pages, TrafficClass traffic);
  void trim(std::uint64_t logical, std::uint64_t pages);
  /// Reads each page `times` times; returns the pages found (those never written are not).
  std::uint64_t read(std::uint64_t logical, std::uint64_t pages, std::int64_t times = 1);
  [[nodiscard]] std::optional<FlashPlace> where(std::uint64_t logical) const;

  /// The next program or erase of the block fails. REQUIRES the block to exist.
  void inject_bad(const FlashPlace& block);
  /// Time passes; data that comes of age is refreshed.
  void advance(std::int64_t seconds);
  /// `seconds` pass as the `window_s` seconds since the start or the last reset_window() did.
  void fast_forward(std::int64_t seconds, std::int64_t window_s);
  /// The next segment with data of the class, in turn, has been rewritten in place.
  void count_refresh(TrafficClass traffic);
  /// Wears every block by as many P/E cycles.
  void wear_evenly(std::int64_t cycles);
  /// Wears every block that is good, and those of a class, by as many P/E cycles; none beyond its rated ones.
  void wear_by_class(std::int64_t levelled, const std::array<std::int64_t, kTrafficClasses>& refreshed);
  void reset_window();
  /// Forgets the map and rebuilds it from the summaries on flash.
  void recover();

  [[nodiscard]] const WearLog& log() const { return log_; }
  [[nodiscard]] std::uint64_t erases() const { return erases_; }
  [[nodiscard]] const BlockTable& blocks() const { return blocks_; }
  [[nodiscard]] std::size_t extents() const { return map_.size(); }
  [[nodiscard]] bool worn_out() const { return worn_out_; }
  /// Segments that still take data: falls as blocks fail beyond the spares (degraded capacity).
  [[nodiscard]] std::int64_t usable_segments() const { return usable_; }
  [[nodiscard]] std::int64_t max_cycles() const;
  /// Of the segments with data of a class; 0 when there are none.
  [[nodiscard]] std::int64_t max_cycles(TrafficClass traffic) const;
  /// Good blocks that have all the P/E cycles that they are rated for.
  [[nodiscard]] std::int64_t worn_blocks() const;
  [[nodiscard]] std::int64_t min_cycles() const;
  /// Seconds since the data of a page was programmed or refreshed; the page must be mapped.
  [[nodiscard]] std::int64_t age_s(std::uint64_t logical) const;
  /// Chance that reading a mapped page needs another sense.
  [[nodiscard]] Ratio retry_rate(std::uint64_t logical) const;
  [[nodiscard]] WearWindow window(double elapsed_s) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  enum class State : std::uint8_t { kFree, kOpen, kFull, kDissolved };
  struct Run {
    std::uint64_t logical;
    std::uint64_t sequence;  ///< of its first page; the later write of a page has the larger
    std::uint32_t pages;
    TrafficClass traffic;
  };
  struct Segment {
    State state = State::kFree;
    std::int64_t written = 0;  ///< pages from its start
    std::int64_t live = 0;
    std::int64_t wear = 0;  ///< largest P/E cycles of its blocks
    std::int64_t since_s = 0;
    std::int64_t disturbed = 0;  ///< refreshes in place since the window began, of the block that had most
    std::int64_t retained = 0;
    std::vector<Run> summary;
  };
  static constexpr std::size_t kMoved = kTrafficClasses;
  static constexpr std::size_t kLevelled = kTrafficClasses + 1;
  static constexpr std::size_t kStreams = kTrafficClasses + 2;
  static constexpr std::int64_t kReserve = 2;  ///< free segments that only moving may take

  // flash_translation.cpp
  Segment& at(std::int64_t segment) { return segments_[static_cast<std::size_t>(segment)]; }
  [[nodiscard]] const Segment& at(std::int64_t segment) const { return segments_[static_cast<std::size_t>(segment)]; }
  [[nodiscard]] std::int64_t take_free(bool least_worn);
  [[nodiscard]] FlashWrite append(std::size_t stream, FlashExtent data, WearCause cause, TrafficClass traffic);
  [[nodiscard]] bool replace_bad(std::int64_t segment, std::int64_t pages);
  [[nodiscard]] bool replace(std::int64_t segment, std::int64_t member);
  void program(std::int64_t segment, const FlashExtent& data, WearCause cause, TrafficClass traffic);
  void tell(std::int64_t segment, const FlashExtent& data, WearCause cause);
  void release(const std::vector<FlashExtent>& extents);
  void close(std::size_t stream);
  void mark_bad(std::uint32_t block);

  // flash_maintenance.cpp
  [[nodiscard]] bool collect();
  [[nodiscard]] std::int64_t emptiest() const;
  [[nodiscard]] bool relocate(std::int64_t victim, std::size_t stream, WearCause cause);
  void erase(std::int64_t segment);
  void dissolve(std::int64_t segment);
  void level_wear();
  [[nodiscard]] bool is_cold(const Segment& segment) const;
  void refresh_disturbed(std::int64_t segment);
  void refresh(std::int64_t segment, std::int64_t member, std::int64_t times, WearCause cause);
  [[nodiscard]] TrafficClass traffic_of(const Segment& segment) const;
  void wear(std::uint32_t block, std::int64_t more);

  HbfParameters parameters_;
  BlockTable blocks_;
  ExtentMap map_;
  std::vector<Segment> segments_;
  std::vector<std::int64_t> open_;  ///< by stream; -1: none
  WearLog log_;
  FlashObserver* observer_ = nullptr;
  std::uint64_t sequence_ = 0;
  std::uint64_t erases_ = 0;
  std::uint64_t window_erases_ = 0;  ///< of whole segments' blocks, since the window began
  std::int64_t clock_s_ = 0;
  std::int64_t free_ = 0;
  std::int64_t usable_ = 0;
  std::int64_t bad_pending_ = 0;  ///< marked bad, not yet replaced
  bool worn_out_ = false;
  std::int64_t refreshed_ = 0;  ///< the segment that count_refresh() counted last
};

}  // namespace decodesim
