// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/lowering.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

// What a thread block of an element-wise kernel works on, read and written.
constexpr std::int64_t kBlockBytes = 4096;
// A load, and the store that waits for it.
constexpr std::int64_t kElementwiseAccesses = 2;
// A load, the row's reduction through shared memory, and the store that waits for it.
constexpr std::int64_t kRowWiseAccesses = 3;
// fp32 partial results of split-KV attention, read by the kernel that adds them up.
constexpr std::int64_t kPartialBytes = 4;
// Queries a sequence up to which kernels split the cached tokens among cores: decoding and verifying drafts. More of
// them fill the cores without.
constexpr std::int64_t kMostSplitQueries = 16;
// Logits are sampled in fp32.
constexpr std::int64_t kLogitBytes = 4;

// Narrow weights multiply at their own rate when the activations have been quantised to match; otherwise they are
// widened and multiply at the activations' rate.
DataType multiplication_type(const Operator& op) {
  if (op.multiplies_as) return *op.multiplies_as;
  const bool eight = op.weight_type == DataType::kFp8 || op.weight_type == DataType::kInt8;
  return eight ? op.weight_type : op.activation_type;
}

}  // namespace

Lowering::Lowering(const KernelParameters& kernels, Bytes load_run, const Placement& placement)
    : kernels_(kernels), load_run_(load_run), placement_(placement) {}

void Lowering::lower(const StepProgram& step, const std::vector<std::int32_t>& program_of_operator,
                     std::vector<Command>& commands) const {
  commands.clear();
  std::int32_t layer = -1;
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    const std::size_t first = commands.size();
    append(op, i, program_of_operator[i], commands);
    if (op.layer > layer) commands[first].gap += kernels_.serial_per_layer;
    layer = op.layer;
  }
  if (!kernels_.host_time_per_step.is_zero()) {
    Command host;
    host.kind = CommandKind::kHost;
    host.name = "host";
    host.host_time = kernels_.host_time_per_step;
    commands.push_back(host);
  }
}

void Lowering::append(const Operator& op, std::size_t index, std::int32_t program,
                      std::vector<Command>& commands) const {
  switch (op.kind) {
    case OperatorKind::kGemm: gemm(op, index, commands); break;
    case OperatorKind::kAttention:
    case OperatorKind::kLatentAttention: attention(op, index, commands); break;
    case OperatorKind::kKvAppend: kv_append(op, index, commands); break;
    case OperatorKind::kRope:
      if (kernels_.separate_rope) elementwise(op, index, commands);
      break;
    case OperatorKind::kActivation: elementwise(op, index, commands); break;
    case OperatorKind::kEmbedding:
    case OperatorKind::kNorm: row_wise(op, index, commands); break;
    case OperatorKind::kSampling: sampling(op, commands); break;
    case OperatorKind::kAllReduce:
    case OperatorKind::kAllGather: {
      Command command = kernel(op);
      command.kind = CommandKind::kCollective;
      command.program = program;
      commands.push_back(command);
      break;
    }
  }
}

Command Lowering::kernel(const Operator& op) const {
  Command command;
  command.name = op.name;
  command.layer = op.layer;
  command.gap = kernels_.start;
  return command;
}

Transfer Lowering::weights(const Operator& op, std::size_t index) const {
  const Region& region = placement_.weights(index);
  return {.tier = region.tier,
          .write = false,
          .prefetchable = true,
          .traffic = TrafficClass::kWeights,
          .tensor = static_cast<std::uint32_t>(index),
          .address = region.address,
          .bytes = op.weight_bytes,
          .run = load_run_};
}

void Lowering::gemm(const Operator& op, std::size_t index, std::vector<Command>& commands) const {
  const MatrixWork work{op.m, op.n, op.k, multiplication_type(op), op.groups, op.group_rows};
  const bool narrow = bits_of(op.weight_type) <= 8 && op.multiplies_as != op.activation_type;
  for (std::int64_t i = 0; i < kernels_.quantise_kernels && narrow; ++i) {
    Command quantise = kernel(op);
    quantise.name = "quantise";
    const Bytes row = size_of(op.activation_type, op.k) + size_of(op.weight_type, op.k);
    quantise.work = VectorWork{work.rows(), row, Flops(2 * work.rows() * op.k), kRowWiseAccesses};
    commands.push_back(quantise);
  }
  Command command = kernel(op);
  command.gap += kernels_.matrix_prologue;
  command.drain = kernels_.matrix_epilogue;
  command.work = work;
  command.add_transfer(weights(op, index));
  commands.push_back(command);
}

void Lowering::attention(const Operator& op, std::size_t, std::vector<Command>& commands) const {
  const Region& cache = placement_.kv_cache();
  Command command = kernel(op);
  command.gap += kernels_.attention_prologue;
  command.drain = kernels_.attention_epilogue;
  command.work = AttentionWork{op.sequences, op.q_heads,         op.kv_heads,        op.head_dim,
                               op.kv_tokens, op.longest_context, op.activation_type, kernels_.balanced_split,
                               op.value_dim, op.query_tokens,    op.most_queries,    op.attended};
  command.add_transfer({.tier = cache.tier,
                        .write = false,
                        .prefetchable = false,
                        .traffic = TrafficClass::kKvCache,
                        .tensor = 0,
                        .address = cache.address,
                        .bytes = op.kv_read,
                        .run = size_of(op.kv_type, kernels_.kv_page_tokens * op.head_dim)});
  commands.push_back(command);
  if (!kernels_.separate_combine || op.most_queries > kMostSplitQueries) return;
  Command combine = kernel(op);
  combine.name = "attention_combine_splits";
  const std::int64_t rows = std::max(op.sequences, op.query_tokens) * op.q_heads;
  const std::int64_t elements = op.value_dim > 0 ? op.value_dim : op.head_dim;
  combine.work =
      VectorWork{rows, Bytes(2 * elements * kPartialBytes), Flops(2 * rows * elements), kElementwiseAccesses};
  commands.push_back(combine);
}

// The new token's keys and values: one short run a sequence, head and side.
void Lowering::kv_append(const Operator& op, std::size_t, std::vector<Command>& commands) const {
  const Region& cache = placement_.kv_cache();
  const Transfer write{.tier = cache.tier,
                       .write = true,
                       .prefetchable = false,
                       .traffic = TrafficClass::kKvCache,
                       .tensor = 0,
                       .address = cache.address,
                       .bytes = op.kv_written,
                       .run = size_of(op.kv_type, op.head_dim)};
  if (!kernels_.separate_kv_append && !commands.empty()) {
    // Fused into the kernel before it, which made q, k and v.
    commands.back().add_transfer(write);
    return;
  }
  Command command = kernel(op);
  const std::int64_t bytes = (op.input_bytes + op.kv_written).count();
  command.work = VectorWork{checked::narrow(checked::divide_up(bytes, kBlockBytes)),
                            Bytes(std::min(bytes, kBlockBytes)), op.flops, kElementwiseAccesses};
  command.add_transfer(write);
  commands.push_back(command);
}

void Lowering::elementwise(const Operator& op, std::size_t index, std::vector<Command>& commands) const {
  Command command = kernel(op);
  const std::int64_t bytes = (op.input_bytes + op.output_bytes).count();
  command.work = VectorWork{checked::narrow(checked::divide_up(bytes, kBlockBytes)),
                            Bytes(std::min(bytes, kBlockBytes)), op.flops, kElementwiseAccesses};
  command.add_transfer(weights(op, index));
  commands.push_back(command);
}

// One row a sequence, which one core works on.
void Lowering::row_wise(const Operator& op, std::size_t index, std::vector<Command>& commands) const {
  require(op.sequences > 0, "Lowering", "a row-wise operator without rows");
  Command command = kernel(op);
  const bool lookup = op.kind == OperatorKind::kEmbedding;
  const Bytes row((op.input_bytes + op.output_bytes).count() / op.sequences);
  command.work = VectorWork{op.sequences, row, op.flops, lookup ? kElementwiseAccesses : kRowWiseAccesses};
  command.add_transfer(weights(op, index));
  if (lookup) {
    // Rows of the table, anywhere in it.
    const Region& table = placement_.embedding();
    command.add_transfer({.tier = table.tier,
                          .write = false,
                          .prefetchable = false,
                          .traffic = TrafficClass::kWeights,
                          .tensor = static_cast<std::uint32_t>(index),
                          .address = table.address,
                          .bytes = op.input_bytes,
                          .run = Bytes(op.input_bytes.count() / op.sequences)});
  }
  commands.push_back(command);
}

void Lowering::sampling(const Operator& op, std::vector<Command>& commands) const {
  for (std::int64_t i = 0; i < kernels_.sampling_kernels; ++i) {
    Command command = kernel(op);
    const Bytes logits =
        Bytes(checked::multiply_divide_up(op.input_bytes.count(), kLogitBytes * 8, bits_of(op.activation_type)));
    const std::int64_t blocks = checked::narrow(checked::divide_up(logits.count(), kBlockBytes));
    command.work = VectorWork{blocks, Bytes(kBlockBytes), op.flops, kRowWiseAccesses};
    commands.push_back(command);
  }
}

}  // namespace decodesim
