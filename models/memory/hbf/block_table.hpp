// SPDX-License-Identifier: Apache-2.0
// BlockTable: which flash block is where and how worn it is. A *segment* is one block of each plane, so that a run of
// consecutive pages reads and programs all planes at once; segment pages go round the dies, then their planes.
//
// P/E cycles and reads are counted for each block in four bytes each. Whole stripes (a page of every member) are
// counted once for the segment, so reading a terabyte of weights costs a few hundred additions.
//
// Laws, each a test in test/models/memory/hbf/block_table_test.cpp:
//   1. Consecutive pages of a segment lie on different dies, and a stripe of them on all planes.
//   2. A block's reads are those of its pages; an erase forgets them.
//   3. A bad block's place is taken by a spare of its plane, of any plane when that has none, and of a segment given up
//      when no plane has one.
//   4. 4 TB of flash take a few tens of bytes a block.
//
// Not modelled: blocks that wear out before or after their rated cycles.
#pragma once

#include <cstdint>
#include <vector>

#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

/// A page's place on the stack.
struct FlashPlace {
  std::int64_t plane = 0;
  std::int64_t block = 0;  ///< of the plane
  std::int64_t page = 0;   ///< of the block

  friend bool operator==(const FlashPlace&, const FlashPlace&) = default;
};

class BlockTable {
 public:
  /// REQUIRES parameters.problems() empty.
  explicit BlockTable(const HbfParameters& parameters);

  [[nodiscard]] std::int64_t segments() const { return static_cast<std::int64_t>(stripes_read_.size()); }
  [[nodiscard]] std::int64_t members() const { return planes_; }
  [[nodiscard]] std::int64_t segment_pages() const { return planes_ * pages_; }
  [[nodiscard]] FlashPlace place(std::int64_t segment, std::int64_t offset) const;
  [[nodiscard]] std::uint32_t block_of(std::int64_t segment, std::int64_t member) const {
    return member_[index(segment, member)];
  }
  /// Pages written in a member when the segment's first `written` are.
  [[nodiscard]] std::int64_t written_in(std::int64_t member, std::int64_t written) const;

  [[nodiscard]] std::int64_t cycles(std::uint32_t block) const { return cycles_[block]; }
  [[nodiscard]] std::int64_t max_cycles(std::int64_t segment) const;
  void add_cycles(std::uint32_t block, std::int64_t more);
  /// Reads of a member's block since its erase.
  [[nodiscard]] std::int64_t reads(std::int64_t segment, std::int64_t member) const;
  /// The most of any member.
  [[nodiscard]] std::int64_t max_reads(std::int64_t segment) const;
  /// `times` reads of each of `pages` pages from `offset`.
  void count_reads(std::int64_t segment, std::int64_t offset, std::int64_t pages, std::int64_t times);
  void set_reads(std::int64_t segment, const std::vector<std::int64_t>& reads);
  void forget_reads(std::int64_t segment);

  /// Puts a spare in place of a member and retires its block. False when there is no spare.
  [[nodiscard]] bool replace(std::int64_t segment, std::int64_t member);
  /// The segment's blocks become spares; it must hold no data.
  void dissolve(std::int64_t segment);
  /// The next program or erase of `block` fails.
  void mark_bad(std::uint32_t block) { bad_[block] = true; }
  [[nodiscard]] bool is_bad(std::uint32_t block) const { return bad_[block]; }

  [[nodiscard]] std::int64_t blocks() const { return static_cast<std::int64_t>(cycles_.size()); }
  [[nodiscard]] std::int64_t spares() const;
  [[nodiscard]] std::int64_t retired() const { return retired_; }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  [[nodiscard]] std::size_t index(std::int64_t segment, std::int64_t member) const {
    return static_cast<std::size_t>(segment * planes_ + member);
  }

  [[nodiscard]] std::int64_t plane_of(std::int64_t member) const {
    return member % dies_ * (planes_ / dies_) + member / dies_;
  }

  std::int64_t dies_;
  std::int64_t planes_;  ///< of all dies
  std::int64_t blocks_;  ///< of a plane
  std::int64_t pages_;
  std::int64_t retired_ = 0;
  std::vector<std::uint32_t> member_;              ///< block of (segment, member): plane x blocks a plane + block
  std::vector<std::uint32_t> cycles_;              ///< by block
  std::vector<std::uint32_t> more_reads_;          ///< by (segment, member), besides those of whole stripes
  std::vector<std::uint32_t> most_more_;           ///< by segment, the largest of the above
  std::vector<std::int64_t> stripes_read_;         ///< by segment
  std::vector<bool> bad_;                          ///< by block
  std::vector<std::vector<std::uint32_t>> spare_;  ///< by plane
};

}  // namespace decodesim
