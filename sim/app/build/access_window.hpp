// SPDX-License-Identifier: Apache-2.0
// AccessWindow: which access of a memory workload may be sent next. Every stream keeps at most `outstanding` accesses
// open; an access waits for its issue time, for a free place of its stream, and a dependent one for the answer to the
// one before it. Plain arithmetic; MemoryDriver turns it into transactions.
//
// Laws, each a test in test/app/build/access_window_test.cpp:
//   1. The accesses of a stream go in the order of the source, and none before its issue time.
//   2. No stream has more than `outstanding` accesses open, and a dependent access is open alone.
//   3. Streams that may all send take turns; one that may not holds up no other, up to kMostAhead of its accesses.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "workloads/memory_access/access.hpp"

namespace decodesim {

class AccessWindow {
 public:
  /// Accesses of one stream that may wait while those of others go on.
  static constexpr std::size_t kMostAhead = 4096;

  /// `streams` and `outstanding` at least 1; the source's accesses are of streams below `streams`.
  AccessWindow(std::unique_ptr<AccessSource> source, std::size_t streams, std::int64_t outstanding);

  /// The next access that may be sent `elapsed` after the start; nothing when none may.
  std::optional<MemoryAccess> take(Duration elapsed);
  /// An access of `stream` that was taken is no longer open.
  void answered(std::uint32_t stream);
  /// No further accesses: what is open is still to be answered.
  void stop();

  /// Issue time of the access that the source waits with; nothing when time is not what is waited for.
  [[nodiscard]] std::optional<Duration> next_issue() const;
  /// Nothing is left and nothing is open.
  [[nodiscard]] bool done() const { return open_ == 0 && waiting_ == 0 && !next_; }

 private:
  struct Stream {
    std::deque<MemoryAccess> waiting;
    std::int64_t open = 0;
    bool listed = false;  ///< in ready_
  };

  void pull(Duration elapsed);
  void list_if_ready(std::uint32_t stream);
  [[nodiscard]] bool has_room(const MemoryAccess& access) const {
    return streams_[access.stream].waiting.size() < kMostAhead;
  }

  std::unique_ptr<AccessSource> source_;
  std::vector<Stream> streams_;
  std::int64_t outstanding_;
  std::optional<MemoryAccess> next_;  ///< of the source
  std::deque<std::uint32_t> ready_;   ///< streams that may send, in turn
  std::int64_t open_ = 0;
  std::int64_t waiting_ = 0;
  Duration elapsed_;
};

}  // namespace decodesim
