// SPDX-License-Identifier: Apache-2.0
// The laws of CommandMemory with an HBM3-6400 stack: CK 625 ps, tRCDRD 31, CL 20, burst 2 clocks, 32 pseudo-channels.
#include "models/memory/dram/command_memory.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include "models/transport/payload_pool.hpp"
#include "test/support/dram_traffic.hpp"
#include "test/support/sim_test.hpp"

namespace decodesim {
namespace {
using namespace literals;

// A plain TLM-2.0 AT initiator.
class Initiator : public sc_core::sc_module {
 public:
  explicit Initiator(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    socket.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
  }

  tlm::tlm_sync_enum send(tlm::tlm_generic_payload& payload) {
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    return socket->nb_transport_fw(payload, phase, delay);
  }

  void train(bool write, Bytes length, std::uint64_t address = 0, Bytes in_flight = {}, Bytes run = {}) {
    tlm::tlm_generic_payload& payload = pool.take();
    payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    TrainExtension& extension = *payload.get_extension<TrainExtension>();
    extension.length = length;
    extension.in_flight = in_flight;
    extension.run = run;
    if (send(payload) == tlm::TLM_COMPLETED) {
      errors += payload.is_response_error() ? 1 : 0;
      payload.release();
    }
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time& delay) {
    responses.push_back(from_sc_time(sc_core::sc_time_stamp() + delay));
    payload.release();
    return tlm::TLM_COMPLETED;
  }

  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  PayloadPool pool;
  std::vector<Duration> responses;
  int errors = 0;
};

class CommandMemoryTest : public test::SimTest {
 protected:
  CommandMemoryTest() { initiator.socket.bind(memory.socket); }

  static DramParameters stack() {
    DramParameters p = test::hbm3_pseudo_channel();
    p.channels = 16;
    p.pseudo_channels = 2;
    p.capacity = 16_GiB;
    return p;
  }

  CommandMemory memory{"memory", context, stack(), 1, 300_ns};
  Initiator initiator{"initiator"};
};

using Times = std::vector<Duration>;

TEST_F(CommandMemoryTest, LoneBurstTakesActivateReadBurst) {
  initiator.train(false, 32_B);
  EXPECT_EQ(run(), TimePoint(Duration(53 * 625)));  // 31 + 20 + 2 clocks, and nothing after it
  EXPECT_EQ(initiator.responses, (Times{Duration(33'125)}));
  EXPECT_EQ(memory.bytes_read.value(), 32);
  EXPECT_EQ(memory.service_ps.max(), 33'125);
  EXPECT_EQ(memory.busy_ps.value(), 33'125);
}

TEST_F(CommandMemoryTest, OrdinaryTransactionIsServed) {
  tlm::tlm_generic_payload& payload = initiator.pool.take();
  payload.acquire();
  delete payload.get_extension<TrainExtension>();
  payload.clear_extension<TrainExtension>();
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(4096);
  payload.set_data_length(64);
  EXPECT_EQ(initiator.send(payload), tlm::TLM_UPDATED);
  run();
  // Two bursts to one bank: tRCDWR 15, tCCD_L 4, CWL 10, burst 2 clocks.
  EXPECT_EQ(initiator.responses, (Times{Duration(31 * 625)}));
  EXPECT_TRUE(payload.is_response_ok());
  EXPECT_EQ(memory.bytes_written.value(), 64);
}

TEST_F(CommandMemoryTest, WindowOfOneBurstWaitsForEachRoundTrip) {
  initiator.train(false, 64_B, 0, 32_B);
  run();
  // The second burst, a row hit, leaves 300 ns after the first's data: 33.125 + 300 ns is clock 533, then CL + burst.
  EXPECT_EQ(initiator.responses, (Times{Duration((533 + 22) * 625)}));
}

TEST_F(CommandMemoryTest, BeyondTheCapacityIsAnErrorAndMovesNothing) {
  const std::uint64_t end = 16ULL << 30U;
  initiator.train(false, 1_B, end);
  initiator.train(false, 2_B, end - 1);
  initiator.train(false, 1_B, end - 1);
  run();
  EXPECT_EQ(initiator.errors, 2);
  EXPECT_EQ(memory.address_errors.value(), 2);
  EXPECT_EQ(memory.bytes_read.value(), 1);
}

TEST_F(CommandMemoryTest, LongReadReachesWhatRefreshLeavesOfAllChannels) {
  initiator.train(false, 16_MiB);
  // 20.48 us at 819.2 GB/s, five refreshes of 626 clocks (throughput_test.cpp), and the first burst's latency.
  const Duration expected = Duration(20'480'000) + Duration(625) * 626 * 5 + Duration(33'125);
  const Duration taken = run() - TimePoint();
  EXPECT_NEAR(to_seconds(taken), to_seconds(expected), 0.005 * to_seconds(expected));
  EXPECT_EQ(memory.bytes_asked.value(), memory.bytes_read.value());
  EXPECT_EQ(memory.activity().counts.reads(), 16 * 1024 * 1024 / 32);
  const DramEnergy energy = memory.energy(memory.activity(), 20_us);
  EXPECT_GT(energy.total(), energy.read);
}

TEST_F(CommandMemoryTest, EveryTransactionRespondsOnce) {
  RandomStream random(5, "command_memory_test", "mix");
  std::int64_t bytes = 0;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t length = random.between(0, 5000);
    bytes += length;
    initiator.train(random.below(3) == 0, Bytes(length), random.below(1'000'000), Bytes(random.between(0, 4) * 512),
                    Bytes(random.between(0, 3) * 100));
    if (i % 10 == 0) run_until(now() + Duration(random.between(0, 300'000)));
  }
  run();
  EXPECT_EQ(initiator.responses.size(), 200U);
  EXPECT_EQ(memory.trains.value(), 200);
  EXPECT_EQ(memory.bytes_asked.value(), bytes);
  EXPECT_EQ(memory.bytes_read.value() + memory.bytes_written.value(), bytes);
  EXPECT_EQ(initiator.pool.size(), initiator.pool.available());
}

TEST_F(CommandMemoryTest, LooselyTimedAccessTakesTheClosedForm) {
  tlm::tlm_generic_payload payload;
  payload.set_read();
  payload.set_data_length(32);
  sc_core::sc_time delay;
  initiator.socket->b_transport(payload, delay);
  EXPECT_EQ(from_sc_time(delay), Duration(33'125));
  EXPECT_TRUE(payload.is_response_ok());
}

}  // namespace
}  // namespace decodesim
