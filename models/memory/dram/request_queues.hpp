// SPDX-License-Identifier: Apache-2.0
// RequestQueues: the reads and writes that wait at one pseudo-channel, in bounded queues, listed by bank in order of
// arrival. For every bank and direction it knows the oldest request and the oldest one that hits the open row, so that
// the scheduler looks at banks and not at requests. Storage is made once.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/memory/dram/address_map.hpp"
#include "models/memory/dram/command.hpp"

namespace decodesim {

/// One burst to read or write.
struct DramRequest {
  std::uint64_t id = 0;  ///< the caller's; comes back with the completion
  bool write = false;
  DecodedAddress where;
  Clock arrival = 0;
};

/// What a request found: its row open, its bank closed, or another row open.
enum class RowOutcome : std::uint8_t { kHit, kMiss, kConflict };

class RequestQueues {
 public:
  static constexpr std::int32_t kNone = -1;
  struct Entry {
    std::uint64_t id = 0;
    std::uint64_t order = 0;  ///< of arrival, over both queues
    std::int64_t row = 0;
    std::int32_t bank = 0;
    std::int32_t older = kNone;    ///< of the same bank and direction
    std::int32_t younger = kNone;  ///< likewise; next free entry while unused
    bool write = false;
    RowOutcome outcome = RowOutcome::kHit;
  };

  RequestQueues(std::int32_t banks, std::int64_t read_depth, std::int64_t write_depth);

  [[nodiscard]] bool full(bool write) const { return size_[write] == depth_[write]; }
  [[nodiscard]] std::int64_t size(bool write) const { return size_[write]; }
  [[nodiscard]] bool empty() const { return size_[0] + size_[1] == 0; }
  /// Whether anything waits for `bank`.
  [[nodiscard]] bool wanted(std::int32_t bank) const {
    return oldest(false, bank) != kNone || oldest(true, bank) != kNone;
  }
  [[nodiscard]] std::int32_t oldest(bool write, std::int32_t bank) const { return list(write, bank).oldest; }
  /// Oldest request of `bank` for its open row, or kNone.
  [[nodiscard]] std::int32_t hit(bool write, std::int32_t bank) const { return list(write, bank).hit; }
  /// Next request for the row of `entry` after it, or kNone.
  [[nodiscard]] std::int32_t next_hit(std::int32_t entry) const;
  [[nodiscard]] const Entry& at(std::int32_t entry) const { return entries_[static_cast<std::size_t>(entry)]; }
  void set_outcome(std::int32_t entry, RowOutcome outcome) { get(entry).outcome = outcome; }

  /// REQUIRES !full(request.write). `open_row` is the bank's, negative when closed. Returns whether the bank's oldest
  /// request or hit has changed.
  bool push(const DramRequest& request, std::int32_t bank, std::int64_t open_row);
  /// Takes out `entry`, the hit of its list.
  void pop_hit(std::int32_t entry);
  /// The bank's row has been opened, or closed with a negative row.
  void row_changed(std::int32_t bank, std::int64_t row);

 private:
  struct List {
    std::int32_t oldest = kNone;
    std::int32_t youngest = kNone;
    std::int32_t hit = kNone;
  };
  [[nodiscard]] Entry& get(std::int32_t entry) { return entries_[static_cast<std::size_t>(entry)]; }
  [[nodiscard]] List& list(bool write, std::int32_t bank) { return lists_[2 * static_cast<std::size_t>(bank) + write]; }
  [[nodiscard]] const List& list(bool write, std::int32_t bank) const {
    return lists_[2 * static_cast<std::size_t>(bank) + write];
  }
  [[nodiscard]] std::int32_t find_row(std::int32_t from, std::int64_t row) const;

  std::vector<Entry> entries_;
  std::vector<List> lists_;
  std::int32_t free_ = kNone;
  std::uint64_t arrivals_ = 0;
  std::array<std::int64_t, 2> size_{};
  std::array<std::int64_t, 2> depth_;
};

}  // namespace decodesim
