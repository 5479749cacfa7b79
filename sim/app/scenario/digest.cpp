// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/digest.hpp"

#include <openssl/evp.h>

#include <array>

#include "sim/app/scenario/resolved_yaml.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1, "Sha256", "libcrypto has SHA-256");
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "Sha256", "libcrypto takes bytes");
}

void Sha256::add(std::int64_t number) {
  std::array<char, 8> bytes{};
  auto rest = static_cast<std::uint64_t>(number);
  for (char& byte : bytes) {
    byte = static_cast<char>(rest & 0xFFU);
    rest >>= 8U;
  }
  add(std::string_view(bytes.data(), bytes.size()));
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length) == 1, "Sha256", "libcrypto gives a digest");
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < length; ++i) {
    out += kDigits[digest[i] >> 4U];
    out += kDigits[digest[i] & 15U];
  }
  return out;
}

namespace {

void add_records(Sha256& sha, const MemoryTrace& trace) {
  std::vector<std::uint32_t> levels;
  for (std::int64_t record = 0; record < trace.size(); ++record) {
    sha.add(trace.is_write(record) ? 1 : 0);
    if (trace.levels() > 0) {
      trace.read_levels(record, levels);
      for (const std::uint32_t level : levels) sha.add(std::int64_t{level});
      continue;
    }
    sha.add(static_cast<std::int64_t>(trace.address(record)));
    sha.add(trace.bytes(record).count());
    sha.add(static_cast<std::int64_t>(trace.cycle(record)));
  }
}

// What stands in the table, and what its software profiles are.
void add_operators(Sha256& sha, const OperatorsWorkloadPlan& operators) {
  const auto add_line = [&sha](const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) sha.add(cell + ",");
    sha.add("\n");
  };
  add_line(operators.table.columns);
  for (const OperatorRow& row : operators.table.rows) add_line(row.cells);
  for (const ResolvedValue& value : operators.profile_values) sha.add(value.path + ": " + value.value + "\n");
}

// What a graph's file says; of other topologies the parameters do.
void add_cables(Sha256& sha, const Topology& topology) {
  for (const TopologyNode& node : topology.nodes) sha.add(node.name + ",");
  for (const TopologyCable& cable : topology.cables)
    for (const std::int32_t number : {cable.a, cable.port_a, cable.b, cable.port_b, cable.level})
      sha.add(std::int64_t{number});
}

}  // namespace

std::string scenario_digest(const Plan& plan) {
  Sha256 sha;
  for (const ResolvedValue& value : plan.resolved) {
    if (is_file_reference(value.path)) continue;
    sha.add(value.path + ": " + value.value + "\n");
  }
  if (const DecodeTrace* trace = plan.workload.trace.get()) {
    for (std::int64_t step = 0; step < trace->steps(); ++step) {
      const auto ids = trace->ids(step);
      const auto contexts = trace->contexts(step);
      for (const std::int64_t rows : trace->expert_rows(step)) sha.add(rows);
      sha.add(static_cast<std::int64_t>(ids.size()));
      for (std::size_t i = 0; i < ids.size(); ++i) {
        sha.add(static_cast<std::int64_t>(ids[i]));
        sha.add(contexts[i]);
      }
    }
  }
  if (plan.network && plan.network->topology == "graph") add_cables(sha, plan.network->fabric->topology());
  if (plan.workload.operators) add_operators(sha, *plan.workload.operators);
  if (plan.workload.memory && plan.workload.memory->trace) add_records(sha, *plan.workload.memory->trace);
  return sha.finish();
}

}  // namespace decodesim
