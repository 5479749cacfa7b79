// SPDX-License-Identifier: Apache-2.0
// The schema of an architecture, and what its figures must not say of each other.
#include "workloads/architecture.hpp"

namespace decodesim {
namespace {

std::string text(std::int64_t n) { return std::to_string(n); }

// A part that is all defaults is absent, written or not: a resolved scenario writes them all.

// The node at a dotted path, or the mapping itself, so that a mistake has the best place there is.
const SourcePosition& place_of(const Node& mapping, std::string_view path) {
  const Node* node = find_path(mapping, path);
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

void check_heads(const Node& node, const Architecture& a, Diagnostics& diagnostics) {
  if (a.q_heads % a.kv_heads != 0)
    diagnostics.error(place_of(node, "kv_heads"), "kv_heads: " + text(a.kv_heads) + " does not divide " +
                                                      text(a.q_heads) +
                                                      " q_heads; expected the same number of query heads a kv head");
  if (a.head_dim % 2 != 0)
    diagnostics.error(place_of(node, "head_dim"), "head_dim: " + text(a.head_dim) +
                                                      " is odd; expected an even number, as rotary positions turn "
                                                      "pairs of elements");
}

void check_mla(const Node& node, const Architecture& a, Diagnostics& diagnostics) {
  const MlaShape& m = a.mla;
  if (!m.present()) {
    if (m != MlaShape{}) diagnostics.error(place_of(node, "mla"), "mla has no kv_rank; expected at least 1, or no mla");
    return;
  }
  if (m.nope_head_dim < 1 || m.value_head_dim < 1 || m.rope_head_dim < 2 || m.rope_head_dim % 2 != 0)
    diagnostics.error(
        place_of(node, "mla"),
        "mla lacks a head's elements; expected nope_head_dim and value_head_dim of at least 1 and an even "
        "rope_head_dim of at least 2");
  else if (a.head_dim != m.nope_head_dim + m.rope_head_dim)
    diagnostics.error(place_of(node, "head_dim"), "head_dim: " + text(a.head_dim) +
                                                      " is not a query head of mla; expected nope_head_dim + "
                                                      "rope_head_dim = " +
                                                      text(m.nope_head_dim + m.rope_head_dim));
  if (a.kv_heads != a.q_heads)
    diagnostics.error(place_of(node, "kv_heads"), "kv_heads: " + text(a.kv_heads) +
                                                      " with mla, whose latent all query heads share; expected " +
                                                      text(a.q_heads) + ", as q_heads");
}

void check_moe(const Node& node, const Architecture& a, Diagnostics& diagnostics) {
  const MoeShape& m = a.moe;
  if (!m.present()) {
    if (m != MoeShape{}) diagnostics.error(place_of(node, "moe"), "moe has no experts; expected at least 1, or no moe");
    return;
  }
  if (m.experts_per_token < 1 || m.experts_per_token > m.experts)
    diagnostics.error(place_of(node, "moe.experts_per_token"), "experts_per_token: " + text(m.experts_per_token) +
                                                                   " of " + text(m.experts) +
                                                                   " experts; expected 1 to " + text(m.experts));
  if (m.intermediate < 1)
    diagnostics.error(place_of(node, "moe.intermediate"),
                      "moe has experts without width; expected an intermediate of "
                      "at least 1");
  if ((m.shared_experts > 0) != (m.shared_intermediate > 0))
    diagnostics.error(place_of(node, "moe.shared_experts"),
                      "moe has " + text(m.shared_experts) + " shared experts of width " + text(m.shared_intermediate) +
                          "; expected both or neither");
  if (a.moe_layers() == 0)
    diagnostics.error(place_of(node, "moe"), "moe is in none of the " + text(a.layers) +
                                                 " layers; expected fewer first_dense_layers or a smaller period");
}

void check_window(const Node& node, const Architecture& a, Diagnostics& diagnostics) {
  if (!a.window.present()) {
    if (a.window != WindowShape{})
      diagnostics.error(place_of(node, "window"), "window has no tokens; expected at least 1, or no window");
  } else if (a.window_layers() == 0) {
    diagnostics.error(place_of(node, "window"),
                      "window is in none of the " + text(a.layers) +
                          " layers; expected an earlier first_layer or a period other than 1");
  }
}

}  // namespace

Schema<Architecture> Architecture::schema() {
  using A = Architecture;
  const auto plain = [] { return assumed("as in the Llama family"); };
  return Schema<A>("model", "A decoder-only transformer")
      .field("name", &A::name, "What scenarios call it", required())
      .field("layers", &A::layers, {1, 10'000}, "Transformer layers", required())
      .field("hidden", &A::hidden, {1, 1'000'000}, "Width of the residual stream", required())
      .field("q_heads", &A::q_heads, {1, 10'000}, "Query heads", required())
      .field("kv_heads", &A::kv_heads, {1, 10'000}, "Key/value heads; divides q_heads", required())
      .field("head_dim", &A::head_dim, {2, 10'000}, "Elements of one head", required())
      .field("intermediate", &A::intermediate, {1, 10'000'000}, "Width inside the MLP of layers without experts",
             required())
      .field("vocabulary", &A::vocabulary, {1, 10'000'000}, "Rows of the embedding table", required())
      .field("tied_embeddings", &A::tied_embeddings, "Whether the output projection is the embedding table",
             assumed("large models keep them apart"))
      .field("max_context", &A::max_context, {1, 1'000'000'000}, "Tokens the model was trained for", required())
      .field("gated_mlp", &A::gated_mlp, "Whether the MLP has a gate beside up and down projection", plain())
      .field("norms_per_layer", &A::norms_per_layer, {1, 4}, "Norms over the residual stream's width in a layer",
             plain())
      .field("qk_norm", &A::qk_norm, "Whether query and key heads have norms with weights", plain())
      .field("attention_sinks", &A::attention_sinks, "Whether query heads have a learned logit", plain())
      .field("mtp_modules", &A::mtp_modules, {0, 100}, "Multi-token prediction modules beside the model", plain())
      .nested("mla", &A::mla, MlaShape::schema())
      .nested("moe", &A::moe, MoeShape::schema())
      .nested("window", &A::window, WindowShape::schema())
      .nested("biases", &A::biases, BiasShape::schema());
}

Architecture read_architecture(const Node& node, Diagnostics& diagnostics) {
  Architecture architecture;
  const std::size_t before = diagnostics.list().size();
  Architecture::schema().read(node, architecture, diagnostics, {"aliases"});
  architecture.aliases = read_aliases(node, diagnostics);
  if (diagnostics.list().size() != before) return architecture;
  if (architecture.name.empty()) diagnostics.error(place_of(node, "name"), "name is empty; expected the model's name");
  check_heads(node, architecture, diagnostics);
  check_mla(node, architecture, diagnostics);
  check_moe(node, architecture, diagnostics);
  check_window(node, architecture, diagnostics);
  return architecture;
}

}  // namespace decodesim
