// SPDX-License-Identifier: Apache-2.0
// The laws of MemoryTier with a flat memory of 1 GB/s (a byte a nanosecond) and 100 ns of latency.
#include "models/memory/memory_tier.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include "models/memory/dram_timing.hpp"
#include "models/memory/flat_memory.hpp"
#include "models/transport/payload_pool.hpp"
#include "test/support/hbm3.hpp"
#include "test/support/sim_test.hpp"

namespace decodesim {
namespace {
using namespace literals;

// A plain TLM-2.0 AT initiator.
class Reader : public sc_core::sc_module {
 public:
  explicit Reader(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    socket.register_nb_transport_bw(this, &Reader::nb_transport_bw);
  }

  tlm::tlm_sync_enum send(tlm::tlm_generic_payload& payload) {
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    return socket->nb_transport_fw(payload, phase, delay);
  }

  void read(Bytes bytes, std::uint64_t address = 0, Bytes in_flight = {}) {
    tlm::tlm_generic_payload& payload = pool.take();
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.get_extension<TrainExtension>()->length = bytes;
    payload.get_extension<TrainExtension>()->in_flight = in_flight;
    if (send(payload) == tlm::TLM_COMPLETED) {
      errors += payload.is_response_error() ? 1 : 0;
      payload.release();
    }
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time& delay) {
    responses.push_back(from_sc_time(sc_core::sc_time_stamp() + delay));
    if (payload.has_mm()) payload.release();
    return tlm::TLM_COMPLETED;
  }

  tlm_utils::simple_initiator_socket<Reader> socket{"socket"};
  PayloadPool pool;
  std::vector<Duration> responses;
  int errors = 0;
};

class MemoryTierTest : public test::SimTest {
 protected:
  MemoryTierTest() { reader.socket.bind(memory.socket); }

  static FlatMemoryParameters flat() { return {1_GBps, 100_ns, 1_MiB}; }

  MemoryTier memory{"memory", context, std::make_unique<FlatMemory>(flat(), 1, 300_ns)};
  Reader reader{"reader"};
};

using Times = std::vector<Duration>;

TEST_F(MemoryTierTest, LoneReadTakesBytesOverRatePlusLatency) {
  reader.read(1000_B);
  run();
  EXPECT_EQ(reader.responses, (Times{1000_ns + 100_ns}));
  EXPECT_EQ(memory.bytes_read.value(), 1000);
  EXPECT_EQ(memory.busy_ps.value(), (1000_ns).count());
}

TEST_F(MemoryTierTest, TwoReadsShareTheBandwidth) {
  reader.read(1000_B);
  reader.read(500_B);
  run();
  // Both at half a byte a nanosecond until the shorter ends at 1000 ns; then 500 B alone.
  EXPECT_EQ(reader.responses, (Times{1000_ns + 100_ns, 1500_ns + 100_ns}));
  EXPECT_EQ(memory.bytes_asked.value(), memory.bytes_read.value());
}

TEST_F(MemoryTierTest, BytesInFlightBoundTheRate) {
  // 100 B outstanding over 300 + 100 ns of latency: a quarter of a byte a nanosecond.
  reader.read(1000_B, 0, 100_B);
  run();
  EXPECT_EQ(reader.responses, (Times{4000_ns + 100_ns}));
}

TEST_F(MemoryTierTest, BeyondTheCapacityIsAnErrorAndMovesNothing) {
  reader.read(1_B, 1 << 20);
  reader.read(2_B, (1 << 20) - 1);
  reader.read(1_B, (1 << 20) - 1);  // the last byte is there
  run();
  EXPECT_EQ(reader.errors, 2);
  EXPECT_EQ(memory.address_errors.value(), 2);
  EXPECT_EQ(memory.bytes_read.value(), 1);
}

TEST_F(MemoryTierTest, OrdinaryTransactionWithoutExtensionIsServed) {
  PayloadPool counted;  // AT needs a memory manager
  tlm::tlm_generic_payload& payload = counted.take();
  delete payload.get_extension<TrainExtension>();
  payload.clear_extension<TrainExtension>();
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(64);
  payload.set_data_length(64);
  EXPECT_EQ(reader.send(payload), tlm::TLM_UPDATED);
  run();
  EXPECT_EQ(reader.responses, (Times{64_ns + 100_ns}));
  EXPECT_EQ(memory.bytes_written.value(), 64);
  EXPECT_TRUE(payload.is_response_ok());
}

TEST_F(MemoryTierTest, LooselyTimedAccessTakesTheClosedForm) {
  tlm::tlm_generic_payload payload;
  payload.set_read();
  payload.set_data_length(1000);
  sc_core::sc_time delay;
  reader.socket->b_transport(payload, delay);
  EXPECT_EQ(from_sc_time(delay), 1100_ns);
  EXPECT_TRUE(payload.is_response_ok());
}

TEST_F(MemoryTierTest, SteadyTrafficReusesPayloads) {
  for (int i = 0; i < 100; ++i) {
    reader.read(10_B);
    run();
  }
  EXPECT_EQ(reader.pool.size(), 1U);
  EXPECT_EQ(reader.pool.available(), 1U);
}

class DramTierTest : public test::SimTest {
 protected:
  DramTierTest() { reader.socket.bind(memory.socket); }

  MemoryTier memory{"memory", context, std::make_unique<DramTiming>(test::hbm3(), 5, 300_ns)};
  Reader reader{"reader"};
};

TEST_F(DramTierTest, ReadAndWriteTogetherTakeLongerThanTheirBytesAlone) {
  StreamShape read;
  read.length = 100_MiB;
  DramTiming timing(test::hbm3(), 5, 300_ns);
  std::vector<Bandwidth> rates;
  timing.rates({&read, 1}, rates);
  const Duration alone = 100_MiB / rates.front();
  reader.read(100_MiB);
  tlm::tlm_generic_payload& write = reader.pool.take();
  write.set_command(tlm::TLM_WRITE_COMMAND);
  write.get_extension<TrainExtension>()->length = 100_MiB;
  reader.send(write);
  run();
  EXPECT_GT(reader.responses.back(), alone * 2);
  EXPECT_LT(reader.responses.back(), alone * 3);
}

TEST_F(DramTierTest, ActivityIsOfAllThatHasMoved) {
  reader.read(64_MiB);
  run();
  const DramActivity activity = memory.activity();
  // 2,097,152 bursts of 32 B, to a thousandth: the sample is scaled by bytes.
  EXPECT_NEAR(static_cast<double>(activity.bursts()), 64.0 * 1024 * 1024 / 32, 2100);
  EXPECT_NEAR(static_cast<double>(activity.counts.reads()), static_cast<double>(activity.bursts()), 10);
  // Rows of 1 KiB: an activate for 32 bursts, and hits for the other 31.
  EXPECT_NEAR(static_cast<double>(activity.counts.of(DramCommand::kActivate)), 65'536, 700);
  // 160 pseudo-channels, 16 banks each refreshed once in 3.9 us.
  const std::int64_t intervals = from_sc_time(sc_core::sc_time_stamp()) / 3900_ns;
  EXPECT_EQ(activity.counts.of(DramCommand::kRefreshPerBank), intervals * 160 * 16);
  EXPECT_GT(memory.energy(activity, 20_us).total(), memory.energy(activity, 20_us).read);
}

}  // namespace
}  // namespace decodesim
