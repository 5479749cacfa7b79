// SPDX-License-Identifier: Apache-2.0
// PageTrain: the closed form of what PageController does with many whole pages that go round all planes. Reads the
// same parameters.
//
//   rate = min(planes x page / period, channels, host, credits x page / latency)
//   latency = sense + page / channel + ECC + page / host; credits = pages in the staging SRAM, or the reader's window
//   double-buffered staging S: rate <= S / (latency + S / 2 / B), which reaches B, the least of the others, at
//   S = 2 x B x latency
//   period = sense with cached reads, else sense + page / channel
//
// where sense is the mean time on the array, retries included. `single` plane reads count dies instead of planes.
//
// Laws, each a test in test/models/memory/hbf/page_train_test.cpp:
//   1. 25 planes x 16 dies x 4 KiB / 1 us = 1,638.4 GB/s read; at tPROG 100 us 16.384 GB/s programmed.
//   2. Below the knee, bandwidth is credits x page / latency; the knee is at bandwidth x latency
//      where staging is given back by pages, and at 2 x bandwidth x latency where it is given back by halves.
//   3. Long trains take what PageController's events take, within 2 percent, over a grid of tR, staging, windows and
//      registers.
//
// Not modelled: trains shorter than a few pages a plane come out up to a round of planes off; multi-plane reads
// without a cache register, where planes wait for their neighbours' transfers; programs among the reads.
#pragma once

#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

class PageTrain {
 public:
  /// `window`: pages the reader keeps outstanding; 0: as many as the staging holds. REQUIRES parameters.problems()
  /// empty.
  PageTrain(const HbfParameters& parameters, Bandwidth host, std::int64_t window = 0, Ratio retry = Ratio(0));

  /// A lone page, request to the host.
  [[nodiscard]] Duration latency() const { return latency_; }
  /// Of a long train.
  [[nodiscard]] Bandwidth rate() const { return rate_; }
  /// `pages` pages, first request to the last page at the host.
  [[nodiscard]] Duration time(std::int64_t pages) const;

 private:
  Bytes page_;
  Duration latency_;
  Bandwidth rate_;
};

/// Bytes in flight that keep `rate` busy over a round trip of `latency`, twice: one half fills while the other leaves.
[[nodiscard]] Bytes staging_for(Bandwidth rate, Duration latency);

}  // namespace decodesim
