// SPDX-License-Identifier: Apache-2.0
// Which access may go: the laws of AccessWindow.
#include "sim/app/build/access_window.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

class ListSource : public AccessSource {
 public:
  explicit ListSource(std::vector<MemoryAccess> accesses) : accesses_(std::move(accesses)) {}
  std::optional<MemoryAccess> next() override {
    if (at_ == accesses_.size()) return std::nullopt;
    return accesses_[at_++];
  }

 private:
  std::vector<MemoryAccess> accesses_;
  std::size_t at_ = 0;
};

MemoryAccess access(std::uint64_t address, std::uint32_t stream = 0, Duration issue = {}, bool dependent = false) {
  return {.write = false, .address = address, .bytes = 64_B, .stream = stream, .issue = issue, .dependent = dependent};
}

AccessWindow window(std::vector<MemoryAccess> accesses, std::size_t streams, std::int64_t outstanding) {
  return {std::make_unique<ListSource>(std::move(accesses)), streams, outstanding};
}

// Addresses of all accesses that may be sent now.
std::vector<std::uint64_t> sent(AccessWindow& w, Duration elapsed = {}) {
  std::vector<std::uint64_t> out;
  while (const auto access = w.take(elapsed)) out.push_back(access->address);
  return out;
}

using Addresses = std::vector<std::uint64_t>;

TEST(AccessWindowTest, AStreamKeepsSoManyAccessesOpenAndNoMore) {
  AccessWindow w = window({access(1), access(2), access(3), access(4)}, 1, 2);
  EXPECT_EQ(sent(w), (Addresses{1, 2}));
  w.answered(0);
  EXPECT_EQ(sent(w), (Addresses{3}));
  w.answered(0);
  w.answered(0);
  EXPECT_EQ(sent(w), (Addresses{4}));
  EXPECT_FALSE(w.done());
  w.answered(0);
  EXPECT_TRUE(w.done());
}

TEST(AccessWindowTest, NoAccessGoesBeforeItsIssueTime) {
  AccessWindow w = window({access(1), access(2, 0, 5_ns), access(3, 0, 9_ns)}, 1, 8);
  EXPECT_EQ(sent(w), (Addresses{1}));
  EXPECT_EQ(w.next_issue(), 5_ns);
  EXPECT_EQ(sent(w, 4_ns), (Addresses{}));
  EXPECT_EQ(sent(w, 5_ns), (Addresses{2}));
  EXPECT_EQ(sent(w, 20_ns), (Addresses{3}));
  EXPECT_EQ(w.next_issue(), std::nullopt);
}

TEST(AccessWindowTest, ADependentAccessWaitsForTheAnswerToTheOneBefore) {
  AccessWindow w = window({access(1), access(2, 0, {}, true), access(3, 0, {}, true)}, 1, 8);
  EXPECT_EQ(sent(w), (Addresses{1}));
  w.answered(0);
  EXPECT_EQ(sent(w), (Addresses{2}));
  w.answered(0);
  EXPECT_EQ(sent(w), (Addresses{3}));
}

TEST(AccessWindowTest, StreamsTakeTurnsAndAFullOneHoldsUpNoOther) {
  AccessWindow w =
      window({access(10, 0), access(20, 1), access(11, 0), access(21, 1), access(12, 0), access(22, 1)}, 2, 2);
  EXPECT_EQ(sent(w), (Addresses{10, 20, 11, 21}));
  w.answered(1);
  EXPECT_EQ(sent(w), (Addresses{22}));  // 12, which is before it, waits for its own stream
  w.answered(0);
  EXPECT_EQ(sent(w), (Addresses{12}));
}

TEST(AccessWindowTest, AStreamThatIsFarBehindHoldsUpTheSourceAndLosesNothing) {
  std::vector<MemoryAccess> accesses;
  const auto count = static_cast<std::uint64_t>(AccessWindow::kMostAhead) + 100;
  for (std::uint64_t i = 0; i < count; ++i) accesses.push_back(access(i, 0));
  accesses.push_back(access(count, 1));
  AccessWindow w = window(accesses, 2, 1);
  std::uint64_t next = 0;
  while (!w.done()) {
    for (const std::uint64_t address : sent(w)) {
      if (address != count) {
        EXPECT_EQ(address, next++);
      }
      w.answered(address == count ? 1 : 0);
    }
  }
  EXPECT_EQ(next, count);
}

TEST(AccessWindowTest, AfterAStopOnlyWhatIsOpenIsStillAnswered) {
  AccessWindow w = window({access(1), access(2), access(3, 0, 5_ns)}, 1, 1);
  EXPECT_EQ(sent(w), (Addresses{1}));
  w.stop();
  EXPECT_FALSE(w.done());
  w.answered(0);
  EXPECT_TRUE(w.done());
  EXPECT_EQ(sent(w, 9_ns), (Addresses{}));
}

}  // namespace
}  // namespace decodesim
