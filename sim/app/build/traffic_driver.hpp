// SPDX-License-Identifier: Apache-2.0
// TrafficDriver: leads synthetic traffic through a network: lone packets first, then one load after the other.
//
//   lone packets   one at a time, on the idle network: the zero-load latency
//   a load         warm-up | window, whose packets are measured | until those have arrived, at most a window | drain
//
// Packets are made all the time until the measured ones have arrived, so that the last of them meet as much traffic as
// the first. What then still waits in the endpoints is forgotten; what is in the network is let out before the next
// load: each begins on an idle network.
//
// Laws, each one a test in test/app/build/traffic_driver_test.cpp:
//   1. Zero-load latency is the closed form of the way.
//   2. Packets made are delivered or forgotten, and at the window's end injected ones are delivered or in the network.
//   3. Accepted throughput is what was offered below saturation, and never above what the narrowest cut carries.
#pragma once

#include <memory>
#include <vector>

#include "sim/app/build/simulate.hpp"
#include "sim/app/build/traffic_endpoint.hpp"
#include "sim/app/build/traffic_network.hpp"

namespace decodesim {

class TrafficDriver : public Component, public TrafficListener {
 public:
  TrafficDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, ProgressListener& progress);

  [[nodiscard]] const TrafficResult& result() const { return result_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  /// Throws InternalError when a packet is still on its way.
  void check_quiet() const { network_.check_quiet(); }

  void packet_made(TimePoint made) override;
  void packet_injected() override { ++injected_; }
  void packet_delivered(TimePoint made, TimePoint arrived) override;

 protected:
  void start_of_simulation() override;

 private:
  enum class Stage : std::uint8_t { kLone, kWarmUp, kWindow, kFinish, kDrain };
  struct Pair {
    std::int32_t source = 0;
    std::int32_t destination = 0;
  };

  void advance();  // SC_METHOD: on to the next stage
  void next_lone();
  void begin_load();
  void begin_window();
  void end_window();
  void end_making();
  void end_load();
  [[nodiscard]] std::vector<Pair> lone_pairs() const;
  [[nodiscard]] TrafficPoint& point() { return result_.points.back(); }
  [[nodiscard]] bool in_window(TimePoint time) const { return time >= window_begin_ && time < window_end_; }
  [[nodiscard]] Ratio busiest_link() const;

  const TrafficWorkloadPlan& workload_;
  ProgressListener& progress_;
  TrafficDestinations destinations_;
  std::vector<std::unique_ptr<TrafficEndpoint>> endpoints_;
  TrafficNetwork network_;
  std::vector<Pair> lone_;
  std::size_t next_lone_ = 0;
  Stage stage_ = Stage::kLone;
  TimePoint window_begin_;
  TimePoint window_end_;
  std::int64_t injected_ = 0;   // of this load
  std::int64_t delivered_ = 0;  // likewise
  TimePoint last_arrival_;
  std::vector<Bytes> sent_before_;  // by each link, until the window
  bool interrupted_ = false;
  TrafficResult result_;
  sc_core::sc_event next_{"next"};
};

}  // namespace decodesim
