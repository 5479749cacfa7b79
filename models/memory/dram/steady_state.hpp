// SPDX-License-Identifier: Apache-2.0
// SteadyState: how fast each of several trains goes while they are in service together, from the DRAM commands that a
// short sample of the mix takes. A mix is sampled once, and its rates are kept: what follows, however many gigabytes
// the trains are long, is arithmetic. (Sampled simulation, as SMARTS does for processors: Wunderlich et al., ISCA
// 2003; here every mix is one phase.)
//
// The sample runs on a DramSystem. Where all pseudo-channels see the same traffic it has fewer of them, with the
// trains' windows and offered loads in proportion:
//   windows far beyond all queues                one pseudo-channel
//   accesses anywhere, several a pseudo-channel  eight of them
//   less, strides, trains that may stay in step  all of them: who meets whom matters
// It lasts a whole number of refresh periods, after a start that is thrown away. A window far beyond what fills the
// queues is cut: its other bytes only wait, by Little's law (window - cut window) / rate longer.
//
// Laws, each a test in test/models/memory/dram/steady_state_test.cpp:
//   1. The same mix gives the same rates; they never exceed the pins together.
//   2. Against command fidelity: docs/modelling/memory.md, test/models/memory/fidelity_grid_test.cpp.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "models/memory/dram/dram_system.hpp"

namespace decodesim {

class SteadyState {
 public:
  SteadyState(const DramParameters& stack, std::int64_t stacks, Duration way);

  /// What a sample came to.
  struct Mix {
    std::vector<Bandwidth> rates;  ///< of the whole memory, by train
    DramActivity activity;         ///< of the sample
    Bytes bytes;                   ///< asked for by the bursts of the sample, of all trains
  };
  /// The mix of `trains` (not empty, none of length zero). Stays valid. Windows are as they are: see rates().
  const Mix& of(std::span<const StreamShape> trains);
  /// The rates of `trains`. Windows of trains that do not say where they lie come in any size: they are sampled at
  /// 1, 1.5, 2, 3, 4, 6, ... bytes, and rates between are interpolated. Returns the mix that counts for the rest.
  const Mix& rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out);

  /// How much longer than the average pseudo-channel the fullest one needs at the end of a train that goes at `rate`.
  [[nodiscard]] Duration uneven_end(const StreamShape& shape, Bandwidth rate) const;

  /// Mixes sampled so far.
  [[nodiscard]] std::size_t samples() const { return mixes_.size(); }

 private:
  using Key = std::vector<std::int64_t>;
  /// The answer to a question that has been asked before.
  struct Answer {
    std::vector<StreamShape> trains;  ///< endless
    std::vector<Bandwidth> rates;
    const Mix* mix = nullptr;
  };
  Answer interpolated(std::span<const StreamShape> trains);
  [[nodiscard]] StreamShape endless(const StreamShape& shape) const;
  [[nodiscard]] Bytes full_window(const StreamShape& shape, std::int64_t trains) const;
  [[nodiscard]] std::int64_t sampled_units(std::span<const StreamShape> trains) const;
  [[nodiscard]] DramParameters part_of(std::int64_t units) const;
  [[nodiscard]] StreamShape fitted(StreamShape train, const DramParameters& part, std::int64_t number,
                                   std::int64_t count) const;
  [[nodiscard]] Mix sample(std::span<const StreamShape> trains) const;
  static void apply_littles_law(std::span<const StreamShape> trains, Mix& mix);
  [[nodiscard]] std::int64_t units() const { return channels_ * stack_.pseudo_channels; }

  DramParameters stack_;
  std::int64_t channels_;  ///< of all stacks
  Bytes capacity_;
  Duration way_;
  Duration interval_;          ///< in which every bank is refreshed once
  Duration period_;            ///< after which refreshes repeat
  std::int64_t harmonic_ = 0;  ///< millionths of 1 + 1/2 + ... + 1/units
  std::map<Key, std::unique_ptr<const Mix>> mixes_;
  std::unordered_map<std::uint64_t, std::vector<Answer>> answers_;  ///< by hash of the trains
  std::vector<StreamShape> asked_;                                  ///< scratch
};

}  // namespace decodesim
