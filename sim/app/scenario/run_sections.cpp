// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/run_sections.hpp"

#include <algorithm>
#include <limits>

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {
namespace {

std::string text(std::int64_t n) { return std::to_string(n); }

// "tensor 4 x pipeline 2": the degrees that take ranks, those of 1 left out.
std::string degrees_text(const Parallelism& p) {
  std::string out;
  const auto add = [&out](const char* key, std::int64_t degree) {
    if (degree > 1) out += (out.empty() ? "" : " x ") + std::string(key) + " " + text(degree);
  };
  add("tensor", p.tensor);
  add("pipeline", p.pipeline);
  add("data", p.data);
  add("context", p.context);
  return out.empty() ? "tensor 1" : out;
}

}  // namespace

Schema<Parallelism> ParallelKeys::schema() {
  using P = Parallelism;
  const Range<std::int64_t> degree{1, 65'536};
  return std::move(
      Schema<P>("parallel", "How the model is divided among the accelerators")
          .field("tensor", &P::tensor, degree, "Ranks that share every layer of a replica",
                 derived("system.accelerators.count over the other degrees but expert"))
          .field("pipeline", &P::pipeline, degree, "Stages of consecutive layers", assumed("1: off"))
          .field("expert", &P::expert, degree, "Parts of a stage's ranks that the experts are dealt to",
                 assumed("1: every expert is divided in its width among all of them"))
          .field("data", &P::data, degree, "Replicas of attention, with sequences of their own", assumed("1: off"))
          .field("context", &P::context, degree, "Parts that each sequence's cache is divided into",
                 assumed("1: off")));
}

Schema<CollectiveKeys> CollectiveKeys::schema(const CollectivesGiven& given) {
  using K = CollectiveKeys;
  Schema<K> schema("collectives", "Algorithms of the collectives");
  schema.choice("all_reduce", &K::all_reduce, collective_algorithm_choices(CollectiveOp::kAllReduce),
                "Algorithm of every all-reduce; auto: as the software profile selects by size",
                assumed("auto: what the runtime would do"));
  if (given.all_gather)
    schema.choice("all_gather", &K::all_gather, collective_algorithm_choices(CollectiveOp::kAllGather),
                  "Algorithm of every all-gather; auto: one_shot", assumed("auto: a kernel of the runtime's own"));
  if (given.expert_exchange)
    schema.choice("expert_exchange", &K::expert_exchange, token_travel_choices(),
                  "How tokens travel to the ranks of their experts and back; even: the mean between every two ranks",
                  assumed("even: no token is routed"));
  return schema;
}

Schema<MappingKeys> MappingKeys::schema(const PlacementGiven& placed, const CollectivesGiven& collectives) {
  return std::move(
      Schema<MappingKeys>("mapping", "How the work lies on the machine")
          .choice<KvSplit>("kv_split", &MappingKeys::kv_split,
                           {{"heads", KvSplit::kHeads}, {"sequence", KvSplit::kSequence}},
                           "With more ranks than kv heads: each rank holds a whole head, or a part of the sequence",
                           assumed("heads: what runtimes do by default"))
          .nested("parallel", &MappingKeys::parallel, ParallelKeys::schema())
          .nested("placement", &MappingKeys::placement, PlacementKeys::schema(placed))
          .nested("collectives", &MappingKeys::collectives, CollectiveKeys::schema(collectives)));
}

Schema<OutputKeys> OutputKeys::schema() {
  return std::move(Schema<OutputKeys>("outputs", "Files beside the results")
                       .field("timeline", &OutputKeys::timeline, "Write a timeline of all events",
                              assumed("off: it costs time and space"))
                       .field("waveform", &OutputKeys::waveform, "Write a waveform", assumed("off")));
}

const Node* MappingSection::at(std::string_view path) const { return find_path(node_, path); }

void MappingSection::read(const Node* mapping, const Node* accelerators, const std::vector<std::string>& tiers) {
  Diagnostics& diagnostics = reading_.diagnostics;
  given_ = mapping != nullptr;
  if (given_) {
    node_ = *mapping;
    MappingKeys::schema({}, {}).read(node_, keys_, diagnostics);
  }
  read_parallel(accelerators);
  Plan& plan = reading_.plan;
  plan.workload.decode.kv_split_by_sequence = keys_.kv_split == KvSplit::kSequence;
  plan.software.all_reduce = keys_.collectives.all_reduce;
  plan.software.all_gather = keys_.collectives.all_gather;
  plan.software.expert_exchange = keys_.collectives.expert_exchange;
  plan.workload.decode.combined_on_the_way = keys_.collectives.expert_exchange == TokenTravel::kInNetwork;
  placement_.read(at("placement"), keys_.placement, tiers);
}

// Either of tensor and count may be left out.
void MappingSection::read_parallel(const Node* accelerators) {
  Plan& plan = reading_.plan;
  Parallelism& parallel = keys_.parallel;
  const Node* tensor = at("parallel.tensor");
  if (tensor == nullptr) {
    parallel.tensor = 1;
    parallel.tensor = std::max<std::int64_t>(1, accelerators != nullptr ? plan.accelerators / parallel.ranks() : 1);
  }
  const std::int64_t used = parallel.ranks();
  if (accelerators == nullptr) plan.accelerators = used;
  plan.workload.decode.parallel = parallel;
  const auto refused = [this](const Node* node) {
    return node != nullptr && reading_.diagnostics.has_error_at(node->position());
  };
  if (plan.accelerators == used || refused(tensor) || refused(accelerators)) return;
  reading_.diagnostics.error(accelerators->position(), "count: " + text(plan.accelerators) +
                                                           " accelerators, but mapping.parallel uses " + text(used) +
                                                           " (" + degrees_text(parallel) + "); expected equal numbers");
}

void MappingSection::check(const SourcePosition& fallback) {
  const Plan& plan = reading_.plan;
  const WorkloadPlan& workload = plan.workload;
  const DecodeConfig& decode = workload.decode;
  const auto report = [&](std::string_view key, const std::string& problem) {
    const Node* node = at("parallel." + std::string(key));
    if (node == nullptr) node = at("parallel.tensor");
    reading_.diagnostics.error(node != nullptr ? node->position() : fallback, problem);
  };
  for (const ShardingProblem& problem :
       sharding_problems(decode.architecture, decode.parallel, decode.kv_split_by_sequence))
    report(problem.key, problem.message);
  const std::int64_t replicas = decode.parallel.data;
  if (workload.batch > 0 && workload.batch < replicas)
    report("data", "data parallelism " + text(replicas) + " is more than the batch of " + text(workload.batch) +
                       "; expected at most a replica a sequence");
  check_collectives();
  check_exchange();
  placement_.check(fallback);
}

void MappingSection::check_collectives() {
  const Plan& plan = reading_.plan;
  if (keys_.collectives.all_reduce == CollectiveAlgorithm::kInNetwork && plan.network &&
      !reduces_in_network(*plan.network))
    reading_.diagnostics.error(at("collectives.all_reduce")->position(),
                               "all_reduce: in_network, but the switch cannot reduce; expected a switch with "
                               "reduction: true, or another algorithm");
}

void MappingSection::check_exchange() {
  const Plan& plan = reading_.plan;
  if (keys_.collectives.expert_exchange == TokenTravel::kEven) return;
  const Node* node = at("collectives.expert_exchange");
  if (!plan.workload.decode.architecture.moe.present() || plan.workload.decode.parallel.data == 1)
    reading_.diagnostics.error(node->position(),
                               "expert_exchange: all ranks have all tokens, and none travels; expected a model with "
                               "experts and mapping.parallel.data above 1");
  if (keys_.collectives.expert_exchange == TokenTravel::kInNetwork && plan.network &&
      !reduces_in_network(*plan.network))
    reading_.diagnostics.error(node->position(),
                               "expert_exchange: in_network, but the switch cannot reduce; expected a switch with "
                               "reduction: true, or plain");
}

// Of one sequence a replica and stage: batches change sizes, and not who takes part.
void MappingSection::check_groups() {
  if (keys_.collectives.all_reduce == CollectiveAlgorithm::kAuto &&
      keys_.collectives.all_gather == CollectiveAlgorithm::kAuto)
    return;
  const DecodeConfig& decode = reading_.plan.workload.decode;
  const std::vector<SequenceStep> sequences(static_cast<std::size_t>(decode.parallel.data), {0, 1, 1});
  const DecodeStepBuilder builder(decode);
  StepProgram step;
  for (std::int64_t stage = 0; stage < decode.parallel.pipeline; ++stage) {
    builder.fill(sequences, {stage}, step);
    for (const Operator& op : step.operators) {
      if (op.kind == OperatorKind::kAllReduce) check_group("all_reduce", CollectiveOp::kAllReduce, op.group);
      if (op.kind == OperatorKind::kAllGather) check_group("all_gather", CollectiveOp::kAllGather, op.group);
    }
  }
}

void MappingSection::check_group(const std::string& key, CollectiveOp op, std::int64_t ranks) {
  const CollectiveAlgorithm named =
      op == CollectiveOp::kAllReduce ? keys_.collectives.all_reduce : keys_.collectives.all_gather;
  const std::string problem = algorithm_problem(*reading_.plan.network, op, named, ranks);
  const Node* node = at("collectives." + key);
  if (!problem.empty() && !reading_.diagnostics.has_error_at(node->position()))
    reading_.diagnostics.error(node->position(), key + ": " + problem + "; expected another algorithm");
}

void MappingSection::resolve() {
  const CollectivesGiven given{at("collectives.all_gather") != nullptr, at("collectives.expert_exchange") != nullptr};
  reading_.resolve(MappingKeys::schema(placement_.given(), given), given_ ? &node_ : nullptr, keys_, "mapping");
}

Schema<RunPlan> run_schema() {
  // `on` and `auto` mean the same: ranks are only ever folded when they provably do the same.
  return std::move(Schema<RunPlan>("run", "How the simulation is run")
                       .field("seed", &RunPlan::seed, {0, std::numeric_limits<std::int64_t>::max()},
                              "Of everything random", assumed("1"))
                       .choice<bool>("fold", &RunPlan::fold, {{"auto", true}, {"on", true}, {"off", false}},
                                     "Whether one rank may stand for all that provably do the same",
                                     derived("auto: the results are equal, and it is faster")));
}

void read_run(const Node* run, Reading& reading) {
  if (run != nullptr) run_schema().read(*run, reading.plan.run, reading.diagnostics);
}

void read_outputs(const Node* outputs, Reading& reading) {
  if (outputs == nullptr) return;
  OutputKeys keys;
  OutputKeys::schema().read(*outputs, keys, reading.diagnostics);
  for (const char* key : {"timeline", "waveform"})
    if (key == std::string_view("timeline") ? keys.timeline : keys.waveform)
      reading.diagnostics.error(outputs->find(key)->position(),
                                std::string(key) + ": not available in this version; expected false");
}

}  // namespace decodesim
