// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/reading.hpp"

namespace decodesim {

Node only(const Node& mapping, const std::vector<std::string>& keys) {
  Node out = Node::mapping(mapping.position());
  for (const Node::Entry& entry : mapping.entries())
    if (std::find(keys.begin(), keys.end(), entry.key) != keys.end())
      out.set(entry.key, entry.key_position, entry.value);
  return out;
}

namespace {

// The value of `key` in the mapping or in a mapping within it.
const Node* find_key(const Node& mapping, const std::string& key) {
  if (const Node* own = mapping.find(key)) return own;
  for (const Node::Entry& entry : mapping.entries())
    if (const Node* nested = entry.value.find(key)) return nested;
  return nullptr;
}

}  // namespace

void Reading::report_problems(const Node& mapping, const std::vector<std::string>& problems, std::string_view owner) {
  for (const std::string& problem : problems) {
    const Node* named = find_key(mapping, problem.substr(0, problem.find_first_of(" :")));
    diagnostics.error(named != nullptr ? named->position() : mapping.position(), std::string(owner) + ": " + problem);
  }
}

}  // namespace decodesim
