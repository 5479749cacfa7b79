// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/step_writer.hpp"

#include <utility>

#include "sim/core/component/require.hpp"

namespace decodesim {

std::int32_t CollectiveTeam::rank_at(std::int32_t position) const {
  return order.empty() ? group.rank_at(position) : order[static_cast<std::size_t>(position % size())];
}

std::int32_t CollectiveTeam::position() const {
  if (order.empty()) return group.position_of(rank);
  const auto found = std::find(order.begin(), order.end(), rank);
  require(found != order.end(), "team", "the order of a group lacks one of its ranks");
  return static_cast<std::int32_t>(found - order.begin());
}

StepWriter::StepWriter(const CollectiveTeam& team, const CollectiveLibrary& library, CollectiveProtocol protocol,
                       const MachineCosts& costs)
    : library_(library), protocol_(library.of(protocol)), costs_(costs) {
  program_.rank = team.rank;
  program_.group = team.group;
}

void StepWriter::lane() {
  program_.lanes.push_back(static_cast<std::int32_t>(program_.phases.size()));
  lanes_.emplace_back();
  MessagePhase setup;
  setup.local = library_.setup;
  add_phase(std::move(setup), library_.setup);
}

void StepWriter::add_phase(MessagePhase phase, Duration time) {
  lanes_.back().time += time;
  program_.phases.push_back(std::move(phase));
}

void StepWriter::step(const ProgramStep& step) {
  const Bytes wire = protocol_.on_the_wire(step.bytes);
  Duration handling = step.between ? protocol_.step_between : protocol_.step;
  if (step.between && wire > library_.eager_limit) handling += library_.rendezvous;
  const Duration copied = protocol_.streams ? Duration() : copying(wire);
  MessagePhase phase;
  for (const std::int32_t peer : step.to)
    phase.sends.push_back({wire > Bytes() ? MessageKind::kData : MessageKind::kFlag, peer, wire});
  phase.receives = step.receives;
  if (step.receives > 0) phase.local = handling + copied * step.receives;
  const CrossingCost& way = step.between ? costs_.between : costs_.inside;
  const auto sends = static_cast<std::int64_t>(step.to.size());
  const Duration sending = wire / way.bandwidth * sends;
  (step.between ? lanes_.back().sending_between : lanes_.back().sending_inside) += sending;
  const Duration longest = std::max(sending, wire / way.bandwidth * std::max(step.receives, 1));
  const Duration handled = handling + copied * std::max(step.receives, 1);
  add_phase(std::move(phase), way.latency + longest + handled);
}

Duration StepWriter::copying(Bytes bytes) const {
  const Duration at_link_rate = bytes / costs_.inside.bandwidth;
  return Duration(checked::multiply_divide_up(at_link_rate.count(), kPartsPerMillion, library_.copy_share.count()));
}

void StepWriter::copy(Bytes bytes) {
  MessagePhase phase;
  phase.local = copying(bytes);
  const Duration time = phase.local;
  add_phase(std::move(phase), time);
}

void StepWriter::copy_end(Bytes bytes) {
  if (protocol_.streams) copy(bytes);
}

void StepWriter::through_switch(Bytes bytes) {
  MessagePhase phase;
  phase.sends.push_back({MessageKind::kReduceInSwitch, program_.rank, bytes});
  phase.receives = 1;
  phase.local = library_.in_network_step;
  const Duration sending = bytes / costs_.inside.bandwidth;
  lanes_.back().sending_inside += sending;
  add_phase(std::move(phase), costs_.inside.latency + sending + library_.in_network_step);
}

MessageProgram StepWriter::finish(bool symmetric) {
  program_.symmetric = symmetric;
  return std::move(program_);
}

Duration StepWriter::estimate() const {
  Duration longest;
  Duration inside;
  Duration between;
  std::size_t first = 0;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].time > longest) first = i;
    longest = std::max(longest, lanes_[i].time);
    inside += lanes_[i].sending_inside;
    between += lanes_[i].sending_between;
  }
  if (lanes_.empty()) return longest;
  return longest + std::max(inside - lanes_[first].sending_inside, between - lanes_[first].sending_between);
}

}  // namespace decodesim
