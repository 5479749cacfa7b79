// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/schema.hpp"

#include <algorithm>

namespace decodesim {

std::string Provenance::describe() const {
  switch (kind) {
    case Kind::kCited: return "cited: " + text;
    case Kind::kDerived: return "derived: " + text;
    case Kind::kAssumed: return "assumed: " + text;
    case Kind::kRequired: return "required";
  }
  return "";
}

namespace schema_detail {

bool expect_scalar(const Node& node, std::string_view field, Diagnostics& diagnostics) {
  if (node.is_scalar()) return true;
  diagnostics.error(node.position(),
                    std::string(field) + " is " + std::string(node.kind_text()) + "; expected a single value");
  return false;
}

void report_unknown_keys(const Node& mapping, std::string_view owner, const std::vector<std::string>& known,
                         const std::vector<std::string>& elsewhere, Diagnostics& diagnostics) {
  std::vector<std::string> candidates = known;
  candidates.insert(candidates.end(), elsewhere.begin(), elsewhere.end());
  for (const Node::Entry& entry : mapping.entries()) {
    if (std::find(candidates.begin(), candidates.end(), entry.key) != candidates.end()) continue;
    diagnostics.error(entry.key_position,
                      "unknown key '" + entry.key + "' in " + std::string(owner) + suggestion(entry.key, candidates));
  }
}

std::string origin_of(const Node* given, const Provenance& provenance) {
  if (given == nullptr) return "default (" + provenance.describe() + ")";
  std::string origin = given->position().text();
  if (!given->source().empty()) origin += " (" + given->source() + ")";
  return origin;
}

ParseResult<bool> parse_bool(const std::string& text) {
  if (text == "true" || text == "on") return {true, {}};
  if (text == "false" || text == "off") return {false, {}};
  return {std::nullopt, "'" + text + "' is neither true nor false; expected true or false"};
}

std::string join_path(std::string_view prefix, std::string_view name) {
  if (prefix.empty()) return std::string(name);
  return std::string(prefix) + "." + std::string(name);
}

}  // namespace schema_detail
}  // namespace decodesim
