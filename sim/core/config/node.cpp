// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/node.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "sim/core/config/yaml_reader.hpp"

namespace decodesim {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t dot = path.find('.');
    parts.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

std::optional<std::size_t> as_index(std::string_view part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
  return index;
}

// One step down a dotted path; null where there is nothing.
const Node* child(const Node& node, const std::string& part) {
  if (node.is_mapping()) return node.find(part);
  const auto index = as_index(part);
  if (node.is_sequence() && index && *index < node.items().size()) return &node.items()[*index];
  return nullptr;
}

}  // namespace

Node Node::null(SourcePosition position) {
  Node n;
  n.position_ = std::move(position);
  return n;
}

Node Node::scalar(std::string text, SourcePosition position) {
  Node n;
  n.kind_ = Kind::kScalar;
  n.text_ = std::move(text);
  n.position_ = std::move(position);
  return n;
}

Node Node::sequence(SourcePosition position) {
  Node n;
  n.kind_ = Kind::kSequence;
  n.position_ = std::move(position);
  return n;
}

Node Node::mapping(SourcePosition position) {
  Node n;
  n.kind_ = Kind::kMapping;
  n.position_ = std::move(position);
  return n;
}

std::string_view Node::kind_text() const {
  switch (kind_) {
    case Kind::kNull: return "nothing";
    case Kind::kScalar: return "a value";
    case Kind::kSequence: return "a list";
    case Kind::kMapping: return "a mapping";
  }
  return "nothing";
}

std::vector<std::string> Node::keys() const {
  std::vector<std::string> out;
  out.reserve(entries_.size());
  for (const Entry& entry : entries_) out.push_back(entry.key);
  return out;
}

const Node* Node::find(std::string_view key) const {
  const auto it = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.key == key; });
  return it == entries_.end() ? nullptr : &it->value;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void Node::set(const std::string& key, SourcePosition key_position, Node value) {
  if (kind_ == Kind::kNull) kind_ = Kind::kMapping;
  if (Node* existing = find(key)) {
    *existing = std::move(value);
    return;
  }
  entries_.push_back({key, std::move(key_position), std::move(value)});
}

void Node::erase(std::string_view key) {
  std::erase_if(entries_, [&](const Entry& e) { return e.key == key; });
}

Node merged(const Node& base, const Node& over) {
  if (!base.is_mapping() || !over.is_mapping()) return over;
  Node out = base;
  for (const Node::Entry& entry : over.entries()) {
    const Node* below = base.find(entry.key);
    out.set(entry.key, entry.key_position, below ? merged(*below, entry.value) : entry.value);
  }
  return out;
}

void assign_path(Node& root, std::string_view path, std::string_view text) {
  const SourcePosition origin = whole_file("--set " + std::string(path));
  Node* at = &root;
  const std::vector<std::string> parts = split_path(path);
  for (const std::string& part : parts) {
    if (part.empty()) throw ConfigError(origin, "empty part in the path; expected path.to.key=value");
    if (at->is_sequence()) {
      const auto index = as_index(part);
      if (!index || *index >= at->items().size())
        throw ConfigError(origin, "'" + part + "' is not an item of a list of " + std::to_string(at->items().size()) +
                                      "; expected an index from 0");
      at = &at->items()[*index];
      continue;
    }
    if (at->is_scalar())
      throw ConfigError(origin, "'" + part + "' lies below the value '" + at->text() +
                                    "', which has no keys; expected the path of a value");
    Node* next = at->find(part);
    if (next == nullptr) {
      at->set(part, origin, Node::null(origin));
      next = at->find(part);
    }
    at = next;
  }
  *at = read_yaml_value(text, origin);
}

const Node* find_path(const Node& root, std::string_view path) {
  const Node* at = &root;
  for (const std::string& part : split_path(path)) {
    at = child(*at, part);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace decodesim
