// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/library_steps.hpp"

namespace decodesim {

std::int32_t Members::at(std::int32_t place) const { return ranks[static_cast<std::size_t>(place % size())]; }

Members all_members(const CollectiveTeam& team) {
  Members out{{}, team.position(), !team.one_domain()};
  for (std::int32_t i = 0; i < team.size(); ++i) out.ranks.push_back(team.rank_at(i));
  return out;
}

Members domain_members(const CollectiveTeam& team) {
  const std::int32_t domain = team.domain_size();
  const std::int32_t position = team.position();
  Members out{{}, position % domain, false};
  for (std::int32_t i = 0; i < domain; ++i) out.ranks.push_back(team.rank_at(position / domain * domain + i));
  return out;
}

Members rail_members(const CollectiveTeam& team) {
  const std::int32_t domain = team.domain_size();
  const std::int32_t position = team.position();
  Members out{{}, position / domain, true};
  for (std::int32_t i = position % domain; i < team.size(); i += domain) out.ranks.push_back(team.rank_at(i));
  return out;
}

Bytes part_of(Bytes bytes, std::int32_t parts) {
  return Bytes(checked::narrow(checked::divide_up(bytes.count(), parts)));
}

void ring_steps(const Members& members, Bytes part, StepWriter& out) {
  const std::int32_t next = members.at(members.position + 1);
  for (std::int32_t i = 1; i < members.size(); ++i) out.step({{&next, 1}, 1, part, members.between});
}

namespace {

void partner_step(const Members& members, std::int32_t distance, Bytes bytes, StepWriter& out) {
  const std::int32_t partner = members.at(members.position ^ distance);
  out.step({{&partner, 1}, 1, bytes, members.between});
}

}  // namespace

void halving_steps(const Members& members, Bytes bytes, StepWriter& out) {
  for (std::int32_t distance = 1; distance < members.size(); distance *= 2)
    partner_step(members, distance, part_of(bytes, 2 * distance), out);
}

void doubling_steps(const Members& members, Bytes bytes, StepWriter& out) {
  for (std::int32_t distance = members.size() / 2; distance >= 1; distance /= 2)
    partner_step(members, distance, part_of(bytes, 2 * distance), out);
}

// Of one depth after the other, the deepest first.
void reduce_up(const Members& members, const TreeShape& tree, Bytes bytes, StepWriter& out) {
  const TreeShape::Place& self = tree.at(members.position);
  for (std::int32_t depth = tree.depth(); depth > 0; --depth) {
    const std::int32_t parent = self.parent >= 0 ? members.at(self.parent) : 0;
    const auto sends = static_cast<std::size_t>(self.depth == depth ? 1 : 0);
    const auto children = static_cast<std::int32_t>(self.depth == depth - 1 ? self.children.size() : 0);
    out.step({{&parent, sends}, children, bytes, members.between});
  }
}

void broadcast_down(const Members& members, const TreeShape& tree, Bytes bytes, StepWriter& out) {
  const TreeShape::Place& self = tree.at(members.position);
  std::vector<std::int32_t> children;
  for (const std::int32_t child : self.children) children.push_back(members.at(child));
  for (std::int32_t depth = 0; depth < tree.depth(); ++depth) {
    const std::span<const std::int32_t> to =
        self.depth == depth ? std::span<const std::int32_t>(children) : std::span<const std::int32_t>();
    out.step({to, self.depth == depth + 1 ? 1 : 0, bytes, members.between});
  }
}

void exchange_step(const Members& members, Bytes bytes, StepWriter& out) {
  std::vector<std::int32_t> to;
  for (std::int32_t i = 1; i < members.size(); ++i) to.push_back(members.at(members.position + i));
  out.step({to, members.size() - 1, bytes, members.between});
}

}  // namespace decodesim
