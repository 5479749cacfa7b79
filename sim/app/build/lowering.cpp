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
// Logits are sampled in fp32.
constexpr std::int64_t kLogitBytes = 4;

// Narrow weights multiply at their own rate when the activations have been quantised to match; otherwise they are
// widened and multiply at the activations' rate.
DataType multiplication_type(const Operator& op) {
  if (op.multiplies_as) return *op.multiplies_as;
  const bool eight = op.weight_type == DataType::kFp8 || op.weight_type == DataType::kInt8;
  return eight ? op.weight_type : op.activation_type;
}

// Among several stages, the host's work stands between a micro-batch's tokens and its next embedding.
bool is_pipelined(const StepProgram& step) {
  return std::any_of(step.operators.begin(), step.operators.end(), [](const Operator& op) {
    return op.kind == OperatorKind::kSend || op.kind == OperatorKind::kReceive;
  });
}

// Blocks of kBlockBytes over `bytes`.
VectorWork blocks_of(Bytes bytes, Flops flops) {
  return {checked::narrow(checked::divide_up(bytes.count(), kBlockBytes)), Bytes(std::min(bytes.count(), kBlockBytes)),
          flops, kElementwiseAccesses};
}

// What passes through the cache in a step, whatever is used twice of it in a row counted once.
Bytes operands_of(const StepProgram& step) {
  Bytes sum;
  std::int64_t copies = 1;
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    if (step.tensor_of(i) == i) sum += op.weight_bytes;
    sum += op.kv_read + op.output_bytes;
    copies = std::max(copies, op.buffers);
  }
  if (!step.operators.empty()) sum += step.operators.front().input_bytes;
  return sum * copies;
}

}  // namespace

Lowering::Lowering(KernelLibrary library, const AcceleratorParameters& accelerator, const Placement& placement)
    : library_(std::move(library)),
      load_run_(accelerator.load_run),
      scratchpad_(accelerator.cache_ways == 0 ? accelerator.sram : Bytes()),
      placement_(placement) {}

void Lowering::lower(const StepProgram& step, const std::vector<std::int32_t>& program_of_operator,
                     std::vector<Command>& commands) const {
  commands.clear();
  std::int32_t layer = -1;
  const bool pipelined = is_pipelined(step);
  Place place;
  place.step_operands = operands_of(step);
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    if (pipelined && op.kind == OperatorKind::kEmbedding) host_work(commands);
    const std::size_t first = commands.size();
    place.tensor = step.tensor_of(i);
    place.first = i == 0;
    place.last = i + 1 == step.operators.size();
    append(op, place, program_of_operator[i], commands);
    if (op.layer > layer && commands.size() > first) commands[first].gap += library_.common.serial_per_layer;
    layer = op.layer;
  }
  if (!pipelined) host_work(commands);
}

void Lowering::host_work(std::vector<Command>& commands) const {
  if (library_.common.host_time_per_step.is_zero()) return;
  Command host;
  host.kind = CommandKind::kHost;
  host.name = "host";
  host.host_time = library_.common.host_time_per_step;
  commands.push_back(host);
}

void Lowering::append(const Operator& op, const Place& place, std::int32_t program,
                      std::vector<Command>& commands) const {
  switch (op.kind) {
    case OperatorKind::kGemm: gemm(op, place, commands); break;
    case OperatorKind::kAttention:
    case OperatorKind::kLatentAttention: attention(op, place, commands); break;
    case OperatorKind::kKvAppend: kv_append(op, place, commands); break;
    case OperatorKind::kKvMove: kv_move(op, place, commands); break;
    case OperatorKind::kRope:
      if (library_.common.separate_rope) elementwise(op, place, commands);
      break;
    case OperatorKind::kActivation: elementwise(op, place, commands); break;
    case OperatorKind::kRouting: routing(op, place, commands); break;
    case OperatorKind::kEmbedding:
    case OperatorKind::kNorm: row_wise(op, place, commands); break;
    case OperatorKind::kRetrieval: retrieval(op, commands); break;
    case OperatorKind::kSampling: sampling(op, commands); break;
    case OperatorKind::kAllReduce:
    case OperatorKind::kAllGather:
    case OperatorKind::kAllToAll:
    case OperatorKind::kSend:
    case OperatorKind::kReceive:
    case OperatorKind::kReduceScatter:
    case OperatorKind::kBroadcast:
    case OperatorKind::kSendReceive: {
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
  command.gap = library_.common.start;
  return command;
}

Command Lowering::vector_kernel(const Operator& op, const VectorWork& work) const {
  Command command = kernel(op);
  command.drain = library_.common.vector_overhead;
  command.work = work;
  return command;
}

void Lowering::add_weights(Command& command, const Operator& op, const Place& place) const {
  const Bytes hot = op.hot_weight_bytes();
  const auto add = [&](const Region& region, Bytes bytes) {
    command.add_transfer({.tier = region.tier,
                          .write = false,
                          .prefetchable = true,
                          .announced = !op.routed,  // which experts, the router says
                          .traffic = TrafficClass::kWeights,
                          .tensor = static_cast<std::uint32_t>(place.tensor),
                          .address = region.address,
                          .bytes = bytes,
                          .run = load_run_,
                          .reuse_distance = place.step_operands});
  };
  add(placement_.weights(place.tensor), op.weight_bytes - hot);
  if (!hot.is_zero()) add(placement_.hot_weights(place.tensor), hot);
}

void Lowering::add_activations(Command& command, Bytes bytes, bool write, Bytes reuse_distance) const {
  if (bytes <= scratchpad_) return;
  const Region region = placement_.activations();
  command.add_transfer({.tier = region.tier,
                        .write = write,
                        .prefetchable = false,
                        .traffic = TrafficClass::kActivations,
                        .tensor = 0,
                        .address = region.address,
                        .bytes = bytes,
                        .run = Bytes(),
                        .reuse_distance = reuse_distance});
}

// The kernel before has just written it, unless this is the step's first.
void Lowering::add_input(Command& command, Bytes bytes, const Place& place) const {
  add_activations(command, bytes, false, place.first ? place.step_operands : bytes);
}

void Lowering::add_output(Command& command, Bytes bytes, const Place& place) const {
  add_activations(command, bytes, true, place.last ? place.step_operands : bytes);
}

// The first finds the largest value, the last scales; a single one does both. Others in between move next to nothing.
// Where the scales are known, only the last is left.
void Lowering::quantise(const Operator& op, const Place& place, const MatrixKernel& kernel, std::int64_t rows,
                        std::vector<Command>& commands) const {
  const Bytes wide = size_of(op.activation_type, op.k);
  const Bytes narrow = size_of(multiplication_type(op), op.k);
  const std::int64_t kernels =
      op.scales_unknown ? kernel.quantise_kernels : std::min<std::int64_t>(1, kernel.quantise_kernels);
  for (std::int64_t i = 0; i < kernels; ++i) {
    const bool first = i == 0;
    const bool last = i + 1 == kernels;
    const Bytes row = (first || last ? wide : Bytes()) + (last ? narrow : Bytes());
    Command command = vector_kernel(op, {rows, row, Flops(2 * rows * op.k), kRowWiseAccesses});
    command.name = "quantise";
    if (first || last)
      add_activations(command, wide * rows, false, place.first && first ? place.step_operands : wide * rows);
    if (last) add_activations(command, narrow * rows, true, (wide + narrow) * rows);
    commands.push_back(command);
  }
}

void Lowering::gemm(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  const MatrixKernel& kind = (op.routed ? library_.experts : library_.gemm).of(op);
  const MatrixWork work{op.m, op.n, op.k, multiplication_type(op), op.groups, op.group_rows, &kind};
  const std::int64_t rows = work.rows();
  const bool narrow = bits_of(multiplication_type(op)) < bits_of(op.activation_type);
  if (narrow) quantise(op, place, kind, rows, commands);
  const bool many_rows = kind.one_kernel_to > 0 && op.m > kind.one_kernel_to;
  for (std::int64_t i = 0; i < kind.kernels_before + (many_rows ? 1 : 0); ++i) {
    commands.push_back(vector_kernel(op, {1, Bytes(), Flops(), kRowWiseAccesses}));
    commands.back().name = "preparation";
  }
  Command command = kernel(op);
  command.gap += kind.prologue;
  command.drain = kind.epilogue;
  command.work = work;
  add_weights(command, op, place);
  if (narrow && kind.quantise_kernels > 0)
    add_activations(command, size_of(multiplication_type(op), checked::multiply(rows, op.k)), false,
                    op.input_bytes + op.output_bytes);
  else
    add_input(command, op.input_bytes, place);
  add_output(command, op.output_bytes, place);
  commands.push_back(command);
}

void Lowering::attention(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  const AttentionKernel& kind = library_.attention.of(op);
  const std::int64_t queries = std::max(op.sequences, op.query_tokens) * op.q_heads;
  const Bytes query = size_of(op.activation_type, op.head_dim);
  for (std::int64_t i = 0; i < kind.kernels_before; ++i) {
    Command before = vector_kernel(op, {queries, query * 2, Flops(), kRowWiseAccesses});
    before.name = "attention_preparation";
    commands.push_back(before);
  }
  Command command = kernel(op);
  command.gap += kind.prologue;
  command.drain = kind.epilogue;
  const std::int64_t entry = op.kind == OperatorKind::kLatentAttention ? op.head_dim : 2 * op.head_dim;
  command.work = AttentionWork{op.sequences,
                               op.q_heads,
                               op.kv_heads,
                               op.head_dim,
                               op.kv_tokens,
                               op.longest_context,
                               op.activation_type,
                               op.value_dim,
                               op.query_tokens,
                               op.most_queries,
                               op.attended,
                               size_of(op.kv_type, entry),
                               &kind};
  const Bytes run = size_of(op.kv_type, library_.common.kv_page_tokens * op.head_dim);
  command.add_transfer(cached(placement_.recent_kv(), op.kv_read - op.kv_old, run, place));
  if (!op.kv_old.is_zero()) command.add_transfer(cached(placement_.kv_cache(), op.kv_old, run, place));
  add_input(command, op.input_bytes, place);
  add_output(command, op.output_bytes, place);
  commands.push_back(command);
}

Transfer Lowering::cached(const Region& region, Bytes bytes, Bytes run, const Place& place) const {
  return {.tier = region.tier,
          .write = false,
          .prefetchable = false,
          .announced = true,  // the sequences of the batch are known
          .traffic = TrafficClass::kKvCache,
          .tensor = 0,
          .address = region.address,
          .bytes = bytes,
          .run = run,
          .reuse_distance = place.step_operands};
}

// One kernel that copies the blocks of all sequences and layers.
void Lowering::kv_move(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  Command command = vector_kernel(op, blocks_of(op.kv_read + op.kv_written, op.flops));
  const Bytes run = size_of(op.kv_type, library_.common.kv_page_tokens * op.head_dim);
  command.add_transfer(cached(placement_.recent_kv(), op.kv_read, run, place));
  Transfer write = cached(placement_.kv_cache(), op.kv_written, run, place);
  write.write = true;
  write.announced = false;
  command.add_transfer(write);
  commands.push_back(command);
}

// One kernel that collects what the queries have found. Where that is they say: nothing is announced or prefetched.
void Lowering::retrieval(const Operator& op, std::vector<Command>& commands) const {
  Command command = vector_kernel(op, blocks_of(op.retrieved, op.flops));
  const Region& corpus = placement_.corpus();
  command.add_transfer({.tier = corpus.tier,
                        .write = false,
                        .prefetchable = false,
                        .traffic = TrafficClass::kOther,
                        .tensor = 0,
                        .address = corpus.address,
                        .bytes = op.retrieved,
                        .run = op.retrieved_run});
  commands.push_back(command);
}

// The new token's keys and values: one short run a sequence, head and side. Those of prompts computed elsewhere come in
// whole blocks.
void Lowering::kv_append(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  Transfer write = cached(placement_.recent_kv(), op.kv_written, size_of(op.kv_type, op.head_dim), place);
  write.write = true;
  write.announced = false;
  Transfer arriving = write;
  arriving.bytes = op.kv_arriving;
  arriving.run = Bytes();
  // Fused into the kernel before it, which made q, k and v, or a kernel of its own.
  const bool fused = !library_.common.separate_kv_append && !commands.empty();
  if (!fused) commands.push_back(vector_kernel(op, blocks_of(op.input_bytes + op.kv_written, op.flops)));
  commands.back().add_transfer(write);
  commands.back().add_transfer(arriving);
}

void Lowering::elementwise(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  Command command = vector_kernel(op, blocks_of(op.input_bytes + op.output_bytes, op.flops));
  add_weights(command, op, place);
  add_input(command, op.input_bytes, place);
  add_output(command, op.output_bytes, place);
  commands.push_back(command);
}

// The choice itself, then the sorting, each over all tokens' logits.
void Lowering::routing(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  elementwise(op, place, commands);
  for (std::int64_t i = 0; i < library_.common.sorting_kernels; ++i) {
    Command sort = vector_kernel(op, blocks_of(op.output_bytes * 2, op.flops));
    sort.name = "sort_by_expert";
    commands.push_back(sort);
  }
}

// One row a sequence, which one core works on.
void Lowering::row_wise(const Operator& op, const Place& place, std::vector<Command>& commands) const {
  require(op.sequences > 0, "Lowering", "a row-wise operator without rows");
  const bool lookup = op.kind == OperatorKind::kEmbedding;
  const Bytes row((op.input_bytes + op.output_bytes).count() / op.sequences);
  Command command = vector_kernel(op, {op.sequences, row, op.flops, lookup ? kElementwiseAccesses : kRowWiseAccesses});
  add_weights(command, op, place);
  if (lookup) {
    // Rows of the table, anywhere in it.
    const Region& table = placement_.embedding();
    command.add_transfer({.tier = table.tier,
                          .write = false,
                          .prefetchable = false,
                          .traffic = TrafficClass::kWeights,
                          .tensor = static_cast<std::uint32_t>(place.tensor),
                          .address = table.address,
                          .bytes = op.input_bytes,
                          .run = Bytes(op.input_bytes.count() / op.sequences)});
  } else {
    add_input(command, op.input_bytes, place);
  }
  add_output(command, op.output_bytes, place);
  commands.push_back(command);
}

void Lowering::sampling(const Operator& op, std::vector<Command>& commands) const {
  for (std::int64_t i = 0; i < library_.common.sampling_kernels; ++i) {
    const Bytes logits =
        Bytes(checked::multiply_divide_up(op.input_bytes.count(), kLogitBytes * 8, bits_of(op.activation_type)));
    const std::int64_t blocks = checked::narrow(checked::divide_up(logits.count(), kBlockBytes));
    commands.push_back(vector_kernel(op, {blocks, Bytes(kBlockBytes), op.flops, kRowWiseAccesses}));
  }
}

}  // namespace decodesim
