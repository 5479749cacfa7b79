// SPDX-License-Identifier: Apache-2.0
// Node: one value of a configuration file with the place it was written at. Our own small tree, so that yaml-cpp is
// seen by yaml_reader.cpp alone, values can be merged from several files, and each keeps its origin.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/config/diagnostics.hpp"

namespace decodesim {

class Node {
 public:
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  struct Entry;

  Node() = default;
  /// Nothing, written at `position` ("key:" without a value).
  static Node null(SourcePosition position);
  static Node scalar(std::string text, SourcePosition position);
  static Node sequence(SourcePosition position);
  static Node mapping(SourcePosition position);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::kNull; }
  [[nodiscard]] bool is_scalar() const { return kind_ == Kind::kScalar; }
  [[nodiscard]] bool is_sequence() const { return kind_ == Kind::kSequence; }
  [[nodiscard]] bool is_mapping() const { return kind_ == Kind::kMapping; }
  /// "a mapping", "a list", "a value", "nothing": for messages.
  [[nodiscard]] std::string_view kind_text() const;

  [[nodiscard]] const SourcePosition& position() const { return position_; }
  /// The scalar's characters as written (quotes removed); empty for other kinds.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Whether the scalar stood in quotes: "8" is then text and not a number.
  [[nodiscard]] bool quoted() const { return quoted_; }
  void set_quoted(bool quoted) { quoted_ = quoted; }
  /// Where the figure comes from, as the file says (`{value: .., source: ".."}`); may be empty.
  [[nodiscard]] const std::string& source() const { return source_; }
  void set_source(std::string source) { source_ = std::move(source); }

  [[nodiscard]] const std::vector<Node>& items() const { return items_; }
  [[nodiscard]] std::vector<Node>& items() { return items_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] std::vector<std::string> keys() const;
  /// The value under `key`, or null when absent or when this is no mapping.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
  /// Sets `key`, replacing an earlier value in place. Makes a null node a mapping.
  void set(const std::string& key, SourcePosition key_position, Node value);
  void erase(std::string_view key);

 private:
  Kind kind_ = Kind::kNull;
  SourcePosition position_;
  std::string text_;
  bool quoted_ = false;
  std::string source_;
  std::vector<Node> items_;
  std::vector<Entry> entries_;
};

struct Node::Entry {
  std::string key;
  SourcePosition key_position;
  Node value;
};

/// `base` with everything that `over` says laid on top: mappings merge key by key, anything else is replaced.
Node merged(const Node& base, const Node& over);

/// Applies `path.to.key=text` (list items by index: `memory.0.stacks`) to a tree. Missing mappings on the way are
/// made; the value gets the position "--set" so that messages and origins say so. Throws ConfigError when the path
/// runs through a scalar or an index that does not exist.
void assign_path(Node& root, std::string_view path, std::string_view text);

/// The node at a dotted path, or null.
const Node* find_path(const Node& root, std::string_view path);

}  // namespace decodesim
