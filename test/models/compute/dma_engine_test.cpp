// SPDX-License-Identifier: Apache-2.0
// DmaEngine against memories that are not ours: each keeps to the TLM-2.0 base protocol in another of its ways.
#include "models/compute/dma_engine.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <utility>
#include <vector>

#include "test/support/sim_test.hpp"

namespace decodesim {
namespace {
using namespace literals;

enum class Answer { kFourPhases, kWithoutEndReq, kCompletedAtOnce, kBeginRespAtOnce };

// Ends a request after 10 ns and begins its response 40 ns later, one at a time; or answers at once with 50 ns
// annotated.
class ForeignMemory : public sc_core::sc_module {
 public:
  ForeignMemory(const sc_core::sc_module_name& name, Answer answer) : sc_core::sc_module(name), answer_(answer) {
    SC_HAS_PROCESS(ForeignMemory);
    SC_METHOD(end_request);
    sensitive << request_ends_;
    dont_initialize();
    SC_METHOD(respond);
    sensitive << response_;
    dont_initialize();
    socket.register_nb_transport_fw(this, &ForeignMemory::nb_transport_fw);
  }

  tlm_utils::simple_target_socket<ForeignMemory> socket{"socket"};
  std::vector<Duration> requests;
  int responses_ended = 0;

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) {
      ++responses_ended;
      return tlm::TLM_COMPLETED;
    }
    EXPECT_EQ(phase, tlm::BEGIN_REQ);
    EXPECT_EQ(requesting_, nullptr) << "a request before the last one has ended";
    requests.push_back(from_sc_time(sc_core::sc_time_stamp()));
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    switch (answer_) {
      case Answer::kFourPhases:
        requesting_ = &payload;
        request_ends_.notify(to_sc_time(10_ns));
        return tlm::TLM_ACCEPTED;
      case Answer::kWithoutEndReq:
        requesting_ = &payload;
        to_answer_.push_back(&payload);
        response_.notify(to_sc_time(50_ns));
        return tlm::TLM_ACCEPTED;
      case Answer::kCompletedAtOnce: delay += to_sc_time(50_ns); return tlm::TLM_COMPLETED;
      case Answer::kBeginRespAtOnce:
        delay += to_sc_time(50_ns);
        phase = tlm::BEGIN_RESP;
        return tlm::TLM_UPDATED;
    }
    return tlm::TLM_ACCEPTED;
  }

  void end_request() {
    to_answer_.push_back(std::exchange(requesting_, nullptr));
    if (to_answer_.size() == 1) response_.notify(to_sc_time(40_ns));
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay;
    socket->nb_transport_bw(*to_answer_.back(), phase, delay);
  }

  void respond() {
    tlm::tlm_generic_payload& payload = *to_answer_.front();
    to_answer_.pop_front();
    if (requesting_ == &payload) requesting_ = nullptr;  // a response ends its request
    if (!to_answer_.empty()) response_.notify(to_sc_time(40_ns));
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay;
    if (socket->nb_transport_bw(payload, phase, delay) == tlm::TLM_COMPLETED) ++responses_ended;
  }

  Answer answer_;
  tlm::tlm_generic_payload* requesting_ = nullptr;
  std::deque<tlm::tlm_generic_payload*> to_answer_;
  sc_core::sc_event request_ends_{"request_ends"};
  sc_core::sc_event response_{"response"};
};

class DmaEngineTest : public test::SimTest, public DmaClient {
 protected:
  void transfer_done(std::uint64_t tag, TimePoint at) override { done.emplace_back(tag, at.since_start()); }

  // Two reads at once, over 5 ns of path.
  void read_twice(Answer answer) {
    memory = std::make_unique<ForeignMemory>("memory", answer);
    engine.socket(0).bind(memory->socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const std::uint64_t tag : {0U, 1U})
      engine.issue({.tier = 0,
                    .write = false,
                    .prefetchable = false,
                    .traffic = TrafficClass::kOther,
                    .tensor = 0,
                    .address = 64 * tag,
                    .bytes = 64_B,
                    .run = {}},
                   0_B, *this, tag);
    run();
    EXPECT_TRUE(engine.idle());
    EXPECT_EQ(engine.bytes_delivered.value(), 128);
  }

  DmaEngine engine{"dma", context, 1, 5_ns};
  std::unique_ptr<ForeignMemory> memory;
  std::vector<std::pair<std::uint64_t, Duration>> done;
};

using Done = std::vector<std::pair<std::uint64_t, Duration>>;
using Times = std::vector<Duration>;

TEST_F(DmaEngineTest, SecondRequestWaitsForTheEndOfTheFirst) {
  read_twice(Answer::kFourPhases);
  EXPECT_EQ(memory->requests, (Times{0_ns, 10_ns}));
  EXPECT_EQ(done, (Done{{0, 55_ns}, {1, 95_ns}}));
  EXPECT_EQ(memory->responses_ended, 2);
}

TEST_F(DmaEngineTest, ResponseWithoutEndReqEndsTheRequest) {
  read_twice(Answer::kWithoutEndReq);
  EXPECT_EQ(memory->requests, (Times{0_ns, 50_ns}));
  EXPECT_EQ(done, (Done{{0, 55_ns}, {1, 105_ns}}));
}

TEST_F(DmaEngineTest, EarlyCompletionStillTakesThePathToTheCores) {
  read_twice(Answer::kCompletedAtOnce);
  EXPECT_EQ(done, (Done{{0, 55_ns}, {1, 55_ns}}));
  EXPECT_EQ(memory->responses_ended, 0);
}

TEST_F(DmaEngineTest, ResponseOnTheReturnPathIsEnded) {
  read_twice(Answer::kBeginRespAtOnce);
  EXPECT_EQ(done, (Done{{0, 55_ns}, {1, 55_ns}}));
  EXPECT_EQ(memory->responses_ended, 2);
}

}  // namespace
}  // namespace decodesim
