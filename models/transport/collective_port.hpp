// SPDX-License-Identifier: Apache-2.0
// CollectivePort: the door between an accelerator's command processor and its side of the network. Either end knows
// only this interface.
#pragma once

#include <cstdint>
#include <systemc>

#include "sim/core/work/message_program.hpp"

namespace decodesim {

/// Told when a collective that it started has finished.
class CollectiveListener {
 public:
  virtual ~CollectiveListener() = default;
  /// The program of `instance` is done on this rank, now.
  virtual void collective_done(std::uint64_t instance) = 0;
};

class CollectivePort : public virtual sc_core::sc_interface {
 public:
  /// Runs this rank's `program`. `instance` is the same on all ranks of the group and differs between collectives in
  /// flight. `program` must stay until collective_done. One collective at a time on a port.
  virtual void start(const MessageProgram& program, std::uint64_t instance, CollectiveListener& listener) = 0;
};

}  // namespace decodesim
