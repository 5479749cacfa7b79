// SPDX-License-Identifier: Apache-2.0
// The laws of HbfMemory: two default stacks behind a TLM-2.0 socket.
#include "models/memory/hbf/hbf_memory.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <functional>

#include "models/transport/payload_pool.hpp"
#include "test/support/sim_test.hpp"

namespace decodesim {
namespace {
using namespace literals;

class Initiator : public sc_core::sc_module {
 public:
  explicit Initiator(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    socket.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
  }

  tlm::tlm_response_status send(tlm::tlm_command command, Bytes bytes, std::uint64_t address, bool announced) {
    tlm::tlm_generic_payload& payload = pool.take();
    payload.set_command(command);
    payload.set_address(address);
    auto& train = *payload.get_extension<TrainExtension>();
    train.length = bytes;
    train.announced = announced;
    train.traffic = command == tlm::TLM_READ_COMMAND ? TrafficClass::kWeights : TrafficClass::kKvCache;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    if (socket->nb_transport_fw(payload, phase, delay) != tlm::TLM_COMPLETED) return tlm::TLM_OK_RESPONSE;
    const tlm::tlm_response_status status = payload.get_response_status();
    payload.release();
    return status;
  }
  void read(Bytes bytes, bool announced = true) {
    EXPECT_EQ(send(tlm::TLM_READ_COMMAND, bytes, 0, announced), tlm::TLM_OK_RESPONSE);
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time& delay) {
    responses.push_back(from_sc_time(sc_core::sc_time_stamp() + delay));
    EXPECT_TRUE(payload.is_response_ok());
    payload.release();
    return tlm::TLM_COMPLETED;
  }

  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  PayloadPool pool;
  std::vector<Duration> responses;
};

class HbfMemoryTest : public test::SimTest {
 protected:
  void build(HbfMemory::Fidelity fidelity, const HbfParameters& parameters = {}) {
    memory = std::make_unique<HbfMemory>("memory", context, parameters, 2, fidelity, Duration());
    initiator.socket.bind(memory->socket);
  }
  // Weights of 1 GB and 400 stripes of KV cache behind them, on both stacks together.
  void hold() const {
    memory->hold(TrafficClass::kWeights, 0, 1_GB);
    memory->hold(TrafficClass::kKvCache, 1'000'000'000, 4_KiB * 800 * 400);
  }

  std::unique_ptr<HbfMemory> memory;
  Initiator initiator{"initiator"};
};

TEST_F(HbfMemoryTest, StacksDivideTheTimeOfATrain) {
  build(HbfMemory::Fidelity::kTrain);
  hold();
  run_until(TimePoint(10_us));
  initiator.read(4_KiB * 800);  // 400 pages of each stack, all staged
  run();
  ASSERT_EQ(initiator.responses.size(), 1U);
  EXPECT_EQ(initiator.responses[0], 10_us + 1'100_ns);
  EXPECT_EQ(memory->bytes_read.value(), 4096 * 800);
  EXPECT_EQ(memory->bytes_asked.value(), memory->bytes_read.value());
  EXPECT_EQ(memory->pages_staged.value(), 800);
  EXPECT_EQ(memory->busy_ps.value(), (1'100_ns).count());
}

TEST_F(HbfMemoryTest, BadAddressesAndWritesOfWeightsMoveNothing) {
  build(HbfMemory::Fidelity::kTrain);
  hold();
  EXPECT_EQ(initiator.send(tlm::TLM_READ_COMMAND, 2_B, 1'023'999'999'999, false), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(initiator.send(tlm::TLM_WRITE_COMMAND, 64_B, 999'999'999, false), tlm::TLM_COMMAND_ERROR_RESPONSE);
  run();
  EXPECT_EQ(memory->bytes_asked.value(), 0);
  EXPECT_EQ(memory->address_errors.value(), 1);
  EXPECT_EQ(memory->refused_writes.value(), 1);
}

TEST_F(HbfMemoryTest, EnergyFollowsFromTheCounters) {
  build(HbfMemory::Fidelity::kTrain);
  hold();
  run_until(TimePoint(10_us));
  EXPECT_EQ(initiator.send(tlm::TLM_WRITE_COMMAND, 4_KiB * 800, 1'000'000'000, false), tlm::TLM_OK_RESPONSE);
  run();
  const HbfEnergy energy = memory->flash_energy(1_ms);
  EXPECT_EQ(memory->pages_programmed.value(), 800);
  // 800 pages were read ahead and as many programmed: 26,214,400 bits at 6.8 and at 100 pJ.
  EXPECT_EQ(memory->pages_sensed.value(), 800);
  EXPECT_EQ(energy.read, Energy(178'257'920));
  EXPECT_EQ(energy.program, Energy(2'621'440'000));
  EXPECT_EQ(energy.erase, Energy());
  EXPECT_EQ(energy.idle, Energy(2 * 5'000'000'000LL));  // 5 W for a millisecond, twice
}

TEST_F(HbfMemoryTest, LooselyTimedReadTakesTheClosedForm) {
  build(HbfMemory::Fidelity::kTrain);
  tlm::tlm_generic_payload payload;
  payload.set_read();
  payload.set_data_length(8192);
  sc_core::sc_time delay;
  initiator.socket->b_transport(payload, delay);
  EXPECT_EQ(from_sc_time(delay), 2'500_ps + 1'242'500_ps + 100_ns);
}

// Forty trains with gaps: 100 MB in all.
Duration forty_trains(Initiator& initiator, const std::function<TimePoint()>& run) {
  TimePoint last;
  for (int n = 0; n < 40; ++n) {
    initiator.read(Bytes(2'500'000));
    last = run();
    sc_core::sc_start(to_sc_time(2_us));
  }
  return last.since_start();
}

// Each fidelity against the same figure.
class HbfMemoryFidelityTest : public HbfMemoryTest, public ::testing::WithParamInterface<HbfMemory::Fidelity> {};

TEST_P(HbfMemoryFidelityTest, BothTakeTheSameTime) {
  build(GetParam());
  hold();
  const Duration taken = forty_trains(initiator, [this] {
    const std::size_t before = initiator.responses.size();
    while (initiator.responses.size() == before) sc_core::sc_start(to_sc_time(10_ns));
    return now();
  });
  // 305 pages a stack and train over the link, 0.76 us, and the access latency; 2 us of gap. The first one waits 1.24.
  EXPECT_NEAR(to_seconds(taken), 40 * (0.763e-6 + 0.1e-6) + 39 * 2e-6 + 1.24e-6, 0.02 * 113e-6);
  EXPECT_EQ(memory->bytes_read.value(), 100'000'000);
}

std::string name_of_fidelity(const ::testing::TestParamInfo<HbfMemory::Fidelity>& tested) {
  return tested.param == HbfMemory::Fidelity::kTrain ? "Train" : "Page";
}
INSTANTIATE_TEST_SUITE_P(Both, HbfMemoryFidelityTest,
                         ::testing::Values(HbfMemory::Fidelity::kTrain, HbfMemory::Fidelity::kPage), name_of_fidelity);

}  // namespace
}  // namespace decodesim
