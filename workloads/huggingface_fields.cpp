// SPDX-License-Identifier: Apache-2.0
#include "workloads/huggingface_fields.hpp"

#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

// "'7B'", "a list", ...: what stands there, for messages.
std::string written(const Node& node) {
  if (!node.is_scalar()) return std::string(node.kind_text());
  return node.quoted() ? "the text '" + node.text() + "'" : node.text();
}

}  // namespace

HuggingfaceFields::HuggingfaceFields(const Node& config, std::string_view model_type, std::string_view config_class,
                                     std::span<const HuggingfaceDefault> defaults, Diagnostics& diagnostics)
    : config_(config),
      model_type_(model_type),
      class_default_("default of " + std::string(config_class) + " in Hugging Face transformers"),
      defaults_(defaults),
      diagnostics_(diagnostics),
      start_{config.position().file, 1, 1},
      taken_(Node::mapping(start_)) {}

const Node* HuggingfaceFields::find(std::string_view key) const {
  const Node* node = config_.find(key);
  return node != nullptr && node->is_null() ? nullptr : node;
}

bool HuggingfaceFields::is_null(std::string_view key) const {
  const Node* node = config_.find(key);
  return node != nullptr && node->is_null();
}

std::optional<std::int64_t> HuggingfaceFields::default_of(std::string_view key) const {
  for (const HuggingfaceDefault& d : defaults_)
    if (d.key == key) return d.value;
  return std::nullopt;
}

std::optional<std::int64_t> HuggingfaceFields::number(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return default_of(key);
  const auto parsed = node->is_scalar() && !node->quoted() ? parse_integer(node->text()) : ParseResult<std::int64_t>{};
  if (!parsed.value && !diagnostics_.has_error_at(node->position()))  // some keys are asked for more than once
    diagnostics_.error(node->position(), std::string(key) + " is " + written(*node) + "; expected a whole number");
  return parsed.value;
}

bool HuggingfaceFields::flag(std::string_view key, bool fallback) {
  const Node* node = find(key);
  if (node == nullptr) return fallback;
  if (node->is_scalar() && !node->quoted() && (node->text() == "true" || node->text() == "false"))
    return node->text() == "true";
  diagnostics_.error(node->position(), std::string(key) + " is " + written(*node) + "; expected true or false");
  return fallback;
}

std::vector<Node> HuggingfaceFields::list(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return {};
  if (node->is_sequence()) return node->items();
  diagnostics_.error(node->position(), std::string(key) + " is " + written(*node) + "; expected a list");
  return {};
}

void HuggingfaceFields::report_missing(std::string_view key) {
  diagnostics_.error(
      start_, "lacks '" + std::string(key) + "', which model_type " + model_type_ + " needs; expected a whole number");
}

void HuggingfaceFields::set(const std::string& ours, Node value) {
  const std::size_t dot = ours.find('.');
  const SourcePosition position = value.position();
  if (dot == std::string::npos) {
    taken_.set(ours, position, std::move(value));
    return;
  }
  const std::string group = ours.substr(0, dot);
  if (taken_.find(group) == nullptr) taken_.set(group, position, Node::mapping(position));
  taken_.find(group)->set(ours.substr(dot + 1), position, std::move(value));
}

void HuggingfaceFields::take(const std::string& ours, std::string_view key) {
  const Node* node = find(key);
  const std::optional<std::int64_t> value = number(key);
  if (node == nullptr) {
    if (value)
      put(ours, std::to_string(*value), class_default_);
    else
      report_missing(key);
    return;
  }
  if (!value) return;
  Node out = Node::scalar(std::to_string(*value), node->position());
  out.set_source(std::string(key));
  origins_.push_back({node->position().line, node->position().column, std::string(key)});
  set(ours, std::move(out));
}

void HuggingfaceFields::take_flag(const std::string& ours, std::string_view key, bool fallback) {
  const Node* node = find(key);
  const std::string value = flag(key, fallback) ? "true" : "false";
  if (node == nullptr) {
    put(ours, value, class_default_);
    return;
  }
  Node out = Node::scalar(value, node->position());
  out.set_source(std::string(key));
  set(ours, std::move(out));
}

void HuggingfaceFields::put(const std::string& ours, const std::string& value, const std::string& source) {
  Node out = Node::scalar(value, start_);
  out.set_source(source);
  set(ours, std::move(out));
}

void HuggingfaceFields::refuse(std::string_view key, const std::string& expected) {
  const Node* node = find(key);
  if (node != nullptr && diagnostics_.has_error_at(node->position())) return;  // of a wrong type
  diagnostics_.error(node != nullptr ? node->position() : start_,
                     std::string(key) + " is " + (node != nullptr ? written(*node) : "absent") +
                         ", which this reader cannot state; expected " + expected);
}

std::string HuggingfaceFields::key_at(const SourcePosition& position) const {
  for (const Origin& origin : origins_)
    if (origin.line == position.line && origin.column == position.column) return origin.key;
  return "";
}

}  // namespace decodesim
