// SPDX-License-Identifier: Apache-2.0
// Schema<P>: the one declaration of a parameter struct P. Reading YAML with range checks, unknown-key errors with a
// suggestion, the catalog and `explain` texts, the resolved scenario and the JSON Schema all come from it.
//
//   Schema<LinkParams> LinkParams::schema() {
//     return Schema<LinkParams>("link", "A serial link")
//         .field("bandwidth", &LinkParams::bandwidth, {1_MBps, 1'000'000_TBps}, "Payload rate, one direction",
//                cited("NVIDIA H100 datasheet, 2022"));
//   }
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/config/node.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {

/// Where a default comes from. `required` means there is none: the user or the catalog part must give it.
struct Provenance {
  enum class Kind { kCited, kDerived, kAssumed, kRequired };
  Kind kind = Kind::kRequired;
  std::string text;

  /// "cited: ...", "derived: ...", "assumed: ...", "required".
  [[nodiscard]] std::string describe() const;
};
inline Provenance cited(std::string source) { return {Provenance::Kind::kCited, std::move(source)}; }
inline Provenance derived(std::string arithmetic) { return {Provenance::Kind::kDerived, std::move(arithmetic)}; }
inline Provenance assumed(std::string why) { return {Provenance::Kind::kAssumed, std::move(why)}; }
inline Provenance required() { return {}; }

/// What a schema says of one field, as text.
struct FieldInfo {
  std::string name;
  std::string type;           ///< "bandwidth", "integer", "text", "true or false", or the choices "a | b"
  std::string default_value;  ///< empty when required
  std::string range;          ///< "1 MB/s to 1 PB/s", or empty
  std::string meaning;
  Provenance provenance;
};

/// One value of a resolved tree: what it is and where it comes from.
struct ResolvedValue {
  std::string path;
  std::string value;
  std::string origin;   ///< "scenario.yaml:7:20", "catalog h100-sxm.yaml:12:8 ([V] ...)", "default (assumed: ...)"
  std::string meaning;  ///< the schema's sentence
};

/// Inclusive bounds.
template <class V>
struct Range {
  V low;
  V high;
};

/// A named value of an enumeration.
template <class E>
struct Choice {
  std::string_view name;
  E value;
};

template <class V>
concept QuantityType = requires(V v) {
  { v.count() } -> std::same_as<std::int64_t>;
  unit_table<V>();
};

/// A type with a text form of its own.
template <class V>
concept TextualType = requires(V v, const std::string& text) {
  { V::from_text(text) } -> std::same_as<ParseResult<V>>;
  { v.text() } -> std::same_as<std::string>;
};

namespace schema_detail {
/// Appends "; expected X" style messages; shared by all fields.
bool expect_scalar(const Node& node, std::string_view field, Diagnostics& diagnostics);
void report_unknown_keys(const Node& mapping, std::string_view owner, const std::vector<std::string>& known,
                         const std::vector<std::string>& elsewhere, Diagnostics& diagnostics);
std::string origin_of(const Node* given, const Provenance& provenance);
ParseResult<bool> parse_bool(const std::string& text);
std::string join_path(std::string_view prefix, std::string_view name);
}  // namespace schema_detail

template <class P>
class Schema {
 public:
  /// `name` is the kind of thing ("link"), `meaning` one sentence.
  Schema(std::string name, std::string meaning) : name_(std::move(name)), meaning_(std::move(meaning)) {}

  /// A quantity with a unit.
  template <QuantityType V>
  Schema& field(std::string name, V P::*member, Range<V> range, std::string meaning, Provenance provenance) {
    const V low = range.low;
    const V high = range.high;
    Field f;
    f.info = {std::move(name),
              std::string(unit_table<V>().quantity),
              provenance.kind == Provenance::Kind::kRequired ? "" : to_text(P{}.*member),
              to_text(low) + " to " + to_text(high),
              std::move(meaning),
              std::move(provenance)};
    f.print = [member](const P& p) { return to_text(p.*member); };
    f.read = [member, low, high](const Node& node, P& out) -> std::string {
      const auto parsed = parse<V>(node.text());
      if (!parsed.value) return parsed.error;
      if (*parsed.value < low || *parsed.value > high)
        return "'" + node.text() + "' is out of range; expected " + to_text(low) + " to " + to_text(high);
      out.*member = *parsed.value;
      return "";
    };
    return add(std::move(f));
  }

  /// A count, without a unit.
  Schema& field(std::string name, std::int64_t P::*member, Range<std::int64_t> range, std::string meaning,
                Provenance provenance) {
    Field f;
    f.info = {std::move(name),
              "integer",
              provenance.kind == Provenance::Kind::kRequired ? "" : std::to_string(P{}.*member),
              std::to_string(range.low) + " to " + std::to_string(range.high),
              std::move(meaning),
              std::move(provenance)};
    f.print = [member](const P& p) { return std::to_string(p.*member); };
    f.read = [member, range](const Node& node, P& out) -> std::string {
      const auto parsed = parse_integer(node.text());
      if (!parsed.value) return parsed.error;
      if (*parsed.value < range.low || *parsed.value > range.high)
        return "'" + node.text() + "' is out of range; expected " + std::to_string(range.low) + " to " +
               std::to_string(range.high);
      out.*member = *parsed.value;
      return "";
    };
    return add(std::move(f));
  }

  /// true or false.
  Schema& field(std::string name, bool P::*member, std::string meaning, Provenance provenance) {
    Field f;
    f.print = [member](const P& p) -> std::string { return p.*member ? "true" : "false"; };
    f.info = {std::move(name),
              "true or false",
              provenance.kind == Provenance::Kind::kRequired ? "" : f.print(P{}),
              "",
              std::move(meaning),
              std::move(provenance)};
    f.read = [member](const Node& node, P& out) -> std::string {
      const auto parsed = schema_detail::parse_bool(node.text());
      if (parsed.value) out.*member = *parsed.value;
      return parsed.error;
    };
    return add(std::move(f));
  }

  /// Free text.
  Schema& field(std::string name, std::string P::*member, std::string meaning, Provenance provenance) {
    Field f;
    f.info = {std::move(name),
              "text",
              provenance.kind == Provenance::Kind::kRequired ? "" : P{}.*member,
              "",
              std::move(meaning),
              std::move(provenance)};
    f.print = [member](const P& p) { return p.*member; };
    f.read = [member](const Node& node, P& out) -> std::string {
      out.*member = node.text();
      return "";
    };
    return add(std::move(f));
  }

  /// What has a text form of its own.
  template <TextualType V>
  Schema& field(std::string name, V P::*member, std::string meaning, Provenance provenance) {
    Field f;
    f.print = [member](const P& p) { return (p.*member).text(); };
    f.info = {std::move(name),
              "text",
              provenance.kind == Provenance::Kind::kRequired ? "" : f.print(P{}),
              "",
              std::move(meaning),
              std::move(provenance)};
    f.read = [member](const Node& node, P& out) -> std::string {
      auto parsed = V::from_text(node.text());
      if (parsed.value) out.*member = std::move(*parsed.value);
      return parsed.error;
    };
    return add(std::move(f));
  }

  /// One of a few words.
  template <class E>
  Schema& choice(std::string name, E P::*member, std::vector<Choice<E>> choices, std::string meaning,
                 Provenance provenance) {
    auto name_of = [choices](E value) -> std::string {
      for (const Choice<E>& c : choices)
        if (c.value == value) return std::string(c.name);
      return "";
    };
    std::string type;
    for (const Choice<E>& c : choices) type += (type.empty() ? "" : " | ") + std::string(c.name);
    Field f;
    f.info = {std::move(name),
              std::move(type),
              provenance.kind == Provenance::Kind::kRequired ? "" : name_of(P{}.*member),
              "",
              std::move(meaning),
              std::move(provenance)};
    f.print = [member, name_of](const P& p) { return name_of(p.*member); };
    f.read = [member, choices](const Node& node, P& out) -> std::string {
      std::vector<std::string> names;
      for (const Choice<E>& c : choices) {
        if (c.name == node.text()) {
          out.*member = c.value;
          return "";
        }
        names.emplace_back(c.name);
      }
      return "'" + node.text() + "' is not one of the choices" + suggestion(node.text(), names);
    };
    return add(std::move(f));
  }

  /// A mapping below `name`, with a schema of its own. Its fields keep their provenance; it may be left out when none
  /// of them is required.
  template <class S>
  Schema& nested(const std::string& name, S P::*member, Schema<S> schema) {
    Group g;
    g.name = name;
    g.meaning = schema.meaning();
    g.read = [member, schema](const Node* node, P& out, const SourcePosition& owner, Diagnostics& diagnostics) {
      const Node empty = Node::mapping(owner);
      schema.read(node != nullptr ? *node : empty, out.*member, diagnostics);
    };
    g.resolve = [member, schema](const Node* node, const P& p, const std::string& path,
                                 std::vector<ResolvedValue>& out) { schema.resolve(node, p.*member, path, out); };
    g.describe = [schema](const std::string& prefix, std::vector<FieldInfo>& out) {
      for (FieldInfo info : schema.describe()) {
        info.name = schema_detail::join_path(prefix, info.name);
        out.push_back(std::move(info));
      }
    };
    groups_.push_back(std::move(g));
    return *this;
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& meaning() const { return meaning_; }

  /// Reads `mapping` into `out`. Every mistake goes to `diagnostics` with its place; fields not given keep their
  /// defaults. Keys in `elsewhere` are known to be read by someone else.
  void read(const Node& mapping, P& out, Diagnostics& diagnostics,
            const std::vector<std::string>& elsewhere = {}) const {
    if (!mapping.is_mapping()) {
      diagnostics.error(mapping.position(),
                        name_ + " is " + std::string(mapping.kind_text()) + "; expected a mapping of its parameters");
      return;
    }
    std::vector<std::string> known;
    for (const Field& f : fields_) {
      known.push_back(f.info.name);
      const Node* node = mapping.find(f.info.name);
      if (node == nullptr) {
        if (f.info.provenance.kind == Provenance::Kind::kRequired)
          diagnostics.error(mapping.position(), name_ + " lacks '" + f.info.name + "'; expected " + f.info.type + " (" +
                                                    f.info.meaning + ")");
        continue;
      }
      if (!schema_detail::expect_scalar(*node, f.info.name, diagnostics)) continue;
      const std::string problem = f.read(*node, out);
      if (!problem.empty()) diagnostics.error(node->position(), f.info.name + ": " + problem);
    }
    for (const Group& g : groups_) {
      known.push_back(g.name);
      g.read(mapping.find(g.name), out, mapping.position(), diagnostics);
    }
    schema_detail::report_unknown_keys(mapping, name_, known, elsewhere, diagnostics);
  }

  /// What each field is, in order of declaration; nested fields as "group.field".
  [[nodiscard]] std::vector<FieldInfo> describe() const {
    std::vector<FieldInfo> out;
    for (const Field& f : fields_) out.push_back(f.info);
    for (const Group& g : groups_) g.describe(g.name, out);
    return out;
  }

  /// The value of each field of `p` and its origin, given the mapping that it was read from (may be null).
  void resolve(const Node* mapping, const P& p, const std::string& path, std::vector<ResolvedValue>& out) const {
    for (const Field& f : fields_) {
      const Node* given = mapping != nullptr ? mapping->find(f.info.name) : nullptr;
      out.push_back({schema_detail::join_path(path, f.info.name), f.print(p),
                     schema_detail::origin_of(given, f.info.provenance), f.info.meaning});
    }
    for (const Group& g : groups_)
      g.resolve(mapping != nullptr ? mapping->find(g.name) : nullptr, p, schema_detail::join_path(path, g.name), out);
  }

 private:
  struct Field {
    FieldInfo info;
    std::function<std::string(const Node&, P&)> read;  ///< returns what is wrong, or nothing
    std::function<std::string(const P&)> print;
  };
  struct Group {
    std::string name;
    std::string meaning;
    std::function<void(const Node*, P&, const SourcePosition&, Diagnostics&)> read;
    std::function<void(const Node*, const P&, const std::string&, std::vector<ResolvedValue>&)> resolve;
    std::function<void(const std::string&, std::vector<FieldInfo>&)> describe;
  };

  Schema& add(Field field) {
    fields_.push_back(std::move(field));
    return *this;
  }

  std::string name_;
  std::string meaning_;
  std::vector<Field> fields_;
  std::vector<Group> groups_;
};

}  // namespace decodesim
