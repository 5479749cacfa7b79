// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/block_table.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

std::uint32_t count32(std::int64_t value) {
  require(value >= 0 && value <= UINT32_MAX, "BlockTable", "a block's counter leaves 32 bits");
  return static_cast<std::uint32_t>(value);
}

}  // namespace

BlockTable::BlockTable(const HbfParameters& parameters)
    : dies_(parameters.dies), planes_(parameters.total_planes()), blocks_(parameters.blocks), pages_(parameters.pages) {
  require(parameters.problems().empty(), "BlockTable", "parameters contradict themselves");
  const std::int64_t segments = blocks_ - parameters.endurance.spare_blocks;
  const auto planes = static_cast<std::size_t>(planes_);
  const std::size_t members = static_cast<std::size_t>(segments) * planes;
  member_.resize(members);
  more_reads_.resize(members);
  most_more_.resize(static_cast<std::size_t>(segments));
  stripes_read_.resize(static_cast<std::size_t>(segments));
  cycles_.resize(planes * static_cast<std::size_t>(blocks_));
  bad_.resize(cycles_.size());
  spare_.resize(planes);
  for (std::int64_t m = 0; m < planes_; ++m) {
    const std::int64_t plane = plane_of(m);
    for (std::int64_t s = 0; s < segments; ++s) member_[index(s, m)] = count32(plane * blocks_ + s);
    for (std::int64_t b = blocks_ - 1; b >= segments; --b)
      spare_[static_cast<std::size_t>(plane)].push_back(count32(plane * blocks_ + b));
  }
}

FlashPlace BlockTable::place(std::int64_t segment, std::int64_t offset) const {
  const std::int64_t block = block_of(segment, offset % planes_);
  return {block / blocks_, block % blocks_, offset / planes_};
}

std::int64_t BlockTable::written_in(std::int64_t member, std::int64_t written) const {
  return (written - member + planes_ - 1) / planes_;
}

std::int64_t BlockTable::max_cycles(std::int64_t segment) const {
  std::int64_t most = 0;
  for (std::int64_t m = 0; m < planes_; ++m) most = std::max(most, cycles(block_of(segment, m)));
  return most;
}

void BlockTable::add_cycles(std::uint32_t block, std::int64_t more) { cycles_[block] = count32(cycles_[block] + more); }

std::int64_t BlockTable::reads(std::int64_t segment, std::int64_t member) const {
  return stripes_read_[static_cast<std::size_t>(segment)] + more_reads_[index(segment, member)];
}

std::int64_t BlockTable::max_reads(std::int64_t segment) const {
  const auto s = static_cast<std::size_t>(segment);
  return stripes_read_[s] + most_more_[s];
}

void BlockTable::count_reads(std::int64_t segment, std::int64_t offset, std::int64_t pages, std::int64_t times) {
  const auto s = static_cast<std::size_t>(segment);
  stripes_read_[s] += checked::multiply(pages / planes_, times);
  for (std::int64_t n = 0; n < pages % planes_; ++n) {
    std::uint32_t& reads = more_reads_[index(segment, (offset + n) % planes_)];
    reads = count32(reads + times);
    most_more_[s] = std::max(most_more_[s], reads);
  }
}

void BlockTable::set_reads(std::int64_t segment, const std::vector<std::int64_t>& reads) {
  forget_reads(segment);
  const auto s = static_cast<std::size_t>(segment);
  for (std::int64_t m = 0; m < planes_; ++m) {
    more_reads_[index(segment, m)] = count32(reads[static_cast<std::size_t>(m)]);
    most_more_[s] = std::max(most_more_[s], more_reads_[index(segment, m)]);
  }
}

void BlockTable::forget_reads(std::int64_t segment) {
  const auto s = static_cast<std::size_t>(segment);
  stripes_read_[s] = 0;
  most_more_[s] = 0;
  for (std::int64_t m = 0; m < planes_; ++m) more_reads_[index(segment, m)] = 0;
}

bool BlockTable::replace(std::int64_t segment, std::int64_t member) {
  while (true) {
    auto* spares = &spare_[static_cast<std::size_t>(plane_of(member))];
    if (spares->empty()) {
      const auto other = std::find_if(spare_.begin(), spare_.end(), [](const auto& s) { return !s.empty(); });
      if (other == spare_.end()) return false;
      spares = &*other;
    }
    const std::uint32_t block = spares->back();
    spares->pop_back();
    ++retired_;  // the member's block, or a spare that went bad on the shelf
    if (bad_[block]) continue;
    member_[index(segment, member)] = block;
    return true;
  }
}

void BlockTable::dissolve(std::int64_t segment) {
  for (std::int64_t m = 0; m < planes_; ++m) {
    const std::uint32_t block = block_of(segment, m);
    if (bad_[block])
      ++retired_;
    else
      spare_[block / static_cast<std::size_t>(blocks_)].push_back(block);
  }
}

std::int64_t BlockTable::spares() const {
  std::size_t count = 0;
  for (const auto& plane : spare_) count += plane.size();
  return static_cast<std::int64_t>(count);
}

std::size_t BlockTable::memory_bytes() const {
  const std::size_t words = member_.capacity() + cycles_.capacity() + more_reads_.capacity() + most_more_.capacity();
  std::size_t bytes = words * sizeof(std::uint32_t) + stripes_read_.capacity() * sizeof(std::int64_t) + bad_.size() / 8;
  for (const auto& plane : spare_) bytes += sizeof(plane) + plane.capacity() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace decodesim
