// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/resolved_yaml.hpp"

#include <algorithm>
#include <vector>

namespace decodesim {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kCommentColumn = 52;

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t dot = path.find('.');
    out.push_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    path.remove_prefix(dot + 1);
  }
}

bool is_index(std::string_view part) {
  return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Double quotes with what YAML needs escaped; bytes of UTF-8 stay.
std::string quoted(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string on_one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

// Prints dotted paths as nested YAML; values below one mapping come one after the other.
class Printer {
 public:
  void value(const std::string& path, const std::string& text, const std::string& origin) {
    const std::vector<std::string_view> parts = parts_of(path);
    std::size_t common = 0;
    while (common < parts.size() - 1 && common < open_.size() && open_[common] == parts[common]) ++common;
    open_.resize(common);
    for (std::size_t i = common; i + 1 < parts.size(); ++i) open(parts[i]);
    std::string line = margin() + std::string(parts.back()) + ": " + text;
    if (!origin.empty())
      line += std::string(line.size() < kCommentColumn ? kCommentColumn - line.size() : 2, ' ') + "# " + origin;
    out_ += line + "\n";
  }

  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void open(std::string_view part) {
    if (is_index(part))
      dash_ = true;
    else
      out_ += margin() + std::string(part) + ":\n";
    open_.emplace_back(part);
  }

  // The first line of a list's item starts with a dash.
  std::string margin() {
    std::string out(open_.size() * kIndent, ' ');
    if (dash_) out[out.size() - kIndent] = '-';
    dash_ = false;
    return out;
  }

  std::string out_;
  std::vector<std::string> open_;
  bool dash_ = false;
};

// Whether a scalar can stand without quotes in flow style.
bool is_plain(const std::string& text) {
  static constexpr std::string_view kSafe = "_.+-/% ";
  return !text.empty() && text.front() != ' ' && text.back() != ' ' && text.front() != '-' && text.front() != '%' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  kSafe.find(c) != std::string_view::npos;
         });
}

}  // namespace

bool is_file_reference(std::string_view path) {
  return path == "workload.trace" || path == "workload.requests.azure" || path == "workload.trace.file" ||
         path == "workload.file" || path == "workload.files" || path == "system.network.file";
}

std::string flow_yaml(const Node& node) {
  std::string out;
  switch (node.kind()) {
    case Node::Kind::kNull: return "~";
    case Node::Kind::kScalar: return is_plain(node.text()) ? node.text() : quoted(node.text());
    case Node::Kind::kSequence:
      for (const Node& item : node.items()) out += (out.empty() ? "" : ", ") + flow_yaml(item);
      return "[" + out + "]";
    case Node::Kind::kMapping:
      for (const Node::Entry& entry : node.entries())
        out += (out.empty() ? "" : ", ") + (is_plain(entry.key) ? entry.key : quoted(entry.key)) + ": " +
               flow_yaml(entry.value);
      return "{" + out + "}";
  }
  return out;
}

std::string resolved_yaml(const Plan& plan) {
  Printer printer;
  for (std::size_t i = 0; i < plan.resolved.size(); ++i) {
    const ResolvedValue& value = plan.resolved[i];
    const std::string text = plan.fields[i].type == "text" ? quoted(value.value) : value.value;
    printer.value(value.path, text, on_one_line(value.origin));
  }
  std::string out = printer.text();
  if (plan.expectations.is_sequence() && !plan.expectations.items().empty()) {
    out += "expect:\n";
    for (const Node& expectation : plan.expectations.items()) out += "  - " + flow_yaml(expectation) + "\n";
  }
  return out;
}

}  // namespace decodesim
