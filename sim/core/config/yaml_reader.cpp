// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/yaml_reader.hpp"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <system_error>

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

// Builds our tree from yaml-cpp's parsing events. (Its own node graph is no base to stand on: aliases can make it
// cyclic, and its LoadAll does not end on some malformed texts.)
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(FileName file, const std::string& text, Diagnostics& diagnostics)
      : file_(std::move(file)), text_(text), diagnostics_(diagnostics) {}

  [[nodiscard]] Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    const bool announced = text_.compare(offset_of(mark), 3, "---") == 0;
    throw ConfigError(position_of(mark, file_), announced
                                                    ? "a second document starts; expected one a file"
                                                    : "malformed YAML: text after the end; expected one document");
  }
  void OnDocumentEnd() override {
    if (last_quote_ && !closes(*last_quote_))
      throw ConfigError(last_quote_position_, "malformed YAML: a quote that is never closed; expected its end");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({Node::null(position_of(mark, file_)), 1, 1}, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node scalar = Node::scalar(value, position_of(mark, file_));
    scalar.set_quoted(tag == "!");
    last_quote_ = quote_at(mark);
    last_quote_position_ = scalar.position();
    add({std::move(scalar), 1, 1}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw ConfigError(position_of(mark, file_), "an alias within its own anchor; expected a finite tree");
    check_bounds(found->second, found->second.node.position());
    add(found->second, 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Node::sequence(position_of(mark, file_)), anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Node::mapping(position_of(mark, file_)), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  static constexpr std::size_t kDepthLimit = 100;
  static constexpr std::size_t kNodeLimit = 1'000'000;

  struct Tree {
    Node node;
    std::size_t nodes = 1;
    std::size_t depth = 1;
  };
  struct Frame {  ///< a list or mapping that is still being read
    Tree tree;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  ///< of a mapping: the next value belongs to `key`
    std::string key;
    SourcePosition key_position;
    bool key_refused = false;
  };

  void open(Node node, YAML::anchor_t anchor) {
    Frame frame;
    frame.tree.node = std::move(node);
    frame.anchor = anchor;
    check_bounds(frame.tree, frame.tree.node.position());
    frames_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    frame.tree.node = unwrap_source(std::move(frame.tree.node));
    nodes_ -= frame.tree.nodes;  // add() counts them again
    add(std::move(frame.tree), frame.anchor);
  }

  void check_bounds(const Tree& tree, const SourcePosition& position) const {
    if (frames_.size() + tree.depth > kDepthLimit)
      throw ConfigError(position, "nested too deeply; expected at most 100 levels");
    if (nodes_ + tree.nodes > kNodeLimit)
      throw ConfigError(position, "too many values; expected at most 1000000 in one file");
  }

  void add(Tree tree, YAML::anchor_t anchor) {
    check_bounds(tree, tree.node.position());
    nodes_ += tree.nodes;
    if (anchor != 0) anchors_[anchor] = tree;
    if (frames_.empty()) {
      root_ = std::move(tree.node);
      return;
    }
    Frame& frame = frames_.back();
    frame.tree.nodes += tree.nodes;
    frame.tree.depth = std::max(frame.tree.depth, tree.depth + 1);
    if (frame.tree.node.is_sequence()) {
      frame.tree.node.items().push_back(std::move(tree.node));
    } else if (!frame.has_key) {
      take_key(frame, tree.node);
    } else {
      take_value(frame, std::move(tree.node));
    }
  }

  void take_key(Frame& frame, const Node& key) {
    frame.has_key = true;
    frame.key = key.text();
    frame.key_position = key.position();
    frame.key_refused = true;
    if (!key.is_scalar()) {
      diagnostics_.error(key.position(), "a key must be a plain word; expected 'key: value'");
    } else if (frame.key == "<<") {
      diagnostics_.error(key.position(), "merge keys ('<<') are not supported; expected the keys written out");
    } else if (frame.tree.node.find(frame.key) != nullptr) {
      diagnostics_.error(key.position(), "duplicate key '" + frame.key + "'; expected each key once");
    } else {
      frame.key_refused = false;
    }
  }

  void take_value(Frame& frame, Node value) {
    frame.has_key = false;
    if (frame.key_refused) return;
    // A missing value is reported where its key stands.
    if (value.is_null()) value = Node::null(frame.key_position);
    frame.tree.node.set(frame.key, frame.key_position, std::move(value));
  }

  // yaml-cpp counts from behind a byte order mark.
  [[nodiscard]] std::size_t offset_of(const YAML::Mark& mark) const {
    const std::size_t skipped = text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)) + skipped, text_.size());
  }

  // Where the opening quote of the scalar at `mark` is, behind its tag and anchor; nothing when it has none.
  [[nodiscard]] std::optional<std::size_t> quote_at(const YAML::Mark& mark) const {
    std::size_t at = offset_of(mark);
    while (at < text_.size() && (text_[at] == '&' || text_[at] == '!')) {
      at = std::min(text_.find_first_of(" \n", at), text_.size());
      at = std::min(text_.find_first_not_of(" \n", at), text_.size());
    }
    if (at < text_.size() && (text_[at] == '\'' || text_[at] == '"')) return at;
    return std::nullopt;
  }

  // Whether the quote at `start` is ever closed: yaml-cpp lets the end of the text close it.
  [[nodiscard]] bool closes(std::size_t start) const {
    const char quote = text_[start];
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != quote) return true;
        ++i;
      }
    }
    return false;
  }

  FileName file_;
  const std::string& text_;
  Diagnostics& diagnostics_;
  Node root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Tree> anchors_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  std::optional<std::size_t> last_quote_;
  SourcePosition last_quote_position_;
};

// `what` is "file" or "value": for the message when there is nothing in it.
Node parse(const std::string& text, std::string_view what, const FileName& file, Diagnostics& diagnostics) {
  Node root;
  try {
    TreeBuilder builder(file, text, diagnostics);
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    root = builder.take_root();
  } catch (const YAML::Exception& error) {
    throw ConfigError(position_of(error.mark, file), "malformed YAML: " + error.msg + "; expected valid YAML");
  }
  if (root.is_null()) throw ConfigError({file, 1, 1}, "the " + std::string(what) + " is empty; expected YAML");
  return root;
}

void move_to(Node& node, const SourcePosition& origin) {
  Node moved = node.is_scalar()     ? Node::scalar(node.text(), origin)
               : node.is_sequence() ? Node::sequence(origin)
               : node.is_mapping()  ? Node::mapping(origin)
                                    : Node::null(origin);
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
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    throw ConfigError(whole_file(path), "no such file; expected a YAML file");
  if (!std::filesystem::is_regular_file(path, ignored))
    throw ConfigError(whole_file(path), "not a regular file; expected a YAML file");
  std::ifstream in(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) throw ConfigError(whole_file(path), "cannot be read; expected a readable YAML file");
  return read_yaml_text(content, path, diagnostics);
}

Node read_yaml_text(std::string_view text, const std::string& name, Diagnostics& diagnostics) {
  return parse(std::string(text), "file", std::make_shared<const std::string>(name), diagnostics);
}

Node read_yaml_value(std::string_view text, const SourcePosition& origin) {
  if (text.empty()) throw ConfigError(origin, "no value; expected path.to.key=value");
  Diagnostics diagnostics;
  Node value;
  try {
    value = parse(std::string(text), "value", origin.file, diagnostics);
    diagnostics.throw_if_any();
  } catch (const ConfigError& error) {
    throw ConfigError(origin, error.diagnostics().front().message);
  }
  move_to(value, origin);
  return value;
}

}  // namespace decodesim
