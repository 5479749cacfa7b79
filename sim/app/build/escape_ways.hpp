// SPDX-License-Identifier: Apache-2.0
// EscapeWays: shortest up*/down* ways over what of a fabric is there at the moment. Plain arithmetic.
//
// Nodes are ranked once, by their distance to a root over what stays for good; a way never goes up after it has gone
// down. Channels may close and open again: ways change, ranks do not, so that old and new ways together have no circle
// of waiting either.
//
// Laws, each one a test in test/app/build/escape_ways_test.cpp:
//   1. No way uses a cable that is never used, or goes to a node that nothing goes to; every endpoint is reached
//   without. None uses a closed channel while there is another up*/down* way: with given ranks there need not be one,
//   around a ring for instance.
//   2. From every state that a way leads to, the way goes on: what it met before does not lead it astray.
//   3. Where nothing open leads there, a way stands before a closed channel, and goes on there when it opens.
//
// Source: up*/down*, M. Schroeder et al., "Autonet", IEEE JSAC 1991.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "topologies/topology.hpp"

namespace decodesim {

class EscapeWays {
 public:
  /// Both outlive this. `cables` are never used; to `nodes` nothing goes. Throws TopologyError when endpoints are cut
  /// off without them.
  EscapeWays(const Topology& topology, const PortMap& ports, const std::vector<std::int32_t>& cables,
             const std::vector<std::int32_t>& nodes);

  /// The channel that leaves `node` by `port`. Closed twice, it has to be opened twice.
  void close(std::int32_t node, std::int32_t port);
  void open(std::int32_t node, std::int32_t port);
  [[nodiscard]] bool is_closed(std::int32_t node, std::int32_t port) const;
  [[nodiscard]] bool any_closed() const { return closed_channels_ > 0; }

  struct Way {
    std::int32_t port = 0;
    bool down = false;  ///< it has gone down
  };
  /// On from `node`, which is not `destination`; `down`: the way has gone down before.
  [[nodiscard]] Way next(std::int32_t node, std::int32_t destination, bool down) const;

 private:
  using Distances = std::vector<std::int32_t>;  // by node, then by node when the way has gone down; -1: none
  using Cache = std::unordered_map<std::int32_t, Distances>;  // by destination; looked up, never listed

  void rank_nodes(const Topology& left);
  [[nodiscard]] bool usable(std::int64_t channel, bool closed_too) const;
  [[nodiscard]] bool up(std::int32_t from, std::int32_t to) const;
  [[nodiscard]] const Distances& distances(std::int32_t destination, bool closed_too) const;
  [[nodiscard]] Distances search(std::int32_t destination, bool closed_too) const;
  [[nodiscard]] std::int32_t port_on(std::int32_t node, std::int32_t destination, bool down, bool closed_too) const;

  const Topology& topology_;
  const PortMap& ports_;
  std::vector<char> never_;           // by channel
  std::vector<std::int32_t> closed_;  // by channel: how often
  std::int64_t closed_channels_ = 0;
  std::vector<std::int32_t> rank_;  // by node
  mutable Cache open_;              // over what is open now
  mutable Cache all_;               // over what is closed, too
};

}  // namespace decodesim
