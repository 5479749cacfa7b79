// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/stuck_report.hpp"

#include <algorithm>

namespace decodesim {
namespace {

using Wait = CollectiveEngine::Wait;

constexpr std::size_t kMost = 8;  // of a kind that are named

std::string list_text(const std::vector<std::int32_t>& ranks) {
  std::string out;
  for (std::size_t i = 0; i < std::min(ranks.size(), kMost); ++i)
    out += (i == 0 ? "" : ", ") + std::to_string(ranks[i]);
  if (ranks.size() > kMost) out += " and " + std::to_string(ranks.size() - kMost) + " more";
  return out;
}

// Phases of the collective that `rank` has begun: none before it has started it.
std::size_t begun(const Rank& rank, const Wait& where) {
  for (const Wait& wait : rank.collectives->waits())
    if (wait.group == where.group && wait.instance == where.instance) return wait.phase + 1;
  return 0;
}

bool has_started(const Rank& rank, const Wait& where) {
  bool started = false;
  rank.core.collectives_started().for_each([&](const RankGroup& group, std::uint64_t count) {
    started = started || (group == where.group && count > where.instance);
  });
  return started;
}

// Members who have not yet begun the phase, and so not sent.
std::vector<std::int32_t> behind(const Machine& machine, const Wait& where) {
  std::vector<std::int32_t> out;
  for (std::int32_t position = 0; position < where.group.size; ++position) {
    const std::int32_t member = where.group.rank_at(position);
    if (static_cast<std::size_t>(member) >= machine.ranks().size()) continue;  // folded
    const Rank& rank = *machine.ranks()[static_cast<std::size_t>(member)];
    const std::size_t phases = begun(rank, where);
    const bool done = phases == 0 && has_started(rank, where);
    if (!done && phases <= where.phase) out.push_back(member);
  }
  return out;
}

std::string wait_text(const Machine& machine, std::int32_t rank, const Wait& wait) {
  std::string out = "rank " + std::to_string(rank) + " waits in collective " + std::to_string(wait.instance) + " of " +
                    std::to_string(wait.group.size) + " ranks, phase " + std::to_string(wait.phase) + ", with " +
                    std::to_string(wait.arrived) + " of " + std::to_string(wait.expected) + " messages";
  const std::vector<std::int32_t> missing = behind(machine, wait);
  return out + (missing.empty() ? "; all members have sent: messages are caught in the network"
                                : ", for rank " + list_text(missing));
}

}  // namespace

std::string stuck_report(const Machine& machine) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  std::vector<std::int32_t> held;
  std::size_t named = 0;
  for (std::size_t r = 0; r < machine.ranks().size(); ++r) {
    const Rank& rank = *machine.ranks()[r];
    if (rank.core.held()) held.push_back(static_cast<std::int32_t>(r));
    if (!rank.collectives) continue;
    for (const Wait& wait : rank.collectives->waits())
      if (named++ < kMost) add(wait_text(machine, static_cast<std::int32_t>(r), wait));
  }
  if (named > kMost) add(std::to_string(named - kMost) + " more wait");
  if (!held.empty()) add("held for good: rank " + list_text(held));
  if (machine.network() != nullptr && machine.network()->waiting_trains() > 0)
    add(std::to_string(machine.network()->waiting_trains()) + " trains wait in routers for room on the next link");
  return out.empty() ? "no event is left before the last step" : out;
}

}  // namespace decodesim
