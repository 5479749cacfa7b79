// SPDX-License-Identifier: Apache-2.0
// PageController: the page-read controllers of one stack with every page operation as an event. Each plane has queues
// of demand reads, reads ahead, and programs and erases. A read needs room in the staging SRAM before it is sensed and
// gives it back when the host has taken the page; without room it waits, which is the back-pressure on the host.
//
//   queue --(credit)--> array (tR) --> register --> channel --> ECC --> host link --> credit back
//
// Laws, each a test in test/models/memory/hbf/page_controller_test.cpp:
//   1. A lone page takes tR + page / channel + ECC + page / host.
//   2. All planes at once: planes x page / tR, and not more than channels or host carry.
//   3. Demand reads go before reads ahead, both before programs and erases; a demand read suspends a running one.
//   4. Staged bytes never exceed the SRAM; every read is delivered exactly once; nothing starves.
//   5. Reads within the page that is still open in its register are not sensed again.
//   6. Planes of a die sense together or one by one when the part cannot do it independently.
//   7. Same requests, same times.
//   8. A page read ahead to be held stays in the staging SRAM until it is claimed, and goes to the host then; a claim
//      makes a demand read of one that still waits for its plane.
//
// Not modelled: data from the host to a program's register (it shares no resource with reads here); commands on the
// channel; the ECC decoder is a pipeline that never stalls.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "models/memory/hbf/flash_plane.hpp"
#include "sim/core/component/random.hpp"

namespace decodesim {

struct PageRead {
  std::uint64_t id = 0;
  std::int64_t plane = 0;  ///< of the stack
  std::int64_t page = 0;   ///< of the plane
  Bytes bytes;             ///< at most a page
  bool ahead = false;
  Ratio retry{0};     ///< chance that a sense must be repeated
  bool hold = false;  ///< of a read ahead: stays staged until claimed
};

struct PageDelivery {
  std::uint64_t id = 0;
  TimePoint time;
};

class PageController {
 public:
  /// `host`: the rate at which delivered pages leave the stack. REQUIRES parameters.problems() empty.
  PageController(const HbfParameters& parameters, Bandwidth host, std::uint64_t seed = 1);

  /// Times of calls must not go back.
  void read(TimePoint now, const PageRead& request);
  /// The host asks for the page that was read with `hold` and this id. REQUIRES it, and only once.
  void claim(TimePoint now, std::uint64_t id);
  /// Bytes from the host, over the link that delivers: when the last of them has come.
  TimePoint occupy_host(TimePoint now, Bytes bytes);
  /// While held, no program or erase starts or is resumed; one that runs goes on until a demand read comes.
  void hold_writes(TimePoint now, bool hold);
  void program(TimePoint now, std::int64_t plane) { write(now, plane, Write::kProgram); }
  void erase(TimePoint now, std::int64_t plane) { write(now, plane, Write::kErase); }

  /// When something happens next; nothing when idle.
  [[nodiscard]] std::optional<TimePoint> next_event() const;
  /// Lets everything up to `now`, included, happen.
  void advance(TimePoint now);
  /// The next page the host has, in order; nothing when there is none yet.
  std::optional<PageDelivery> take_delivery();

  [[nodiscard]] Bytes staged() const { return staged_; }
  [[nodiscard]] Bytes most_staged() const { return most_staged_; }
  [[nodiscard]] std::uint64_t senses() const { return senses_; }
  [[nodiscard]] std::uint64_t retries() const { return retries_; }
  /// Pages that are being sensed.
  [[nodiscard]] std::int64_t sensing() const { return sensing_; }
  [[nodiscard]] std::uint64_t suspends() const { return suspends_; }
  [[nodiscard]] std::uint64_t writes_done() const { return writes_done_; }

 private:
  enum class Write : std::uint8_t { kProgram, kErase };
  enum class Kind : std::uint8_t { kSensed, kArrayFree, kWritten, kTransferred, kDecoded, kTaken };
  struct Event {
    TimePoint time;
    std::uint64_t number;  ///< equal times in the order of their making
    Kind kind;
    std::int64_t plane;
    PageRead read;
    friend bool operator>(const Event& a, const Event& b) {
      return a.time != b.time ? a.time > b.time : a.number > b.number;
    }
  };
  struct Plane {
    explicit Plane(const HbfParameters& parameters) : state(parameters) {}
    FlashPlane state;
    std::array<std::deque<PageRead>, 2> reads;  ///< demand, ahead
    std::deque<Write> writes;
    std::uint64_t write_number = 0;  ///< of the running write; a suspend makes its end void
    std::array<bool, 2> waits_for_credit{};
  };
  struct Channel {
    std::array<std::deque<PageRead>, 2> ready;  ///< demand, ahead
    bool busy = false;
  };
  struct Held {
    std::int64_t plane = 0;
    bool decoded = false;
    bool claimed = false;
  };
  struct Die {
    std::int64_t sensing = 0;
    TimePoint started;
  };

  void write(TimePoint now, std::int64_t plane, Write what);
  void schedule(TimePoint time, Kind kind, std::int64_t plane, const PageRead& read = {});
  void happen(const Event& event);
  void start(std::int64_t plane);
  [[nodiscard]] bool start_read(std::int64_t plane, std::size_t rank);
  void start_write(std::int64_t plane);
  [[nodiscard]] bool die_allows(std::int64_t plane) const;
  [[nodiscard]] Duration sense_time(const PageRead& read);
  void sensed(std::int64_t plane, const PageRead& read);
  void transfer(std::int64_t channel);
  void deliver(const PageRead& read);
  void decoded(const PageRead& read);
  void promote(std::int64_t plane, std::uint64_t id);
  void taken(const PageRead& read);
  Plane& at(std::int64_t plane) { return planes_[static_cast<std::size_t>(plane)]; }

  HbfParameters parameters_;
  Bandwidth host_;
  Bytes half_;  ///< of the staging SRAM, in whole pages
  RandomStream random_;
  TimePoint now_;
  std::uint64_t events_made_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<Plane> planes_;
  std::vector<Channel> channels_;
  std::vector<Die> dies_;
  std::array<std::deque<std::int64_t>, 2> credit_queue_;  ///< planes: demand, ahead
  std::deque<PageDelivery> delivered_;
  std::unordered_map<std::uint64_t, Held> held_;  ///< looked up by id only
  TimePoint host_free_;
  bool hold_writes_ = false;
  std::int64_t sensing_ = 0;
  Bytes staged_;     ///< reserved, from sense to give-back
  Bytes returning_;  ///< taken by the host and not yet given back
  Bytes most_staged_;
  std::uint64_t senses_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t suspends_ = 0;
  std::uint64_t writes_done_ = 0;
};

}  // namespace decodesim
