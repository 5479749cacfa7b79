// SPDX-License-Identifier: Apache-2.0
#include "models/compute/command.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

std::int64_t MatrixWork::rows() const {
  if (group_rows.empty()) return checked::multiply(m, groups);
  std::int64_t sum = 0;
  for (const std::int64_t rows_of_group : group_rows) sum = checked::add(sum, rows_of_group);
  return sum;
}

std::int64_t MatrixWork::row_tiles(std::int64_t tile_m) const {
  const auto tiles = [tile_m](std::int64_t count) { return checked::narrow(checked::divide_up(count, tile_m)); };
  if (group_rows.empty()) return checked::multiply(tiles(m), groups);
  std::int64_t sum = 0;
  for (const std::int64_t rows_of_group : group_rows) sum = checked::add(sum, tiles(rows_of_group));
  return sum;
}

void Command::add_transfer(const Transfer& transfer) {
  if (transfer.bytes.is_zero()) return;
  require(transfer_count < static_cast<std::int32_t>(transfers.size()), "Command", "too many transfers in one kernel");
  transfers[static_cast<std::size_t>(transfer_count++)] = transfer;
}

Breakdown& Breakdown::operator+=(const Breakdown& other) {
  memory += other.memory;
  compute += other.compute;
  network += other.network;
  overhead += other.overhead;
  return *this;
}

Breakdown operator-(const Breakdown& a, const Breakdown& b) {
  return {a.memory - b.memory, a.compute - b.compute, a.network - b.network, a.overhead - b.overhead};
}

}  // namespace decodesim
