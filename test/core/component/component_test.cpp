// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/component.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "sim/core/trace/fingerprint.hpp"

namespace decodesim {
namespace {
using namespace literals;

// Ticks three times, 1500 ps apart, and reports each tick.
class Ticker : public Component {
 public:
  Ticker(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
    SC_HAS_PROCESS(Ticker);
    SC_METHOD(tick);
  }

  std::uint64_t draw(std::string_view purpose) { return random(purpose).next(); }
  void break_invariant() const { invariant(false, "ticks must not exceed three"); }

  Counter ticks{statistics(), "ticks", "1", "Times ticked"};
  std::vector<TimePoint> times;

 private:
  void tick() {
    times.push_back(now());
    ticks.add(1);
    trace(EventKind::kStepStart, static_cast<std::uint64_t>(ticks.value()));
    if (ticks.value() < 3) next_trigger(to_sc_time(1500_ps));
  }
};

class Node3 : public Component {
 public:
  Node3(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {}
  Ticker left{"left", context()};
  Ticker right{"right", context()};
};

TEST(ComponentTest, StatisticsAreListedByHierarchicalName) {
  Context context;
  const Node3 node("node", context);
  std::vector<std::string> paths;
  for (const StatisticsGroup* group : context.statistics()) paths.push_back(group->path());
  EXPECT_THAT(paths, testing::ElementsAre("node", "node.left", "node.right"));
  EXPECT_EQ(node.left.statistics().all().front()->name(), "ticks");
}

TEST(ComponentTest, TimeIsTheKernelsInPicoseconds) {
  Context context;
  const Ticker ticker("ticker", context);
  sc_core::sc_start();
  EXPECT_THAT(ticker.times, testing::ElementsAre(TimePoint(0_ps), TimePoint(1500_ps), TimePoint(3_ns)));
  EXPECT_EQ(ticker.ticks.value(), 3);
}

TEST(ComponentTest, DurationsAndKernelTimesConvertBothWays) {
  EXPECT_EQ(to_sc_time(1_ns), sc_core::sc_time(1, sc_core::SC_NS));
  EXPECT_EQ(to_sc_time(0_ps), sc_core::SC_ZERO_TIME);
  EXPECT_EQ(from_sc_time(sc_core::sc_time(2, sc_core::SC_MS)), 2_ms);
  const Duration longest(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(from_sc_time(to_sc_time(longest)), longest);
}

TEST(ComponentTest, ANegativeDelayIsAnInternalError) { EXPECT_THROW(to_sc_time(Duration(-1)), InternalError); }

TEST(ComponentTest, AnotherTimeResolutionIsAnInternalError) {
  sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
  Context context;
  EXPECT_THROW(Ticker("ticker", context), InternalError);
}

TEST(ComponentTest, ABrokenInvariantNamesTheComponent) {
  Context context;
  const Node3 node("node", context);
  try {
    node.right.break_invariant();
    FAIL() << "expected an InternalError";
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(), "node.right: ticks must not exceed three");
  }
}

TEST(ComponentTest, RandomStreamsFollowSeedNameAndPurpose) {
  Context context(42);
  Node3 node("node", context);
  EXPECT_EQ(node.left.draw("x"), RandomStream(42, "node.left", "x").next());
  EXPECT_EQ(node.left.draw("x"), node.left.draw("x")) << "a stream starts anew each time it is made";
  EXPECT_NE(node.left.draw("x"), node.left.draw("y"));
  EXPECT_NE(node.left.draw("x"), node.right.draw("x"));
}

TEST(ComponentTest, EventsGoToEverySinkWithTimeAndName) {
  FingerprintSink one;
  FingerprintSink two;
  Context context;
  context.add_sink(one);
  context.add_sink(two);
  const Ticker ticker("ticker", context);
  sc_core::sc_start();
  FingerprintSink expected;
  for (std::int64_t i = 0; i < 3; ++i)
    expected.event(TimePoint(1500_ps * i), fnv1a("ticker"), EventKind::kStepStart, static_cast<std::uint64_t>(i + 1));
  EXPECT_EQ(one.events(), 3U);
  EXPECT_EQ(one.text(), expected.text());
  EXPECT_EQ(two.text(), expected.text());
}

TEST(RequireTest, HoldsSilentlyAndThrowsOtherwise) {
  EXPECT_NO_THROW(require(true, "here", "fine"));
  EXPECT_THROW(require(false, "here", "not fine"), InternalError);
}

}  // namespace
}  // namespace decodesim
