// SPDX-License-Identifier: Apache-2.0
#include "models/compute/command_list.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

void CommandList::load(std::span<const Command> commands, std::int64_t queues) {
  require(finished(), "CommandList", "a new list before the last one has finished");
  commands_ = commands;
  queues_.resize(static_cast<std::size_t>(queues));
  for (Queue& queue : queues_) {
    queue.order.clear();
    queue.next = 0;
    queue.running = false;
  }
  completed_.assign(commands.size(), 0);
  completed_count_ = 0;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const Command& command = commands[i];
    require(command.queue >= 0 && command.queue < queues, "CommandList", "a command is on a queue that does not exist");
    // Dependences point backwards: then there is no cycle, since each queue runs in list order.
    require(command.after < static_cast<std::int64_t>(i), "CommandList", "a command depends on a later one");
    queues_[static_cast<std::size_t>(command.queue)].order.push_back(static_cast<std::int64_t>(i));
  }
}

std::int64_t CommandList::ready(std::int64_t queue) const {
  const Queue& q = queues_[static_cast<std::size_t>(queue)];
  if (q.running || q.next >= q.order.size()) return -1;
  const std::int64_t index = q.order[q.next];
  const std::int32_t after = at(index).after;
  if (after >= 0 && completed_[static_cast<std::size_t>(after)] == 0) return -1;
  return index;
}

void CommandList::start(std::int64_t queue) {
  Queue& q = queues_[static_cast<std::size_t>(queue)];
  require(ready(queue) >= 0, "CommandList", "start of a command that is not ready");
  q.running = true;
  ++q.next;
}

std::vector<std::int64_t> CommandList::drop_rest() {
  std::vector<std::int64_t> dropped;
  for (Queue& queue : queues_)
    for (; queue.next < queue.order.size(); ++queue.next) dropped.push_back(queue.order[queue.next]);
  for (const std::int64_t index : dropped) completed_[static_cast<std::size_t>(index)] = 1;
  completed_count_ += static_cast<std::int64_t>(dropped.size());
  return dropped;
}

void CommandList::complete(std::int64_t index) {
  const auto i = static_cast<std::size_t>(index);
  require(completed_.at(i) == 0, "CommandList", "a command completed twice");
  completed_[i] = 1;
  ++completed_count_;
  queues_[static_cast<std::size_t>(at(index).queue)].running = false;
}

}  // namespace decodesim
