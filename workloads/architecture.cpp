// SPDX-License-Identifier: Apache-2.0
#include "workloads/architecture.hpp"

namespace decodesim {
namespace {

// The node of `key`, or the mapping itself, so that a mistake has the best place there is.
const SourcePosition& place_of(const Node& mapping, std::string_view key) {
  const Node* node = mapping.find(key);
  return node != nullptr ? node->position() : mapping.position();
}

std::vector<std::string> read_aliases(const Node& mapping, Diagnostics& diagnostics) {
  std::vector<std::string> aliases;
  const Node* list = mapping.find("aliases");
  if (list == nullptr) return aliases;
  if (!list->is_sequence()) {
    diagnostics.error(list->position(), "aliases is " + std::string(list->kind_text()) + "; expected a list of names");
    return aliases;
  }
  for (const Node& item : list->items()) {
    if (item.is_scalar() && !item.text().empty())
      aliases.push_back(item.text());
    else
      diagnostics.error(item.position(), "an alias is " + std::string(item.kind_text()) + "; expected a name");
  }
  return aliases;
}

void check_consistency(const Node& node, const Architecture& a, Diagnostics& diagnostics) {
  if (a.name.empty()) diagnostics.error(place_of(node, "name"), "name is empty; expected the model's name");
  if (a.q_heads % a.kv_heads != 0)
    diagnostics.error(place_of(node, "kv_heads"), "kv_heads: " + std::to_string(a.kv_heads) + " does not divide " +
                                                      std::to_string(a.q_heads) +
                                                      " q_heads; expected the same number of query heads a kv head");
  if (a.head_dim % 2 != 0)
    diagnostics.error(place_of(node, "head_dim"), "head_dim: " + std::to_string(a.head_dim) +
                                                      " is odd; expected an even number, as rotary positions turn "
                                                      "pairs of elements");
}

}  // namespace

Schema<Architecture> Architecture::schema() {
  using A = Architecture;
  return Schema<A>("model", "A dense decoder-only transformer")
      .field("name", &A::name, "What scenarios call it", required())
      .field("layers", &A::layers, {1, 10'000}, "Transformer layers", required())
      .field("hidden", &A::hidden, {1, 1'000'000}, "Width of the residual stream", required())
      .field("q_heads", &A::q_heads, {1, 10'000}, "Query heads", required())
      .field("kv_heads", &A::kv_heads, {1, 10'000}, "Key/value heads; divides q_heads", required())
      .field("head_dim", &A::head_dim, {2, 10'000}, "Elements of one head", required())
      .field("intermediate", &A::intermediate, {1, 10'000'000}, "Width inside the gated MLP", required())
      .field("vocabulary", &A::vocabulary, {1, 10'000'000}, "Rows of the embedding table", required())
      .field("tied_embeddings", &A::tied_embeddings, "Whether the output projection is the embedding table",
             assumed("large models keep them apart; all shipped ones do"))
      .field("max_context", &A::max_context, {1, 1'000'000'000}, "Tokens the model was trained for", required());
}

std::int64_t Architecture::embedding_parameters() const { return checked::multiply(vocabulary, hidden); }

std::int64_t Architecture::attention_parameters_per_layer() const {
  const std::int64_t columns = (q_heads + 2 * kv_heads) * head_dim;  // q, k, v
  return checked::multiply(hidden, columns + q_heads * head_dim);    // and the output projection
}

std::int64_t Architecture::mlp_parameters_per_layer() const {
  return checked::multiply(checked::multiply(3, hidden), intermediate);
}

std::int64_t Architecture::norm_parameters() const { return checked::multiply(2 * layers + 1, hidden); }

std::int64_t Architecture::lm_head_parameters() const { return tied_embeddings ? 0 : embedding_parameters(); }

std::int64_t Architecture::parameter_count() const {
  const std::int64_t layer = checked::add(attention_parameters_per_layer(), mlp_parameters_per_layer());
  const std::int64_t ends = checked::add(embedding_parameters(), lm_head_parameters());
  return checked::add(checked::add(checked::multiply(layers, layer), norm_parameters()), ends);
}

Bytes Architecture::kv_bytes_per_token(DataType kv_cache) const {
  return size_of(kv_cache, 2 * kv_heads * head_dim) * layers;
}

Architecture read_architecture(const Node& node, Diagnostics& diagnostics) {
  Architecture architecture;
  const std::size_t before = diagnostics.list().size();
  Architecture::schema().read(node, architecture, diagnostics, {"aliases"});
  architecture.aliases = read_aliases(node, diagnostics);
  if (diagnostics.list().size() == before) check_consistency(node, architecture, diagnostics);
  return architecture;
}

}  // namespace decodesim
