// SPDX-License-Identifier: Apache-2.0
// StackTrain: one HBF stack at train fidelity. A read of any length is one event: when it begins, its ranks of pages
// (ReadPipeline) are worked out in turn, and with them its end. Reads are served in the order of their coming.
//
// What is announced is one sequence. Its ranks are sensed ahead as far as `ahead_share` of the staging SRAM goes, and
// beyond that when they are asked for; all that is between the array and the link fits the SRAM. Programs and erases
// (WritePath) keep the whole array busy for a round; a round starts when no read is in service and nothing is left to
// read ahead. A read that comes meanwhile suspends it, or waits for its end where it can be suspended no more.
//
// Laws, each a test in test/models/memory/hbf/stack_engine_test.cpp:
//   1. An announced train with a full SRAM takes bytes / link + access; a long one, the array's rate.
//   2. Without read-ahead every train waits for the page latency.
//   3. Idle time fills the SRAM's share and not more.
//   4. A read waits for the suspend latency of a program, or without suspends for its end; nothing is lost.
//   5. Refreshes are rounds of the same kind; one that is late, because the next is due, goes before the next read.
//   6. A full write buffer makes the writer wait at the program rate.
//   7. Against StackPages: within 2 percent over a grid of tR, SRAM (given back by pages or halves), gaps, windows and
//      train lengths; within 3 where nothing is announced and the SRAM is smaller than bandwidth x latency.
//
// While blocks are refreshed, within 3 percent where gaps between trains are microseconds.
//
// Not modelled: that planes are suspended and resumed one by one (in gaps shorter than a microsecond, rounds that are
// suspended over and over take longer at page fidelity, in all up to a fifth); two reads in service at one time (the
// second waits for the link); that pages wait for the plane with most retries (at 5 percent of retries StackPages takes
// 8 percent longer); see ReadPipeline.
#pragma once

#include <deque>

#include "models/memory/hbf/flash_engine.hpp"
#include "models/memory/hbf/read_pipeline.hpp"

namespace decodesim {

class StackTrain : public FlashEngine {
 public:
  /// `way`: what the initiator adds to the latency of the bytes that it keeps outstanding.
  StackTrain(const HbfParameters& parameters, Duration way);

  void begin(TimePoint now, const FlashRequest& request) override;
  [[nodiscard]] std::optional<TimePoint> next_event() const override;
  void advance(TimePoint now) override;
  std::optional<FlashDone> take_done(TimePoint now) override;
  [[nodiscard]] FlashActivity activity() const override { return activity_; }
  [[nodiscard]] WritePath& writes() override { return writes_; }
  void set_retry(Ratio retry) override;

 private:
  struct Waiting {
    std::uint64_t id = 0;
    WriteTrain train;
    TimePoint sent;  ///< when its last byte is over the link
  };
  struct Window {
    Bytes bytes;  ///< zero: any
    Duration back;
  };

  void read(TimePoint now, const FlashRequest& request);
  void write(TimePoint now, const FlashRequest& request);
  TimePoint announced(TimePoint start, Bytes bytes, const Window& window);
  TimePoint other(TimePoint start, Bytes bytes, const Window& window);
  void sense_announced(PageTimes issued);
  void count_senses(std::int64_t pages);
  void read_ahead(TimePoint now);
  /// How much of `gone` bytes has to have left the SRAM before the room of the first `bytes` is free.
  [[nodiscard]] Bytes returned_with(Bytes bytes, Bytes gone) const;
  /// Most that is held ahead; nothing where nothing is announced.
  [[nodiscard]] Bytes most_ahead() const;
  void make_way(TimePoint now);
  void refresh_late(TimePoint start);
  void end_round(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_write() const;
  void write_event(TimePoint now);
  void take_writers(TimePoint now);
  void finish(std::uint64_t id, TimePoint time);

  HbfParameters parameters_;
  Duration way_;
  Ratio retry_;
  ReadPipeline pipeline_;
  Bytes rank_;
  Bytes staging_;  ///< in whole pages
  WritePath writes_;
  FlashActivity activity_;
  std::deque<FlashDone> ends_;  ///< in the order of time
  TimePoint now_;
  std::int64_t retried_ppm_ = 0;  ///< part of a page sensed again

  // The announced sequence.
  Bytes claimed_;            ///< asked for
  std::int64_t sensed_ = 0;  ///< ranks issued
  RankTimes ready_;          ///< out of the decoder
  RankTimes delivered_;
  TimePoint served_;  ///< when the last read has left the link

  std::deque<Waiting> writers_;  ///< for room in the buffer
  std::optional<ArrayRound> round_;
  bool running_ = false;  ///< else suspended
  TimePoint round_end_;
  Duration left_;  ///< of a suspended round
  std::int64_t suspends_ = 0;
};

}  // namespace decodesim
