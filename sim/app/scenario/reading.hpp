// SPDX-License-Identifier: Apache-2.0
// Reading: what the sections of a scenario share while they are read. Internal to sim/app/scenario.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sim/app/scenario/catalog.hpp"
#include "sim/app/scenario/plan.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

/// Keys of a schema's own mapping.
template <class P>
std::vector<std::string> keys_of(const Schema<P>& schema) {
  std::vector<std::string> out;
  for (const FieldInfo& info : schema.describe()) {
    std::string key = info.name.substr(0, info.name.find('.'));
    if (std::find(out.begin(), out.end(), key) == out.end()) out.push_back(std::move(key));
  }
  return out;
}

/// `mapping` with only the entries that `keys` name.
Node only(const Node& mapping, const std::vector<std::string>& keys);

struct Reading {
  const Catalog& catalog;
  Diagnostics& diagnostics;
  Plan& plan;

  /// Reads two structs that share one mapping.
  template <class Own, class P>
  void read_both(const Schema<Own>& own_schema, Own& own, const Schema<P>& schema, P& value, const Node& node) {
    const std::vector<std::string> own_keys = keys_of(own_schema);
    if (node.is_mapping()) own_schema.read(only(node, own_keys), own, diagnostics);
    schema.read(node, value, diagnostics, own_keys);
  }

  /// Lists every value of `value` as resolved, with its origin and its declaration.
  template <class P>
  void resolve(const Schema<P>& schema, const Node* node, const P& value, const std::string& path) {
    schema.resolve(node, value, path, plan.resolved);
    for (FieldInfo info : schema.describe()) {
      info.name = schema_detail::join_path(path, info.name);
      plan.fields.push_back(std::move(info));
    }
  }

  /// One problem for each sentence, at the value that its first word names, else at `mapping`.
  void report_problems(const Node& mapping, const std::vector<std::string>& problems, std::string_view owner);
};

}  // namespace decodesim
