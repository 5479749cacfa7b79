// SPDX-License-Identifier: Apache-2.0
// StackPages: one HBF stack at page fidelity: every page read, program and erase is an event of PageController. What is
// announced is read ahead in one sequence, round the planes, and claimed in that order.
//
// Laws: those of StackTrain, in test/models/memory/hbf/stack_engine_test.cpp; and every page asked for is delivered
// once.
//
// Not modelled: which planes a tensor's pages lie on, besides that they go round all of them.
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "models/memory/hbf/flash_engine.hpp"
#include "models/memory/hbf/page_controller.hpp"

namespace decodesim {

class StackPages : public FlashEngine {
 public:
  /// `way`: as of StackTrain.
  StackPages(const HbfParameters& parameters, Duration way);

  void begin(TimePoint now, const FlashRequest& request) override;
  [[nodiscard]] std::optional<TimePoint> next_event() const override;
  void advance(TimePoint now) override;
  std::optional<FlashDone> take_done(TimePoint now) override;
  [[nodiscard]] FlashActivity activity() const override;
  [[nodiscard]] WritePath& writes() override { return writes_; }
  void set_retry(Ratio retry) override { retry_ = retry; }

 private:
  struct Reading {
    Bytes left;                    ///< not yet asked for
    std::int64_t outstanding = 0;  ///< pages at the initiator
    std::int64_t window = 0;       ///< pages; 0: any
    std::int64_t page = 0;         ///< next, of a read that is not announced
    bool announced = false;
    std::int64_t pages_asked = 0;
    std::int64_t pages_in = 0;
  };
  struct Returning {  ///< a page's place at the initiator is free again
    TimePoint time;
    std::uint64_t reading = 0;
  };
  struct Waiting {
    std::uint64_t id = 0;
    WriteTrain train;
    TimePoint sent;
  };

  void act(TimePoint now);
  void delivered(const PageDelivery& delivery);
  void ask(TimePoint now);
  void ask_page(TimePoint now, std::uint64_t id, Reading& reading);
  void read_ahead(TimePoint now);
  void take_writers(TimePoint now);
  void end_round(TimePoint now);
  void start_round(TimePoint now);
  [[nodiscard]] bool ahead_full() const { return ahead_ - claimed_ >= most_ahead(); }
  [[nodiscard]] std::int64_t most_ahead() const;
  [[nodiscard]] PageRead page_read(std::uint64_t id, std::int64_t page, Bytes bytes) const;
  void finish(std::uint64_t id, TimePoint time);

  HbfParameters parameters_;
  Duration way_;
  Ratio retry_;
  PageController controller_;
  WritePath writes_;
  FlashActivity activity_;
  std::map<std::uint64_t, Reading> readings_;                   ///< by request: in service
  std::deque<std::uint64_t> asking_;                            ///< those with pages left to ask for, in order
  std::unordered_map<std::uint64_t, std::uint64_t> reader_of_;  ///< request of a page; looked up only
  std::deque<Returning> returning_;                             ///< in the order of time
  std::deque<FlashDone> ends_;                                  ///< in the order of time
  std::deque<Waiting> writers_;
  std::int64_t claimed_ = 0;  ///< pages of the announced sequence asked for
  std::int64_t ahead_ = 0;    ///< pages of it read
  std::uint64_t others_ = 0;  ///< pages asked for that were not announced
  std::optional<ArrayRound> round_;
  std::uint64_t round_target_ = 0;  ///< writes done when the round is
  bool late_ = false;               ///< a refresh goes before the reads in service
};

}  // namespace decodesim
