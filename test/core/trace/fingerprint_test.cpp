// SPDX-License-Identifier: Apache-2.0
#include "sim/core/trace/fingerprint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace decodesim {
namespace {
using namespace literals;

struct Event {
  Duration at;
  std::uint64_t component;
  EventKind kind;
  std::uint64_t detail;
};

FingerprintSink sink_of(const std::vector<Event>& events) {
  FingerprintSink sink;
  for (const Event& e : events) sink.event(TimePoint(e.at), e.component, e.kind, e.detail);
  return sink;
}

const Event kEvent{1_ns, 7, EventKind::kCommandStart, 64};
const Event kOther{2_ns, 7, EventKind::kCommandEnd, 64};

TEST(FingerprintTest, NothingHappenedIsZero) {
  EXPECT_EQ(FingerprintSink().text(), "0000000000000000");
  EXPECT_EQ(FingerprintSink().events(), 0U);
}

// From an independent implementation of the same definition.
TEST(FingerprintTest, TheHashNeverChanges) { EXPECT_EQ(sink_of({kEvent, kOther}).text(), "afd109eb5ec58a35"); }

TEST(FingerprintTest, TheOrderWithinARunDoesNotMatter) {
  EXPECT_EQ(sink_of({kEvent, kOther}).value(), sink_of({kOther, kEvent}).value());
}

TEST(FingerprintTest, AnEventTwiceDoesNotCancel) {
  EXPECT_NE(sink_of({kEvent, kEvent}).value(), 0U);
  EXPECT_NE(sink_of({kEvent, kEvent}).value(), sink_of({kEvent}).value());
  EXPECT_EQ(sink_of({kEvent, kEvent}).events(), 2U);
}

TEST(FingerprintTest, TimeComponentKindAndDetailEachMatter) {
  std::set<std::uint64_t> values{sink_of({kEvent}).value()};
  values.insert(sink_of({{Duration(1001), 7, EventKind::kCommandStart, 64}}).value());
  values.insert(sink_of({{1_ns, 8, EventKind::kCommandStart, 64}}).value());
  values.insert(sink_of({{1_ns, 7, EventKind::kCommandEnd, 64}}).value());
  values.insert(sink_of({{1_ns, 7, EventKind::kCommandStart, 65}}).value());
  values.insert(sink_of({{1_ns, 64, EventKind::kCommandStart, 7}}).value());
  EXPECT_EQ(values.size(), 6U);
}

TEST(FingerprintTest, EveryBitOfComponentAndDetailMatters) {
  std::set<std::uint64_t> values{sink_of({kEvent}).value()};
  for (unsigned bit = 0; bit < 64; ++bit) {
    values.insert(sink_of({{kEvent.at, kEvent.component ^ (1ULL << bit), kEvent.kind, kEvent.detail}}).value());
    values.insert(sink_of({{kEvent.at, kEvent.component, kEvent.kind, kEvent.detail ^ (1ULL << bit)}}).value());
  }
  EXPECT_EQ(values.size(), 129U);
}

TEST(FingerprintTest, SwappingTheTimesOfTwoEventsIsNoticed) {
  EXPECT_NE(sink_of({{1_ns, 1, EventKind::kStepStart, 0}, {2_ns, 2, EventKind::kStepStart, 0}}).value(),
            sink_of({{2_ns, 1, EventKind::kStepStart, 0}, {1_ns, 2, EventKind::kStepStart, 0}}).value());
}

}  // namespace
}  // namespace decodesim
