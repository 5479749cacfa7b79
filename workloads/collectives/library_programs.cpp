// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/library_programs.hpp"

#include <bit>

#include "sim/core/component/require.hpp"
#include "workloads/collectives/library_steps.hpp"

namespace decodesim {
namespace {

using A = CollectiveAlgorithm;
using Op = CollectiveOp;

constexpr std::int64_t kMostChunks = 32;  // of a vector; longer vectors have longer chunks

bool power_of_two(std::int32_t n) { return std::has_single_bit(static_cast<std::uint32_t>(n)); }

// Whole chunks and a rest, so that a longer vector never takes less time.
std::vector<Bytes> chunks_of(Bytes bytes, Bytes chunk) {
  while (chunk * kMostChunks < bytes) chunk = chunk * 2;
  std::vector<Bytes> out;
  for (Bytes left = bytes; left > Bytes(); left -= out.back()) out.push_back(std::min(left, chunk));
  return out;
}

class LibraryWriter {
 public:
  LibraryWriter(const CollectiveRequest& request, const CollectiveTeam& team, const CollectiveLibrary& library,
                const MachineCosts& costs)
      : request_(request), team_(team), library_(library), out_(team, library, request.protocol, costs) {}

  LibraryProgram write() {
    if (team_.size() > 1) write_steps();
    const bool symmetric = is_symmetric(request_.op, request_.algorithm) && team_.order.empty();
    const Duration estimate = out_.estimate();
    return {out_.finish(symmetric), estimate};
  }

 private:
  [[nodiscard]] Bytes part() const { return part_of(request_.bytes, team_.size()); }

  void write_steps() {
    switch (request_.op) {
      case Op::kAllReduce: return all_reduce();
      case Op::kAllGather:
      case Op::kReduceScatter: return gather_or_scatter();
      case Op::kAllToAll: return pairs(all_members(team_), part());
      case Op::kBroadcast: return broadcast();
      case Op::kSendReceive: return send_receive();
    }
  }

  void all_reduce() {
    switch (request_.algorithm) {
      case A::kRing: return ring();
      case A::kHalvingDoubling: return halving_doubling();
      case A::kTree: return trees(all_members(team_), 1);
      case A::kHierarchical: return trees(rail_members(team_), team_.domain_size());
      case A::kInNetwork: return in_network();
      default: throw InternalError("library", "an all-reduce that libraries do not have");
    }
  }

  void ring() {
    const Members members = all_members(team_);
    out_.lane();
    ring_steps(members, part(), out_);
    ring_steps(members, part(), out_);
    out_.copy_end(part());
  }

  // Ranks beyond a power of two hand their vectors over first and get the result in the end.
  void halving_doubling() {
    Members members = all_members(team_);
    const auto pairs = static_cast<std::int32_t>(std::bit_floor(static_cast<std::uint32_t>(members.size())));
    const bool odd = members.size() != pairs;
    const std::int32_t position = members.position;
    const bool beyond = position >= pairs;
    const bool stands_in = position < members.size() - pairs;
    const std::int32_t other = members.at(beyond ? position - pairs : position + pairs);
    const auto one = std::span<const std::int32_t>(&other, 1);
    out_.lane();
    if (odd)
      out_.step({beyond ? one : std::span<const std::int32_t>(), stands_in ? 1 : 0, request_.bytes, members.between});
    members.ranks.resize(static_cast<std::size_t>(pairs));
    if (beyond) {
      sit_out(2 * std::countr_zero(static_cast<std::uint32_t>(pairs)), members.between);
    } else {
      halving_steps(members, request_.bytes, out_);
      doubling_steps(members, request_.bytes, out_);
    }
    if (odd)
      out_.step({stands_in ? one : std::span<const std::int32_t>(), beyond ? 1 : 0, request_.bytes, members.between});
    out_.copy_end(part());
  }

  void sit_out(std::int32_t steps, bool between) {
    for (std::int32_t i = 0; i < steps; ++i) out_.step({{}, 0, Bytes(), between});
  }

  // Chunk by chunk, half of each through either tree; `domain` ranks share it first, and each takes its part outside.
  void trees(const Members& members, std::int32_t domain) {
    const Members inner = domain_members(team_);
    for (const Bytes chunk : chunks_of(request_.bytes, library_.chunk)) {
      for (const std::int32_t which : {0, 1}) {
        const Bytes half = which == 0 ? part_of(chunk, 2) : chunk - part_of(chunk, 2);
        const TreeShape tree(members.size(), which);
        const Bytes outside = part_of(half, domain);
        out_.lane();
        if (domain > 1) ring_steps(inner, outside, out_);
        reduce_up(members, tree, outside, out_);
        broadcast_down(members, tree, outside, out_);
        if (domain > 1) ring_steps(inner, outside, out_);
        out_.copy_end(outside);
      }
    }
  }

  // The switch sends every rank its part of the sum, and every rank has it send that part to all: S up and S / n down,
  // then S / n up and S down.
  void in_network() {
    const std::int64_t n = team_.size();
    const std::int64_t share = library_.in_network_share.count();
    for (const Bytes chunk : chunks_of(request_.bytes, library_.chunk)) {
      out_.lane();
      out_.copy(chunk);
      const Bytes both(checked::multiply_divide_up(chunk.count(), n + 1, n));
      out_.through_switch(Bytes(checked::multiply_divide_up(both.count(), kPartsPerMillion, share)));
      out_.copy(chunk);
    }
  }

  void gather_or_scatter() {
    const Members members = all_members(team_);
    out_.lane();
    if (request_.algorithm == A::kRing) {
      ring_steps(members, part(), out_);
    } else if (request_.algorithm == A::kOneShot) {
      exchange_step(members, part(), out_);
    } else if (request_.op == Op::kAllGather) {
      doubling_steps(members, request_.bytes, out_);
    } else {
      halving_steps(members, request_.bytes, out_);
    }
    out_.copy_end(part());
  }

  // Receivers say where the data is to go, then it comes.
  void pairs(const Members& members, Bytes bytes) {
    out_.lane();
    exchange_step(members, Bytes(), out_);
    exchange_step(members, bytes, out_);
    out_.copy_end(bytes);
  }

  void send_receive() {
    const Members members = all_members(team_);
    const std::int32_t next = members.at(members.position + 1);
    const std::int32_t previous = members.at(members.position + members.size() - 1);
    out_.lane();
    out_.step({{&previous, 1}, 1, Bytes(), members.between});
    out_.step({{&next, 1}, 1, request_.bytes, members.between});
    out_.copy_end(request_.bytes);
  }

  void broadcast() {
    const Members members = all_members(team_);
    for (const Bytes chunk : chunks_of(request_.bytes, library_.chunk)) {
      if (request_.algorithm == A::kRing) {
        chain(members, chunk);
        continue;
      }
      for (const std::int32_t which : {0, 1})
        tree_below_root(members, which, which == 0 ? part_of(chunk, 2) : chunk - part_of(chunk, 2));
    }
  }

  void chain(const Members& members, Bytes bytes) {
    const std::int32_t next = members.at(members.position + 1);
    out_.lane();
    for (std::int32_t i = 0; i + 1 < members.size(); ++i) {
      const bool sends = members.position == i;
      out_.step({{&next, static_cast<std::size_t>(sends ? 1 : 0)},
                 members.position == i + 1 ? 1 : 0,
                 bytes,
                 members.between});
    }
    out_.copy_end(bytes);
  }

  // Position 0 has the data; the trees are over all others.
  void tree_below_root(const Members& members, std::int32_t which, Bytes bytes) {
    Members others = members;
    others.ranks.erase(others.ranks.begin());
    const TreeShape tree(others.size(), which);
    const std::int32_t root = others.at(tree.root());
    const bool source = members.position == 0;
    out_.lane();
    const std::int32_t self = members.at(members.position);
    out_.step({{&root, static_cast<std::size_t>(source ? 1 : 0)}, self == root ? 1 : 0, bytes, members.between});
    if (source) {
      sit_out(tree.depth(), members.between);
    } else {
      --others.position;
      broadcast_down(others, tree, bytes, out_);
    }
    out_.copy_end(bytes);
  }

  const CollectiveRequest& request_;
  const CollectiveTeam& team_;
  const CollectiveLibrary& library_;
  StepWriter out_;
};

// Those that the library weighs by itself.
bool weighed(A algorithm, Op op, const CollectiveTeam& team, const CollectiveLibrary& library, bool reduces) {
  switch (algorithm) {
    case A::kRing: return true;
    case A::kHierarchical: return !team.one_domain();
    case A::kInNetwork: return reduces && library.in_network;
    case A::kOneShot:
      return op == Op::kAllToAll || op == Op::kSendReceive || (op != Op::kAllReduce && library.any_algorithm);
    case A::kHalvingDoubling:
    case A::kTree: return library.any_algorithm;
    default: return false;
  }
}

// Pairs take the protocol of the message's length; the others are weighed.
std::vector<CollectiveProtocol> protocols_for(const CollectiveRequest& request, const CollectiveTeam& team,
                                              const CollectiveLibrary& library) {
  if (request.protocol != CollectiveProtocol::kAuto) return {request.protocol};
  if (request.algorithm == A::kInNetwork) return {CollectiveProtocol::kSimple};
  if (request.op != Op::kAllToAll && request.op != Op::kSendReceive) return library.protocols();
  const Bytes message = request.op == Op::kAllToAll ? part_of(request.bytes, team.size()) : request.bytes;
  return {library.ll.use && message <= library.message_ll_limit ? CollectiveProtocol::kLl
                                                                : CollectiveProtocol::kSimple};
}

}  // namespace

std::string CollectiveRequest::text() const {
  if (algorithm == A::kInNetwork) return std::string(name_of(algorithm));
  return std::string(name_of(algorithm)) + " " + std::string(name_of(protocol));
}

bool is_symmetric(CollectiveOp op, CollectiveAlgorithm algorithm) {
  if (op == Op::kBroadcast) return false;
  return algorithm == A::kRing || algorithm == A::kOneShot || algorithm == A::kOneShotPush ||
         algorithm == A::kTwoShot || algorithm == A::kInNetwork;
}

LibraryProgram library_program(const CollectiveRequest& request, const CollectiveTeam& team,
                               const CollectiveLibrary& library, const MachineCosts& costs) {
  return LibraryWriter(request, team, library, costs).write();
}

std::string library_problem(CollectiveOp op, CollectiveAlgorithm algorithm, const CollectiveTeam& team) {
  const std::string ranks = std::to_string(team.size()) + " ranks";
  if (algorithm == A::kHalvingDoubling && op != Op::kAllReduce && !power_of_two(team.size()))
    return "halving_doubling of " + std::string(name_of(op)) + " needs a power of two of ranks, not " + ranks;
  if (algorithm != A::kHierarchical) return "";
  if (team.one_domain()) return "hierarchical needs several domains, and " + ranks + " are in one";
  if (team.size() % team.domain_size() != 0)
    return "hierarchical needs whole domains of " + std::to_string(team.domain_size()) + ", not " + ranks;
  return "";
}

std::vector<CollectiveRequest> library_candidates(const CollectiveRequest& asked, const CollectiveTeam& team,
                                                  const CollectiveLibrary& library, bool reduces) {
  std::vector<CollectiveRequest> out;
  for (const CollectiveAlgorithm algorithm : algorithms_of(asked.op)) {
    const bool wanted = asked.algorithm == A::kAuto ? weighed(algorithm, asked.op, team, library, reduces)
                                                    : algorithm == asked.algorithm;
    if (!wanted || algorithm == A::kAuto || !library_problem(asked.op, algorithm, team).empty()) continue;
    CollectiveRequest request = asked;
    request.algorithm = algorithm;
    for (const CollectiveProtocol protocol : protocols_for(request, team, library))
      out.push_back({request.op, algorithm, protocol, request.bytes});
  }
  return out;
}

}  // namespace decodesim
