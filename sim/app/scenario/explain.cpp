// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/explain.hpp"

#include <vector>

namespace decodesim {
namespace {

std::string story(const ResolvedValue& value, const FieldInfo& field) {
  std::string out = value.path + ": " + value.value + "\n";
  out += "  meaning: " + value.meaning + "\n";
  out += "  origin:  " + value.origin + "\n";
  out += "  type:    " + field.type + (field.range.empty() ? "" : ", " + field.range) + "\n";
  out += "  default: ";
  if (field.provenance.kind == Provenance::Kind::kRequired)
    out += "none; a part or the scenario has to give it\n";
  else
    out += (field.default_value.empty() || field.provenance.kind == Provenance::Kind::kDerived
                ? ""
                : field.default_value + ", ") +
           field.provenance.describe() + "\n";
  return out;
}

}  // namespace

std::string explain(const Plan& plan, std::string_view path) {
  const std::string below = std::string(path) + ".";
  std::string list;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < plan.resolved.size(); ++i) {
    const ResolvedValue& value = plan.resolved[i];
    if (value.path == path) return story(value, plan.fields[i]);
    if (value.path.starts_with(below)) list += value.path + ": " + value.value + "\n";
    known.push_back(value.path);
  }
  if (!list.empty()) return list;
  std::string hint = suggestion(path, known);
  if (hint.starts_with("; expected"))
    hint = "; expected a path as `decodesim check` prints them, such as " + known.at(1);
  throw ConfigError(whole_file(plan.file), "no value at '" + std::string(path) + "'" + hint);
}

}  // namespace decodesim
