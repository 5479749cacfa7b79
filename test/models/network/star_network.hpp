// SPDX-License-Identifier: Apache-2.0
// A star of collective engines, whole or folded, to run message programs on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/network/collective_engine.hpp"
#include "models/network/link.hpp"
#include "models/network/nic.hpp"
#include "models/network/switch.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim::test {

struct StarParams {
  LinkParams link;
  NicParams nic;
  SwitchParams network_switch;
  CollectiveParams collectives;
};

/// No latencies, no overheads; `bandwidth` on the links.
inline StarParams ideal_latency(Bandwidth bandwidth) {
  StarParams p;
  p.link = {bandwidth, 0_ps};
  p.nic = {0_ps, 0_ps, 0_ps, 0_ps, 1_MiB, 0_B, 1_GiB, 1_GiB};
  p.network_switch = {8, 0_ps, 1_GiB, true, 0_ps, 1'000'000 * 1_TBps};
  p.collectives = {0_ps, 0_ps, 0_ps, 1'000'000 * 1_TBps};
  return p;
}

/// In which order a network's modules are constructed: it must not matter.
enum class BuildOrder : std::uint8_t { kForward, kBackward };

/// `ranks` accelerators on one switch. Folded, only rank 0 exists.
class StarNetwork : public CollectiveListener {
 public:
  using ProgramMaker = std::function<MessageProgram(std::int32_t rank)>;

  StarNetwork(const std::string& name, Context& context, const StarParams& params, std::int32_t ranks, bool folded,
              BuildOrder order = BuildOrder::kForward)
      : crossbar(std::make_unique<Switch>((name + "_switch").c_str(), context, params.network_switch,
                                          folded ? SwitchWiring::folded_star() : SwitchWiring::star(ranks))) {
    const std::int32_t simulated = folded ? 1 : ranks;
    const auto count = static_cast<std::size_t>(simulated);
    engines.resize(count);
    nics.resize(count);
    up.resize(count);
    down.resize(count);
    for (std::int32_t i = 0; i < simulated; ++i)
      build(name, context, params, order == BuildOrder::kForward ? i : simulated - 1 - i);
  }

  /// Starts one program a rank, now.
  void start(const ProgramMaker& make) {
    started_ = TimePoint(from_sc_time(sc_core::sc_time_stamp()));
    programs_.clear();
    for (std::size_t r = 0; r < engines.size(); ++r) programs_.push_back(make(static_cast<std::int32_t>(r)));
    ++instance_;
    done = 0;
    for (std::size_t r = 0; r < engines.size(); ++r)
      if (programs_[r].group.contains(programs_[r].rank)) engines[r]->start(programs_[r], instance_, *this);
  }
  void collective_done(std::uint64_t) override {
    ++done;
    last = TimePoint(from_sc_time(sc_core::sc_time_stamp())) - started_;
  }
  /// Starts the programs and runs the kernel until nothing happens any more; returns the time of the last rank.
  Duration run(const ProgramMaker& make) {
    start(make);
    sc_core::sc_start();
    return last;
  }
  [[nodiscard]] Bytes payload_sent() const {
    Bytes total;
    for (const auto& nic : nics) total += Bytes(nic->payload_sent.value());
    return total;
  }
  [[nodiscard]] Bytes payload_received() const {
    Bytes total;
    for (const auto& nic : nics) total += Bytes(nic->payload_received.value());
    return total;
  }
  [[nodiscard]] bool idle() const {
    for (const auto& engine : engines)
      if (engine->open() != 0) return false;
    return crossbar->open_reductions() == 0;
  }

  std::unique_ptr<Switch> crossbar;
  std::vector<std::unique_ptr<CollectiveEngine>> engines;
  std::vector<std::unique_ptr<Nic>> nics;
  std::vector<std::unique_ptr<Link>> up;
  std::vector<std::unique_ptr<Link>> down;
  std::size_t done = 0;
  Duration last;

 private:
  void build(const std::string& name, Context& context, const StarParams& params, std::int32_t rank) {
    const std::string of = name + "_" + std::to_string(rank);
    const auto r = static_cast<std::size_t>(rank);
    engines[r] = std::make_unique<CollectiveEngine>((of + "_engine").c_str(), context, params.collectives);
    nics[r] = std::make_unique<Nic>((of + "_nic").c_str(), context, params.nic, rank);
    up[r] = std::make_unique<Link>((of + "_up").c_str(), context, params.link);
    down[r] = std::make_unique<Link>((of + "_down").c_str(), context, params.link);
    engines[r]->nic(*nics[r]);
    nics[r]->receiver(*engines[r]);
    nics[r]->out(*up[r]);
    up[r]->out(crossbar->input(rank));
    crossbar->output(rank)(*down[r]);
    down[r]->out(*nics[r]);
  }

  std::vector<MessageProgram> programs_;
  std::uint64_t instance_ = 0;
  TimePoint started_;
};

}  // namespace decodesim::test
