// SPDX-License-Identifier: Apache-2.0
// ExtentMap: from logical pages to flash pages by runs that are consecutive on both sides, so that a tensor of a
// terabyte costs a few hundred entries and not a table of its pages.
//
// Laws, each a test in test/models/memory/hbf/extent_map_test.cpp:
//   1. A page is where it was last assigned, or nowhere.
//   2. What an assignment takes the place of is handed back, page for page.
//   3. Runs that continue each other on both sides are one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace decodesim {

/// `pages` logical pages from `logical` lie at as many flash pages from `physical`.
struct FlashExtent {
  std::uint64_t logical = 0;
  std::uint64_t physical = 0;
  std::uint64_t pages = 0;

  friend bool operator==(const FlashExtent&, const FlashExtent&) = default;
};

class ExtentMap {
 public:
  /// Maps `extent`; appends to `replaced` what its logical pages mapped to before.
  void assign(const FlashExtent& extent, std::vector<FlashExtent>& replaced);
  /// Unmaps; appends what was mapped to `removed`.
  void remove(std::uint64_t logical, std::uint64_t pages, std::vector<FlashExtent>& removed);
  [[nodiscard]] std::optional<std::uint64_t> find(std::uint64_t logical) const;
  /// Appends what is mapped of a range, in order.
  void find(std::uint64_t logical, std::uint64_t pages, std::vector<FlashExtent>& out) const;
  [[nodiscard]] std::size_t size() const { return extents_.size(); }
  void clear() { extents_.clear(); }

 private:
  struct Target {
    std::uint64_t physical;
    std::uint64_t pages;
  };
  using Extents = std::map<std::uint64_t, Target>;  ///< by first logical page; disjoint

  Extents extents_;
};

}  // namespace decodesim
