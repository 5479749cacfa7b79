// SPDX-License-Identifier: Apache-2.0
// SystemC's context is global to a process: a test of several simulations runs each in a child.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <type_traits>

namespace decodesim::test {

/// What `run` returns, from a child process. Small results only: they pass a pipe at once.
template <class Run>
auto in_child(Run run) {
  using Result = decltype(run());
  static_assert(std::is_trivially_copyable_v<Result> && sizeof(Result) <= 4096);
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Result result = run();
    const auto written = ::write(ends[1], &result, sizeof result);
    _exit(written == static_cast<ssize_t>(sizeof result) ? 0 : 1);
  }
  ::close(ends[1]);
  Result result{};
  EXPECT_EQ(::read(ends[0], &result, sizeof result), static_cast<ssize_t>(sizeof result));
  ::close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return result;
}

}  // namespace decodesim::test
