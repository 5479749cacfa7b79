// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/collective_workload_section.hpp"

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {

using namespace literals;

namespace {

constexpr std::size_t kMostSizes = 1000;
constexpr std::int64_t kMostBytes = 1'000'000'000'000'000;

RowKind row_kind(CollectiveOp op) {
  switch (op) {
    case CollectiveOp::kAllReduce: return RowKind::kAllReduce;
    case CollectiveOp::kAllGather: return RowKind::kAllGather;
    case CollectiveOp::kReduceScatter: return RowKind::kReduceScatter;
    case CollectiveOp::kAllToAll: return RowKind::kAllToAll;
    case CollectiveOp::kBroadcast: return RowKind::kBroadcast;
    case CollectiveOp::kSendReceive: return RowKind::kSendReceive;
  }
  return RowKind::kAllReduce;
}

// `key: [a, b]` as the text "a, b", which a schema can hold.
void list_as_text(Node& workload, const char* key, Diagnostics& diagnostics) {
  const Node* list = workload.find(key);
  if (list == nullptr || !list->is_sequence()) return;
  std::string text;
  for (const Node& item : list->items())
    if (schema_detail::expect_scalar(item, key, diagnostics)) text += (text.empty() ? "" : ", ") + item.text();
  workload.set(key, list->position(), Node::scalar(std::move(text), list->position()));
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Schema<CollectiveWorkloadKeys> CollectiveWorkloadKeys::schema() {
  using K = CollectiveWorkloadKeys;
  return std::move(Schema<K>("workload", "A collective by size")
                       .choice("op", &K::op, collective_op_choices(), "What is done", required())
                       .choice("algorithm", &K::algorithm, collective_algorithm_choices(), "How",
                               assumed("auto: what software and library of the machine choose"))
                       .choice("protocol", &K::protocol, collective_protocol_choices(),
                               "By which messages of the library", assumed("auto: what the library chooses"))
                       .choice<DataType>("dtype", &K::dtype,
                                         {{"fp32", DataType::kFp32},
                                          {"bf16", DataType::kBf16},
                                          {"fp16", DataType::kFp16},
                                          {"fp8", DataType::kFp8},
                                          {"int8", DataType::kInt8}},
                                         "Of the elements", assumed("bf16, as activations are"))
                       .field("ranks", &K::ranks,
                              "How many ranks take part, from number 0 on; a list: one after the other",
                              derived("all accelerators")));
}

Schema<SizeSweepKeys> SizeSweepKeys::schema() {
  using K = SizeSweepKeys;
  return std::move(Schema<K>("sizes", "Sizes, as nccl-tests counts them")
                       .field("from", &K::from, {1_B, Bytes(kMostBytes)}, "The smallest", assumed("1 KiB"))
                       .field("to", &K::to, {1_B, Bytes(kMostBytes)}, "The largest", assumed("1 GiB"))
                       .field("factor", &K::factor, {2, 1 << 20}, "From one to the next", assumed("2")));
}

Schema<SizeListKey> SizeListKey::schema() {
  return std::move(Schema<SizeListKey>("workload", "A collective by size")
                       .field("sizes", &SizeListKey::sizes, "Sizes, as nccl-tests counts them", required()));
}

bool CollectiveWorkloadSection::is_collective(const Node* workload) {
  const Node* kind = workload != nullptr ? workload->find("kind") : nullptr;
  return kind != nullptr && kind->text() == "collective";
}

void CollectiveWorkloadSection::read(const Node& workload) {
  Diagnostics& diagnostics = reading_.diagnostics;
  reading_.plan.workload.kind = WorkloadKind::kCollective;
  given_ = node_ = workload;
  list_as_text(node_, "sizes", diagnostics);
  list_as_text(node_, "ranks", diagnostics);
  CollectiveWorkloadKeys::schema().read(node_, keys_, diagnostics, {"kind", "sizes"});
  const Node* sizes = node_.find("sizes");
  swept_ = sizes == nullptr || sizes->is_mapping();
  if (swept_ && sizes != nullptr) SizeSweepKeys::schema().read(*sizes, sweep_, diagnostics);
  if (!swept_) SizeListKey::schema().read(only(node_, {"sizes"}), list_, diagnostics);
}

const SourcePosition& CollectiveWorkloadSection::place(const char* key) const {
  const Node* node = node_.find(key);
  return node != nullptr ? node->position() : node_.position();
}

// The items of a list; of a text what stands between commas.
std::vector<Node> CollectiveWorkloadSection::list_of(const char* key) const {
  const Node* given = given_.find(key);
  if (given == nullptr) return {};
  if (given->is_sequence()) return given->items();
  std::vector<Node> out;
  const std::string& text = given->text();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = std::min(text.find_first_not_of(' ', begin), end);
    if (first < end) out.push_back(Node::scalar(text.substr(first, end - first), given->position()));
    begin = end + 1;
  }
  return out;
}

void CollectiveWorkloadSection::find_sizes() {
  Diagnostics& diagnostics = reading_.diagnostics;
  if (swept_) {
    if (sweep_.from > sweep_.to)
      diagnostics.error(place("sizes"), "sizes: from " + to_text(sweep_.from) + " to " + to_text(sweep_.to) +
                                            "; expected to at least as large as from");
    for (Int128 size = sweep_.from.count(); size <= sweep_.to.count(); size *= sweep_.factor)
      sizes_.push_back(Bytes(checked::narrow(size)));
    return;
  }
  for (const Node& item : list_of("sizes")) {
    const auto parsed = parse<Bytes>(item.text());
    if (!parsed.value)
      diagnostics.error(item.position(), "sizes: " + parsed.error);
    else if (*parsed.value < 1_B || parsed.value->count() > kMostBytes)
      diagnostics.error(item.position(),
                        "sizes: '" + item.text() + "' is out of range; expected 1 B to " + to_text(Bytes(kMostBytes)));
    else if (!sizes_.empty() && *parsed.value <= sizes_.back())
      diagnostics.error(item.position(),
                        "sizes: '" + item.text() + "' is not above the one before; expected rising sizes");
    else
      sizes_.push_back(*parsed.value);
  }
  if (sizes_.empty() && diagnostics.empty())
    diagnostics.error(place("sizes"), "sizes is empty; expected sizes, or {from: .., to: .., factor: ..}");
  if (sizes_.size() > kMostSizes)
    diagnostics.error(place("sizes"),
                      std::to_string(sizes_.size()) + " sizes; expected at most " + std::to_string(kMostSizes));
}

void CollectiveWorkloadSection::find_ranks() {
  const std::int64_t accelerators = reading_.plan.accelerators;
  const std::string machine =
      "the machine has " + std::to_string(accelerators) + (accelerators == 1 ? " accelerator" : " accelerators");
  if (node_.find("ranks") == nullptr) {
    ranks_.push_back(accelerators);
    keys_.ranks = std::to_string(accelerators);
    if (accelerators < 2)
      reading_.diagnostics.error(node_.position(), "a collective of one rank, as " + machine + "; expected 2 or more");
    return;
  }
  for (const Node& item : list_of("ranks")) {
    const auto parsed = parse_integer(item.text());
    if (!parsed.value)
      reading_.diagnostics.error(item.position(), "ranks: " + parsed.error);
    else if (*parsed.value < 2 || *parsed.value > accelerators)
      reading_.diagnostics.error(item.position(), "ranks: " + std::to_string(*parsed.value) + " ranks, and " + machine +
                                                      "; expected 2 to " +
                                                      std::to_string(std::max<std::int64_t>(2, accelerators)));
    else
      ranks_.push_back(*parsed.value);
    if (!ranks_.empty()) check_team(ranks_.back(), item.position());
  }
  if (ranks_.empty() && reading_.diagnostics.empty())
    reading_.diagnostics.error(place("ranks"), "ranks is empty; expected a number of ranks, or several");
}

void CollectiveWorkloadSection::check_team(std::int64_t ranks, const SourcePosition& at) {
  const std::string problem = algorithm_problem(*reading_.plan.network, keys_.op, keys_.algorithm, ranks);
  if (!problem.empty() && !reading_.diagnostics.has_error_at(at))
    reading_.diagnostics.error(at, "algorithm: " + problem + "; expected another algorithm");
}

void CollectiveWorkloadSection::check_algorithm() {
  const std::vector<CollectiveAlgorithm> known = algorithms_of(keys_.op);
  if (std::find(known.begin(), known.end(), keys_.algorithm) == known.end()) {
    std::vector<std::string> names;
    for (const CollectiveAlgorithm algorithm : known) names.emplace_back(name_of(algorithm));
    reading_.diagnostics.error(place("algorithm"), "algorithm: '" + std::string(name_of(keys_.algorithm)) +
                                                       "' is none of " + std::string(name_of(keys_.op)) +
                                                       "; expected one of " + listed(names));
  }
  const NetworkPlan& network = *reading_.plan.network;
  if (keys_.algorithm == CollectiveAlgorithm::kInNetwork &&
      (!network.network_switch.reduction || network.fidelity == NetworkFidelity::kPacket))
    reading_.diagnostics.error(place("algorithm"),
                               "algorithm: in_network, but the network cannot reduce; expected a switch with "
                               "reduction: true and fidelity: train, or another algorithm");
}

void CollectiveWorkloadSection::check_protocol() {
  if (keys_.protocol == CollectiveProtocol::kAuto) return;
  const std::vector<CollectiveProtocol> known = reading_.plan.software.library.protocols();
  if (std::find(known.begin(), known.end(), keys_.protocol) != known.end()) return;
  std::vector<std::string> names{"auto"};
  for (const CollectiveProtocol protocol : known) names.emplace_back(name_of(protocol));
  reading_.diagnostics.error(place("protocol"), "protocol: the library of the software has no '" +
                                                    std::string(name_of(keys_.protocol)) + "'; expected one of " +
                                                    listed(names));
}

void CollectiveWorkloadSection::complete() {
  if (!reading_.plan.network)
    throw ConfigError(node_.position(), "a collective workload needs a network; expected system.network");
  check_algorithm();
  check_protocol();
  find_sizes();
  find_ranks();
  reading_.diagnostics.throw_if_any();
  auto plan = std::make_shared<OperatorsWorkloadPlan>();
  plan->profiles.push_back(reading_.plan.software);
  for (const std::int64_t ranks : ranks_) {
    for (const Bytes size : sizes_) {
      OperatorRow& row = plan->table.rows.emplace_back();
      row.kind = row_kind(keys_.op);
      row.at = node_.position();
      row.dtype = std::string(name_of(keys_.dtype));
      row.ranks = ranks;
      row.bytes = size;
      row.algorithm = keys_.algorithm;
      row.protocol = keys_.protocol;
    }
  }
  reading_.plan.workload.operators = std::move(plan);
}

void CollectiveWorkloadSection::resolve() {
  struct Kind {
    std::string kind = "collective";
  };
  const Schema<Kind> kind = std::move(
      Schema<Kind>("workload", "")
          .choice<std::string>("kind", &Kind::kind, {{"collective", "collective"}}, "What is simulated", required()));
  reading_.resolve(kind, &node_, Kind{}, "workload");
  reading_.resolve(CollectiveWorkloadKeys::schema(), &node_, keys_, "workload");
  if (swept_)
    reading_.resolve(SizeSweepKeys::schema(), node_.find("sizes"), sweep_, "workload.sizes");
  else
    reading_.resolve(SizeListKey::schema(), &node_, list_, "workload");
}

}  // namespace decodesim
