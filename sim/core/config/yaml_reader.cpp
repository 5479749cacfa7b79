// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/yaml_reader.hpp"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace decodesim {
namespace {

using FileName = std::shared_ptr<const std::string>;

// yaml-cpp counts lines and columns from 0.
SourcePosition position_of(const YAML::Mark& mark, const FileName& file) {
  return {file, mark.is_null() ? 0 : mark.line + 1, mark.is_null() ? 0 : mark.column + 1};
}

// A value may carry its source: {value: 25 GB/s, source: "..."} reads as the value.
Node unwrap_source(Node mapping) {
  const Node* value = mapping.find("value");
  const Node* source = mapping.find("source");
  if (value == nullptr || source == nullptr || mapping.entries().size() != 2 || !source->is_scalar()) return mapping;
  Node out = *value;
  out.set_source(source->text());
  return out;
}

Node convert(const YAML::Node& yaml, const FileName& file, Diagnostics& diagnostics) {
  const SourcePosition position = position_of(yaml.Mark(), file);
  switch (yaml.Type()) {
    case YAML::NodeType::Scalar: {
      Node scalar = Node::scalar(yaml.Scalar(), position);
      scalar.set_quoted(yaml.Tag() == "!");
      return scalar;
    }
    case YAML::NodeType::Sequence: {
      Node list = Node::sequence(position);
      for (const auto& item : yaml) list.items().push_back(convert(item, file, diagnostics));
      return list;
    }
    case YAML::NodeType::Map: {
      Node map = Node::mapping(position);
      for (const auto& entry : yaml) {
        const SourcePosition key_position = position_of(entry.first.Mark(), file);
        if (!entry.first.IsScalar()) {
          diagnostics.error(key_position, "a key must be a plain word; expected 'key: value'");
          continue;
        }
        const std::string key = entry.first.Scalar();
        if (key == "<<") {
          diagnostics.error(key_position, "merge keys ('<<') are not supported; expected the keys written out");
        } else if (map.find(key) != nullptr) {
          diagnostics.error(key_position, "duplicate key '" + key + "'; expected each key once");
        } else {
          map.set(key, key_position, convert(entry.second, file, diagnostics));
        }
      }
      return unwrap_source(std::move(map));
    }
    default: {
      return Node();
    }
  }
}

Node parse(const std::string& text, const FileName& file, Diagnostics& diagnostics) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1)
      throw ConfigError(position_of(documents[1].Mark(), file), "a second document starts; expected one a file");
    if (documents.empty() || documents[0].IsNull()) throw ConfigError({file, 1, 1}, "the file is empty; expected YAML");
    return convert(documents[0], file, diagnostics);
  } catch (const YAML::Exception& error) {
    throw ConfigError(position_of(error.mark, file), "malformed YAML: " + error.msg + "; expected valid YAML");
  }
}

void move_to(Node& node, const SourcePosition& origin) {
  Node moved = node.is_scalar()     ? Node::scalar(node.text(), origin)
               : node.is_sequence() ? Node::sequence(origin)
               : node.is_mapping()  ? Node::mapping(origin)
                                    : Node();
  moved.set_quoted(node.quoted());
  moved.set_source(node.source());
  for (Node& item : node.items()) {
    move_to(item, origin);
    moved.items().push_back(std::move(item));
  }
  for (const Node::Entry& entry : node.entries()) {
    Node value = entry.value;
    move_to(value, origin);
    moved.set(entry.key, origin, std::move(value));
  }
  node = std::move(moved);
}

}  // namespace

Node read_yaml_file(const std::string& path, Diagnostics& diagnostics) {
  if (!std::filesystem::exists(path)) throw ConfigError(whole_file(path), "no such file; expected a YAML file");
  if (!std::filesystem::is_regular_file(path))
    throw ConfigError(whole_file(path), "not a regular file; expected a YAML file");
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) throw ConfigError(whole_file(path), "cannot be read, or is empty");
  return read_yaml_text(content.str(), path, diagnostics);
}

Node read_yaml_text(std::string_view text, const std::string& name, Diagnostics& diagnostics) {
  return parse(std::string(text), std::make_shared<const std::string>(name), diagnostics);
}

Node read_yaml_value(std::string_view text, const SourcePosition& origin) {
  if (text.empty()) throw ConfigError(origin, "no value; expected path.to.key=value");
  Diagnostics diagnostics;
  Node value;
  try {
    value = parse(std::string(text), origin.file, diagnostics);
    diagnostics.throw_if_any();
  } catch (const ConfigError& error) {
    throw ConfigError(origin, error.diagnostics().front().message);
  }
  move_to(value, origin);
  return value;
}

}  // namespace decodesim
