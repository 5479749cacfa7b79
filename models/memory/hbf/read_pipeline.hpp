// SPDX-License-Identifier: Apache-2.0
// ReadPipeline: the way of pages out of one HBF stack, a *rank* at a time: one page of each die. Of a rank, the first
// and the last page are followed; those between lie in between. That costs a handful of additions a rank:
//
//   sensed   = max(issued, planes free) + tR        (planes take turns: rank j has the planes of rank j - planes)
//   out      = max(sensed, channels free) + page / channel + ECC
//   at host  = max(out, asked for, link free) + bytes / link
//
// Laws, each a test in test/models/memory/hbf/read_pipeline_test.cpp:
//   1. A lone rank takes tR + page / channel + ECC, then bytes / link.
//   2. Back to back, ranks leave at the lowest of planes x page / tR, the channels' and the link's rate.
//   3. Blocked planes sense nothing before they are free.
//
// Not modelled: single pages of a rank apart; planes of a die that sense together or not at all count as independent.
#pragma once

#include <vector>

#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

/// Of the first and the last page of a rank, or of a part of one.
struct PageTimes {
  TimePoint first;
  TimePoint last;
};

class ReadPipeline {
 public:
  explicit ReadPipeline(const HbfParameters& parameters, Ratio retry = Ratio(0));

  [[nodiscard]] Bytes rank_bytes() const { return rank_; }
  /// The next rank is issued; returns when it is out of the decoder.
  PageTimes sense(const PageTimes& issued);
  /// `bytes` that are ready then go over the link; returns when they have gone.
  PageTimes deliver(const PageTimes& ready, Bytes bytes);
  /// No plane senses before `t`.
  void block(TimePoint t);
  /// When the last rank issued has been sensed.
  [[nodiscard]] TimePoint idle_from() const { return idle_from_; }

  /// What wears and ages changes how often a page is sensed.
  void set_retry(const HbfParameters& parameters, Ratio retry);

 private:
  TimePoint sense_page(TimePoint issued, TimePoint& plane, TimePoint& channel) const;

  Bytes page_;
  Bytes rank_;
  Bandwidth host_;
  Duration sense_;
  Duration held_;      ///< a plane's time for a page besides the sense
  Duration transfer_;  ///< of one page
  Duration channel_;   ///< time that a rank takes of each channel
  Duration ecc_;
  std::vector<PageTimes> planes_free_;  ///< by rank, in turn
  std::size_t next_ = 0;
  PageTimes channels_free_;
  TimePoint link_free_;
  TimePoint idle_from_;
};

/// When the bytes of a sequence of ranks had passed: the last ranks of it.
class RankTimes {
 public:
  /// Looks back over `depth` bytes.
  RankTimes(Bytes page, Bytes rank, Bytes depth);
  /// The first and the last page of rank `number` (at most one more than before) had passed at `t`.
  void set(std::int64_t number, const PageTimes& t) { times_[index(number)] = t; }
  [[nodiscard]] const PageTimes& of(std::int64_t number) const { return times_[index(number)]; }
  /// When the first `bytes` had passed; the start of time for none. REQUIRES set.
  [[nodiscard]] TimePoint when(Bytes bytes) const;
  /// The same for the page that begins at `first` and the one that ends at `last`.
  [[nodiscard]] PageTimes when(Bytes first, Bytes last) const { return {when(first + page_), when(last)}; }

 private:
  [[nodiscard]] std::size_t index(std::int64_t number) const {
    return static_cast<std::size_t>(number) & (times_.size() - 1);
  }
  Bytes page_;
  Bytes rank_;
  std::vector<PageTimes> times_;  ///< a power of two of them, in turn
};

}  // namespace decodesim
