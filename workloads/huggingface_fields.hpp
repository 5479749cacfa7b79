// SPDX-License-Identifier: Apache-2.0
// HuggingfaceFields: what a config.json says, taken key by key into the words of Architecture::schema(). Every figure
// keeps its place in the config.json, and its key there as the source; a default of the configuration class names the
// class instead. Internal to the reader.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/config/node.hpp"

namespace decodesim {

/// A default of a configuration class, for a key that published files leave out.
struct HuggingfaceDefault {
  std::string_view key;
  std::int64_t value;
};

class HuggingfaceFields {
 public:
  /// `config` has the keys; it must outlive this. Mistakes go to `diagnostics`.
  HuggingfaceFields(const Node& config, std::string_view model_type, std::string_view config_class,
                    std::span<const HuggingfaceDefault> defaults, Diagnostics& diagnostics);

  /// The value of `key`, or null when it is absent or null.
  [[nodiscard]] const Node* find(std::string_view key) const;
  /// Whether `key` is there with the value null, which then switches off what a default would give.
  [[nodiscard]] bool is_null(std::string_view key) const;
  /// The whole number of `key`, or the class's default; nothing when there is neither, or a mistake, which is reported.
  std::optional<std::int64_t> number(std::string_view key);
  bool flag(std::string_view key, bool fallback);
  /// The items of a list; empty when the key is absent or null, or a mistake.
  [[nodiscard]] std::vector<Node> list(std::string_view key);

  /// Sets `ours` ("layers", "moe.experts") to the number of `key`, which has to be there unless the class has a
  /// default.
  void take(const std::string& ours, std::string_view key);
  void take_flag(const std::string& ours, std::string_view key, bool fallback);
  /// Sets `ours` to what the file does not say but follows, with the reason.
  void put(const std::string& ours, const std::string& value, const std::string& source);
  /// Reports that the value of `key` is one that cannot be stated.
  void refuse(std::string_view key, const std::string& expected);

  [[nodiscard]] const Node& taken() const { return taken_; }
  [[nodiscard]] const std::string& class_default() const { return class_default_; }
  /// The key of a figure at that place, or nothing.
  [[nodiscard]] std::string key_at(const SourcePosition& position) const;
  [[nodiscard]] const SourcePosition& start() const { return start_; }

 private:
  struct Origin {
    int line;
    int column;
    std::string key;
  };

  void set(const std::string& ours, Node value);
  void report_missing(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> default_of(std::string_view key) const;

  const Node& config_;
  std::string model_type_;
  std::string class_default_;
  std::span<const HuggingfaceDefault> defaults_;
  Diagnostics& diagnostics_;
  SourcePosition start_;
  Node taken_;
  std::vector<Origin> origins_;
};

}  // namespace decodesim
