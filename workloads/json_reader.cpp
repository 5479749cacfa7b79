// SPDX-License-Identifier: Apache-2.0
#include "workloads/json_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace decodesim {
namespace {

using Json = nlohmann::json;
using FileName = std::shared_ptr<const std::string>;

// Deeper than any configuration; our own tree is taken apart recursively, and must not overflow the stack.
constexpr std::size_t kDeepest = 64;

// The parser tells its handler no positions, but it reads its input through an iterator: this one shares how far it
// has come.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** furthest = nullptr;

  reference operator*() const { return *at; }
  CountingIterator& operator++() {
    *furthest = std::max(*furthest, ++at);
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) { return a.at == b.at; }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) { return a.at != b.at; }
};

SourcePosition position_at(std::string_view text, std::size_t offset, const FileName& file) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 when there is none: npos + 1
  return {file, static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(before.size() - line_start) + 1};
}

// Builds the tree from the parser's events.
class TreeBuilder : public nlohmann::json_sax<Json> {
 public:
  TreeBuilder(std::string_view text, FileName file)
      : text_(text), at_(text.data()), file_(std::move(file)), value_start_(skip(0, ' ')) {}

  [[nodiscard]] CountingIterator begin() { return {text_.data(), &at_}; }
  [[nodiscard]] CountingIterator end() { return {text_.data() + text_.size(), &at_}; }
  [[nodiscard]] Node take_root() { return std::move(root_); }

  bool null() override { return add(Node::null(value_position())); }
  bool boolean(bool value) override { return add(scalar(value ? "true" : "false")); }
  bool number_integer(number_integer_t value) override { return add(scalar(std::to_string(value))); }
  bool number_unsigned(number_unsigned_t value) override { return add(scalar(std::to_string(value))); }
  bool number_float(number_float_t /*value*/, const string_t& written) override { return add(scalar(written)); }
  bool binary(binary_t& /*value*/) override { return true; }  // not in text
  bool string(string_t& value) override {
    Node out = scalar(value);
    out.set_quoted(true);
    return add(std::move(out));
  }
  bool start_object(std::size_t /*elements*/) override { return open(Node::mapping(value_position())); }
  bool start_array(std::size_t /*elements*/) override { return open(Node::sequence(value_position())); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    open_.back().key = value;
    value_start_ = skip(offset(), ':');
    return true;
  }
  bool parse_error(std::size_t byte, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    throw ConfigError(position_at(text_, byte == 0 ? 0 : byte - 1, file_), "malformed JSON; expected " + wanted());
  }

 private:
  struct Open {
    Node node;
    std::string key;
  };

  [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(at_ - text_.data()); }

  // The first place from `from` on that is neither blank nor `separator`.
  [[nodiscard]] std::size_t skip(std::size_t from, char separator) const {
    const auto passed = [&](char c) { return c == separator || c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (from < text_.size() && passed(text_[from])) ++from;
    return from;
  }

  // Values come in order: counting goes on where it stopped, so that the time stays linear in the text.
  [[nodiscard]] SourcePosition value_position() {
    for (; counted_ < value_start_ && counted_ < text_.size(); ++counted_)
      if (text_[counted_] == '\n') {
        ++line_;
        line_start_ = counted_ + 1;
      }
    return {file_, line_, static_cast<int>(value_start_ - line_start_) + 1};
  }
  [[nodiscard]] Node scalar(std::string written) { return Node::scalar(std::move(written), value_position()); }

  // What could stand where the text ends or goes wrong.
  [[nodiscard]] std::string wanted() const {
    if (open_.empty()) return "one object";
    return open_.back().node.is_mapping() ? "a comma, a key and its value, or the object's end"
                                          : "a comma and a value, or the list's end";
  }

  bool open(Node node) {
    if (open_.size() >= kDeepest)
      throw ConfigError(node.position(), "nested deeper than " + std::to_string(kDeepest) +
                                             " levels; expected a "
                                             "model's config.json");
    open_.push_back({std::move(node), {}});
    value_start_ = skip(offset(), ',');
    return true;
  }
  bool close() {
    Node done = std::move(open_.back().node);
    open_.pop_back();
    return add(std::move(done));
  }
  bool add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return true;
    }
    Open& owner = open_.back();
    if (owner.node.is_mapping()) {
      const SourcePosition position = node.position();
      owner.node.set(owner.key, position, std::move(node));
    } else {
      owner.node.items().push_back(std::move(node));
    }
    value_start_ = skip(offset(), ',');
    return true;
  }

  std::string_view text_;
  const char* at_;
  FileName file_;
  std::size_t value_start_;
  std::size_t counted_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::vector<Open> open_;
  Node root_;
};

}  // namespace

Node read_json_text(std::string_view text, const std::string& name) {
  const auto file = std::make_shared<const std::string>(name);
  TreeBuilder builder(text, file);
  Json::sax_parse(builder.begin(), builder.end(), &builder);
  Node root = builder.take_root();
  if (!root.is_mapping())
    throw ConfigError({file, 1, 1}, "the file is " + std::string(root.kind_text()) + "; expected one object");
  return root;
}

Node read_json_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad() || !std::filesystem::is_regular_file(path, ignored))
    throw ConfigError(whole_file(path), "cannot be read; expected a model's config.json");
  return read_json_text(text, path);
}

}  // namespace decodesim
