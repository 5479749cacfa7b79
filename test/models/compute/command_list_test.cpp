// SPDX-License-Identifier: Apache-2.0
#include "models/compute/command_list.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

Command on_queue(std::int32_t queue, std::int32_t after = -1) {
  Command c;
  c.queue = queue;
  c.after = after;
  return c;
}

TEST(CommandListTest, QueueRunsInOrderOneAtATime) {
  const std::vector<Command> commands{on_queue(0), on_queue(0)};
  CommandList list;
  list.load(commands, 1);
  EXPECT_EQ(list.ready(0), 0);
  list.start(0);
  EXPECT_EQ(list.ready(0), -1);
  list.complete(0);
  EXPECT_EQ(list.ready(0), 1);
}

TEST(CommandListTest, DependenceHoldsAnotherQueueBack) {
  const std::vector<Command> commands{on_queue(0), on_queue(1, 0)};
  CommandList list;
  list.load(commands, 2);
  EXPECT_EQ(list.ready(1), -1);
  list.start(0);
  EXPECT_EQ(list.ready(1), -1);
  list.complete(0);
  EXPECT_EQ(list.ready(1), 1);
}

TEST(CommandListTest, CompletingTwiceIsAnInternalError) {
  const std::vector<Command> commands{on_queue(0), on_queue(0)};
  CommandList list;
  list.load(commands, 1);
  list.start(0);
  list.complete(0);
  EXPECT_THROW(list.complete(0), InternalError);
}

TEST(CommandListTest, LoadBeforeTheEndIsAnInternalError) {
  const std::vector<Command> commands{on_queue(0)};
  CommandList list;
  list.load(commands, 1);
  EXPECT_THROW(list.load(commands, 1), InternalError);
}

TEST(CommandListTest, WhatCouldNeverRunIsAnInternalError) {
  CommandList list;
  const std::vector<Command> waits_for_itself{on_queue(0, 0)};
  EXPECT_THROW(list.load(waits_for_itself, 1), InternalError);
  const std::vector<Command> waits_for_a_later_one{on_queue(0, 1), on_queue(1)};
  EXPECT_THROW(CommandList().load(waits_for_a_later_one, 2), InternalError);
  const std::vector<Command> on_a_missing_queue{on_queue(3)};
  EXPECT_THROW(CommandList().load(on_a_missing_queue, 2), InternalError);
}

}  // namespace
}  // namespace decodesim
