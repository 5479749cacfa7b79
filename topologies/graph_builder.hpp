// SPDX-License-Identifier: Apache-2.0
// GraphBuilder: named nodes and cables in any order -> a Topology, with the mistakes of whoever wrote them. Internal to
// topologies.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/core/config/diagnostics.hpp"
#include "topologies/topology.hpp"

namespace decodesim {

class GraphBuilder {
 public:
  explicit GraphBuilder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void endpoint(const std::string& name, const SourcePosition& place);
  /// `ports` 0: as many as it has cables.
  void network_switch(const std::string& name, const std::string& of_class, std::int64_t ports,
                      const SourcePosition& place);
  void cable(const std::string& a, const std::string& b, const std::string& of_class, std::int64_t count,
             const SourcePosition& place);
  /// Checks all of it; to be used when no mistake was recorded.
  Topology built(bool routers_in_endpoints, const SourcePosition& place);

 private:
  struct Named {
    std::string name;
    std::string of_class;
    std::int64_t ports = 0;
    bool endpoint = false;
    SourcePosition place;
  };
  struct Cable {
    std::size_t a = 0;
    std::size_t b = 0;
    std::string of_class;
    std::int64_t count = 1;
  };

  void add(Named node);
  const std::size_t* find(const std::string& name, const SourcePosition& place);

  Diagnostics& diagnostics_;
  std::vector<Named> nodes_;
  std::map<std::string, std::size_t> indices_;
  std::vector<Cable> cables_;
  std::int64_t all_cables_ = 0;  // each counted as often as it runs side by side
};

}  // namespace decodesim
