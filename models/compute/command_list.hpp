// SPDX-License-Identifier: Apache-2.0
// CommandList: which command each in-order queue may start next, given what has completed. Plain bookkeeping, reused
// from step to step without allocation.
//
// Laws: a queue's commands start in their order, one at a time; a command starts only after the one it depends on has
// completed; every command completes exactly once, or is dropped before
// it starts.
#pragma once

#include <span>
#include <vector>

#include "models/compute/command.hpp"

namespace decodesim {

class CommandList {
 public:
  /// Takes over `commands` (which must stay in place) for `queues` queues. REQUIRES finished(), queues that exist and
  /// dependences on earlier commands: then every command can run.
  void load(std::span<const Command> commands, std::int64_t queues);
  /// Index of the next command of `queue`, or -1 when there is none or its dependence has not completed.
  [[nodiscard]] std::int64_t ready(std::int64_t queue) const;
  /// The command that `queue` is to start next leaves the queue.
  void start(std::int64_t queue);
  /// A started command has completed.
  void complete(std::int64_t index);
  /// What has not been started never will be: it counts as completed. Returns the indices.
  std::vector<std::int64_t> drop_rest();

  [[nodiscard]] bool finished() const { return completed_count_ == static_cast<std::int64_t>(commands_.size()); }
  [[nodiscard]] const Command& at(std::int64_t index) const { return commands_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(commands_.size()); }

 private:
  struct Queue {
    std::vector<std::int64_t> order;
    std::size_t next = 0;
    bool running = false;
  };

  std::span<const Command> commands_;
  std::vector<Queue> queues_;
  std::vector<char> completed_;
  std::int64_t completed_count_ = 0;
};

}  // namespace decodesim
