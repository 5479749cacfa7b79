// SPDX-License-Identifier: Apache-2.0
#include "models/compute/command.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

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
