// SPDX-License-Identifier: Apache-2.0
#include "models/transport/payload_pool.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace decodesim {
namespace {
using namespace literals;

TEST(PayloadPoolTest, ReleasedPayloadIsReusedWithAFreshExtension) {
  PayloadPool pool;
  tlm::tlm_generic_payload& first = pool.take();
  first.get_extension<TrainExtension>()->length = 7_GB;
  first.release();
  tlm::tlm_generic_payload& again = pool.take();
  EXPECT_EQ(&again, &first);
  EXPECT_EQ(again.get_extension<TrainExtension>()->length, 0_B);
  EXPECT_EQ(again.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE);
  EXPECT_EQ(pool.size(), 1U);
  again.release();
}

TEST(PayloadPoolTest, HeldPayloadIsNotHandedOutAgain) {
  PayloadPool pool;
  tlm::tlm_generic_payload& held = pool.take();
  held.acquire();
  held.release();  // one reference left
  EXPECT_NE(&pool.take(), &held);
  EXPECT_EQ(pool.size(), 2U);
}

TEST(TrainExtensionTest, CloneAndCopyCarryEverything) {
  TrainExtension train;
  train.length = 70_GB;
  train.run = 256_B;
  train.in_flight = 1_MiB;
  train.traffic = TrafficClass::kKvCache;
  train.tensor = 3;
  train.stream = 4;
  const std::unique_ptr<TrainExtension> clone(static_cast<TrainExtension*>(train.clone()));
  TrainExtension copy;
  copy.copy_from(*clone);
  EXPECT_EQ(copy.length, 70_GB);
  EXPECT_EQ(copy.run, 256_B);
  EXPECT_EQ(copy.in_flight, 1_MiB);
  EXPECT_EQ(copy.traffic, TrafficClass::kKvCache);
  EXPECT_EQ(copy.tensor, 3U);
  EXPECT_EQ(copy.stream, 4U);
}

}  // namespace
}  // namespace decodesim
