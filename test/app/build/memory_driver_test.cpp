// SPDX-License-Identifier: Apache-2.0
// Memory workloads from a scenario to what they measured, against arithmetic. HBM3 at 1.6 GHz: tRCD 19.375 ns (31
// clocks), CL 12.5 ns (20), a burst of 32 B 1.25 ns (2); 32 pseudo-channels, 256 B on each before the next.
#include "sim/app/build/memory_driver.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/app/metrics/memory_metrics.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {
using namespace literals;

// refi is long, so that no refresh comes between.
std::string scenario(const std::string& pattern, const std::string& tier = "fidelity: command, refi: 1 ms",
                     const std::string& more = "", const std::string& accelerators = "") {
  return "system:\n" + accelerators + "  memory: [{use: hbm3-6400, " + tier +
         "}]\nworkload:\n  kind: memory\n  pattern: {" + pattern + "}\n" + more;
}

RunResult run(const Plan& plan) {
  ProgressListener quiet;
  RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  return result;
}

constexpr const char* kLone = "kind: strided, request: 32 B, stride: 256 B, count: 32";
constexpr Duration kLoneRead = Duration(33'125);  // tRCD + CL + burst

double share(const MemoryPhaseMetrics& metrics, std::string_view name) {
  for (const LossShare& loss : metrics.lost)
    if (loss.name == name) return loss.share;
  return -1;
}

TEST(MemoryDriverTest, LoneReadsOfClosedRowsTakeActivateLatencyAndBurst) {
  const Plan plan = test::read(scenario(kLone, "fidelity: command, refi: 1 ms", "  outstanding: 1\n"));
  const RunResult result = run(plan);
  ASSERT_EQ(result.memory_phases.size(), 1U);
  const MemoryPhase& phase = result.memory_phases.front();
  EXPECT_EQ(phase.elapsed, kLoneRead * 32);
  EXPECT_EQ(phase.accesses, 32);
  EXPECT_EQ(phase.bytes_read, 1024_B);
  EXPECT_EQ(phase.activity.counts.of(DramCommand::kActivate), 32);
  const MemoryPhaseMetrics metrics = memory_metrics(plan, result).measurement;
  EXPECT_EQ(metrics.latency.mean, kLoneRead);
  EXPECT_EQ(metrics.latency.max, kLoneRead);
  // Of each pseudo-channel's 32 x 53 clocks one read waits 31 for its row and moves 2 of data.
  EXPECT_DOUBLE_EQ(share(metrics, "row"), 31.0 / (32 * 53));
  EXPECT_NEAR(metrics.utilisation, 2.0 / (32 * 53), 1e-12);
  EXPECT_NEAR(share(metrics, "idle"), 1 - 33.0 / (32 * 53), 1e-12);
  EXPECT_DOUBLE_EQ(metrics.row_hit_rate, 0);
}

TEST(MemoryDriverTest, AnAcceleratorAddsItsWayToEveryAccess) {
  const Plan plan = test::read(
      scenario(kLone, "fidelity: command, refi: 1 ms", "  outstanding: 1\n", "  accelerators: {use: h100-sxm}\n"));
  const RunResult result = run(plan);
  const MemoryPhase& phase = result.memory_phases.front();
  EXPECT_EQ(phase.elapsed, (320_ns + kLoneRead) * 32);
  EXPECT_EQ(Duration(phase.activity.latency_ps.most()), 320_ns + kLoneRead);
}

TEST(MemoryDriverTest, APointerChaseGoesOneByOneWhateverMayBeOutstanding) {
  // 32 places of 256 B: one on each pseudo-channel, each visited once.
  const Plan plan = test::read(
      scenario("kind: pointer_chase, request: 256 B, footprint: 8 KiB, count: 32", "fidelity: command, refi: 1 ms"));
  const MemoryPhase phase = run(plan).memory_phases.front();
  // Eight bursts of one bank: 7 x tCCD_L of 4 clocks after the first.
  EXPECT_EQ(phase.elapsed, (kLoneRead + Duration(625) * 4 * 7) * 32);
}

TEST(MemoryDriverTest, ASequentialStreamGetsNearlyThePeakAndItsLossesAddUp) {
  const Plan plan = test::read(scenario("kind: sequential, request: 256 B, count: 20000", "fidelity: command"));
  const MemoryPhaseMetrics metrics = memory_metrics(plan, run(plan)).measurement;
  EXPECT_GT(metrics.utilisation, 0.95);
  const double sum = std::accumulate(metrics.lost.begin(), metrics.lost.end(), metrics.utilisation,
                                     [](double s, const LossShare& loss) { return s + loss.share; });
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_DOUBLE_EQ(share(metrics, "partial_burst"), 0);
}

TEST(MemoryDriverTest, HalfABurstIsMovedAsAWholeOne) {
  const Plan plan =
      test::read(scenario("kind: strided, request: 16 B, stride: 32 B, count: 10000", "fidelity: command"));
  const RunResult result = run(plan);
  EXPECT_EQ(result.memory_phases.front().bytes_read, 160'000_B);
  const MemoryPhaseMetrics metrics = memory_metrics(plan, result).measurement;
  EXPECT_NEAR(share(metrics, "partial_burst"), metrics.utilisation, 1e-9);
}

TEST(MemoryDriverTest, ALoadBelowSaturationIsAchieved) {
  const Plan plan =
      test::read(scenario("kind: random, request: 64 B, count: 10000, offered_load: 40.96 GB/s", "fidelity: command"));
  const RunResult result = run(plan);
  const MemoryPhase& phase = result.memory_phases.front();
  EXPECT_GE(phase.elapsed, 64_B * 9999 / (40'960 * 1_MBps));
  EXPECT_NEAR(memory_metrics(plan, result).measurement.bandwidth, 40.96e9, 1e9);
}

TEST(MemoryDriverTest, WritesAreCountedAsSuch) {
  const Plan plan = test::read(
      scenario("kind: sequential, request: 64 B, read_share: 25 %, streams: 3, count: 4001", "fidelity: command"));
  const MemoryPhase phase = run(plan).memory_phases.front();
  EXPECT_EQ(phase.bytes_read + phase.bytes_written, 64_B * 4001);
  EXPECT_NEAR(static_cast<double>(phase.bytes_written.count()) / (64 * 4001), 0.75, 0.02);
  EXPECT_EQ(phase.accesses, 4001);
}

TEST(MemoryDriverTest, EveryPointOfALoadCurveIsAPhaseOfItsOwn) {
  const Plan plan = test::read(
      scenario("kind: random, request: 64 B, count: 2000", "fidelity: command", "  load_curve: {points: 4}\n"));
  const RunResult result = run(plan);
  ASSERT_EQ(result.memory_phases.size(), 5U);
  const MemoryMetrics metrics = memory_metrics(plan, result);
  ASSERT_EQ(metrics.load_curve.size(), 4U);
  for (const MemoryPhaseMetrics& point : metrics.load_curve) {
    EXPECT_EQ(point.accesses, 2000);
    EXPECT_EQ(point.bytes_read, 128'000_B);
    EXPECT_LE(point.bandwidth, to_double(point.offered) * 1.001);
  }
  EXPECT_EQ(metrics.load_curve.back().offered, metrics.peak);
  EXPECT_LT(metrics.load_curve.front().latency.mean, metrics.load_curve.back().latency.mean);
}

TEST(MemoryDriverTest, AtTrainFidelityEveryStreamIsOneTrain) {
  const Plan plan =
      test::read(scenario("kind: sequential, request: 256 B, streams: 3, count: 1000", "fidelity: train"));
  const RunResult result = run(plan);
  const MemoryPhase& phase = result.memory_phases.front();
  EXPECT_EQ(phase.bytes_read, 256'000_B);
  EXPECT_EQ(phase.accesses, 1000);
  for (const ComponentRecord& record : result.components)
    if (record.component == "hbm" && record.statistic == "trains") {
      EXPECT_EQ(record.value, 3);
    }
}

TEST(MemoryDriverTest, AFlatMemoryIsDrivenByTrains) {
  const Plan plan = test::read(
      "system:\n  memory: [{use: ideal-memory}]\nworkload:\n  kind: memory\n  pattern: {kind: sequential, count: "
      "1000}\n");
  const RunResult result = run(plan);
  EXPECT_EQ(result.memory_phases.front().bytes_read, 64'000_B);
  EXPECT_NEAR(memory_metrics(plan, result).measurement.utilisation, 1, 0.001);
}

class StopSoon : public ProgressListener {
 public:
  void step_finished(std::int64_t done, std::int64_t, Duration) override { done_ = done; }
  [[nodiscard]] bool interrupted() const override { return done_ >= 1024; }

 private:
  std::int64_t done_ = 0;
};

TEST(MemoryDriverTest, AnInterruptedRunKeepsWhatWasAnswered) {
  const Plan plan = test::read(
      scenario("kind: random, request: 64 B, count: 100000", "fidelity: command", "  load_curve: {points: 4}\n"));
  StopSoon progress;
  const RunResult result = simulate(plan, progress);
  self_check(plan, result);
  EXPECT_TRUE(result.interrupted);
  ASSERT_EQ(result.memory_phases.size(), 1U);
  EXPECT_GE(result.memory_phases.front().accesses, 1024);
  EXPECT_LT(result.memory_phases.front().accesses, 100'000);
}

/// Somebody else's AT memory: it ends a request 10 ns after it came, and responds 50 ns later, the first way or the
/// other; it refuses addresses from 1 MiB on.
class ForeignMemory : public MemoryModule {
 public:
  ForeignMemory(const sc_core::sc_module_name& name, Context& context) : MemoryModule(name, context) {
    SC_HAS_PROCESS(ForeignMemory);
    SC_METHOD(on_event);
    sensitive << event_;
    dont_initialize();
  }
  [[nodiscard]] Bandwidth peak() const override { return 1000_GBps; }
  [[nodiscard]] Bytes capacity() const override { return 1_MiB; }
  [[nodiscard]] DramActivity activity() const override { return {}; }
  [[nodiscard]] DramEnergy energy(const DramActivity&, Duration) const override { return {}; }

  int end_resps = 0;

 private:
  struct Step {
    TimePoint at;
    tlm::tlm_generic_payload* payload;
    bool response;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    if (phase == tlm::END_RESP) {
      ++end_resps;
      return tlm::TLM_COMPLETED;
    }
    invariant(!requesting_, "a second request before END_REQ");
    if (payload.get_address() >= 1U << 20U) {  // at once, and with a response that is still to be ended
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      phase = tlm::BEGIN_RESP;
      delay = to_sc_time(5_ns);
      return tlm::TLM_UPDATED;
    }
    requesting_ = true;
    payload.acquire();
    insert({now() + 10_ns, &payload, false});
    event_.notify(to_sc_time(steps_.front().at - now()));
    return tlm::TLM_ACCEPTED;
  }
  void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) override {}

  void insert(const Step& step) {
    auto place = steps_.end();
    while (place != steps_.begin() && std::prev(place)->at > step.at) --place;
    steps_.insert(place, step);
  }

  void on_event() {
    while (!steps_.empty() && steps_.front().at <= now()) {
      Step step = steps_.front();
      steps_.pop_front();
      tlm::tlm_phase phase = step.response ? tlm::BEGIN_RESP : tlm::END_REQ;
      sc_core::sc_time delay;
      if (!step.response) {
        requesting_ = false;
        insert({now() + 50_ns, step.payload, true});
      } else {
        step.payload->set_response_status(tlm::TLM_OK_RESPONSE);
        bytes_read.add(step.payload->get_data_length());
      }
      socket->nb_transport_bw(*step.payload, phase, delay);
      if (step.response) step.payload->release();
    }
    if (!steps_.empty()) event_.notify(to_sc_time(steps_.front().at - now()));
  }

  bool requesting_ = false;
  std::deque<Step> steps_;
  sc_core::sc_event event_{"event"};
};

TEST(MemoryDriverTest, AForeignMemoryIsAskedForOneThingAtATime) {
  Plan plan = test::read(scenario("kind: sequential, request: 64 B, count: 4, base: 1048384 B", "fidelity: command",
                                  "  outstanding: 4\n"));
  Context context;
  ForeignMemory memory("memory", context);
  ProgressListener quiet;
  MemoryDriver driver("driver", context, plan, memory, quiet);
  sc_core::sc_start();
  ASSERT_EQ(driver.phases().size(), 1U);
  const MemoryPhase& phase = driver.phases().front();
  // Three requests, 10 ns apart; the fourth lies beyond and is refused once the third one's request has ended.
  EXPECT_EQ(phase.accesses, 3);
  EXPECT_EQ(phase.address_errors, 1);
  EXPECT_EQ(memory.end_resps, 1);
  EXPECT_EQ(phase.elapsed, 10_ns * 3 + 50_ns);
}

}  // namespace
}  // namespace decodesim
