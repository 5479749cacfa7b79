// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/workload_section.hpp"

#include <filesystem>

#include "sim/app/scenario/format_check.hpp"
#include "sim/app/scenario/traced_experts.hpp"
#include "sim/core/config/yaml_reader.hpp"
#include "workloads/batching/continuous_batching.hpp"
#include "workloads/generator/length_generator.hpp"
#include "workloads/trace/azure_trace.hpp"

namespace decodesim {
namespace {

constexpr Range<std::int64_t> kSteps{1, 10'000'000};
constexpr std::int64_t kMostRequests = 10'000'000;

const std::vector<std::string> kKindsToCome{"serving", "collective"};

std::vector<std::string> generator_names() {
  std::vector<std::string> out;
  for (const LengthModel& model : length_models()) out.emplace_back(model.name);
  return out;
}

DecodeTrace first_steps(const DecodeTrace& trace, std::int64_t steps) {
  DecodeTrace out;
  for (std::int64_t step = 0; step < steps; ++step)
    out.add_step(trace.ids(step), trace.contexts(step), trace.expert_rows(step));
  return out;
}

std::string absolute_text(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path out = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path.string() : out.string();
}

}  // namespace

Schema<FixedSteps> FixedSteps::schema() {
  return std::move(
      Schema<FixedSteps>("workload", "Decode steps that are all alike")
          .field("batch", &FixedSteps::batch, {1, 1'000'000}, "Sequences decoded together", required())
          .field("context", &FixedSteps::context, {0, kLongestContext - 1},
                 "Tokens of each sequence in the cache before a step", required())
          .field("steps", &FixedSteps::steps, kSteps, "Decode steps to simulate", assumed("64: they are all alike")));
}

Schema<TraceSteps> TraceSteps::schema() {
  return std::move(Schema<TraceSteps>("workload", "The decode steps of a trace file")
                       .field("trace", &TraceSteps::trace, "Decode trace file, relative to the scenario", required())
                       .field("steps", &TraceSteps::steps, kSteps, "At most so many decode steps",
                              derived("all steps of the trace")));
}

Schema<AzureRequests> AzureRequests::schema() {
  return std::move(
      Schema<AzureRequests>("requests", "Requests of a trace file")
          .field("azure", &AzureRequests::azure, "Azure LLM trace file, relative to the scenario", required())
          .field("count", &AzureRequests::count, {1, kMostRequests}, "The first so many requests of the file",
                 derived("all requests of the file")));
}

Schema<GeneratedRequests> GeneratedRequests::schema() {
  return std::move(Schema<GeneratedRequests>("requests", "Requests drawn from a distribution of lengths, by run.seed")
                       .field("generator", &GeneratedRequests::generator, "Name of the distribution", required())
                       .field("count", &GeneratedRequests::count, {1, kMostRequests}, "How many", required()));
}

Schema<RoutingKeys> RoutingKeys::schema() {
  return std::move(Schema<RoutingKeys>("workload", "How tokens choose experts")
                       .field("routing", &RoutingKeys::routing,
                              "How unevenly tokens choose experts: balanced or power_law_<exponent>",
                              assumed("balanced: independently and evenly")));
}

Schema<BatchedSteps> BatchedSteps::schema() {
  return std::move(
      Schema<BatchedSteps>("workload", "Requests that continuous batching makes decode steps of")
          .field("concurrency", &BatchedSteps::concurrency, {1, 1'000'000}, "Most sequences in a step", required())
          .field("steps", &BatchedSteps::steps, kSteps, "At most so many decode steps",
                 derived("all steps that the requests make")));
}

void WorkloadSection::read(const Node& workload) {
  node_ = workload;
  if (!workload.is_mapping()) {
    reading_.diagnostics.error(workload.position(), "workload is " + std::string(workload.kind_text()) +
                                                        "; expected kind, model and what to decode");
    return;
  }
  if (!read_kind()) return;
  schema_detail::report_unknown_keys(workload, "workload",
                                     {"kind", "model", "precision", "batch", "context", "steps", "trace", "requests",
                                      "concurrency", "routing", "fast_forward"},
                                     StepsSection::keys(), reading_.diagnostics);
  read_model_key();
  if (const Node* precision = workload.find("precision"))
    Precision::schema().read(*precision, reading_.plan.workload.decode.precision, reading_.diagnostics);
  RoutingKeys::schema().read(only(workload, {"routing"}), routing_, reading_.diagnostics);
  read_routing();
  read_steps();
  fast_forward_.read(workload.find("fast_forward"));
}

void WorkloadSection::read_routing() {
  const Node* node = node_.find("routing");
  if (node == nullptr || reading_.diagnostics.has_error_at(node->position())) return;
  DecodeConfig& decode = reading_.plan.workload.decode;
  const auto alpha_ppm = distribution_named(node->text());
  if (!alpha_ppm)
    reading_.diagnostics.error(node->position(), "routing: '" + node->text() + "' is no distribution; expected " +
                                                     std::string(kDistributions));
  else if (!decode.architecture.moe.present() && !decode.architecture.name.empty())
    reading_.diagnostics.error(node->position(),
                               "routing: " + decode.architecture.name + " has no experts; expected no routing");
  decode.routing_alpha_ppm = alpha_ppm.value_or(0);
}

void WorkloadSection::check_formats() {
  decodesim::check_formats(reading_.plan, node_.find("precision"), reading_.diagnostics);
}

bool WorkloadSection::read_kind() {
  const Node* kind = node_.find("kind");
  if (kind == nullptr) {
    reading_.diagnostics.error(node_.position(),
                               "workload lacks 'kind'; expected kind: decode, memory, operators or traffic");
    return false;
  }
  if (kind->text() == "decode") return true;
  const bool to_come = std::find(kKindsToCome.begin(), kKindsToCome.end(), kind->text()) != kKindsToCome.end();
  reading_.diagnostics.error(
      kind->position(),
      "kind '" + kind->text() +
          (to_come ? "' is not available in this version; expected decode, memory, operators or traffic"
                   : "' is no kind of workload; expected decode, memory, operators or traffic"));
  return false;
}

void WorkloadSection::read_model_key() {
  const Node* given = node_.find("model");
  if (given == nullptr) {
    reading_.diagnostics.error(node_.position(), "workload lacks 'model'; expected the name of a model or a file");
    return;
  }
  if (!read_model(*given, reading_, model_)) return;
  WorkloadPlan& plan = reading_.plan.workload;
  plan.decode.architecture = model_.architecture;
  plan.model = model_.architecture.name;
}

// The keys that say what the steps are; the others belong to other schemas.
Node WorkloadSection::steps_node(const std::vector<std::string>& keys) const { return only(node_, keys); }

void WorkloadSection::read_steps() {
  Diagnostics& diagnostics = reading_.diagnostics;
  if (steps_.read(node_)) {
    source_ = Source::kOwnSteps;
    return;
  }
  const Node* trace = node_.find("trace");
  const Node* requests = node_.find("requests");
  std::vector<std::string> keys{"batch", "context", "steps", "concurrency"};
  if (trace != nullptr && requests != nullptr) {
    diagnostics.error(requests->position(), "both 'trace' and 'requests' are given; expected one of them");
  } else if (trace != nullptr) {
    source_ = Source::kTrace;
    keys.emplace_back("trace");
    TraceSteps::schema().read(steps_node(keys), trace_, diagnostics);
  } else if (requests != nullptr) {
    BatchedSteps::schema().read(steps_node(keys), batched_, diagnostics);
    read_requests(*requests);
  } else if (node_.find("batch") == nullptr && node_.find("context") == nullptr) {
    diagnostics.error(node_.position(),
                      "workload says not what to decode; expected batch and context, a trace, or "
                      "requests and concurrency");
  } else {
    FixedSteps::schema().read(steps_node(keys), fixed_, diagnostics);
    WorkloadPlan& plan = reading_.plan.workload;
    plan.batch = fixed_.batch;
    plan.context = fixed_.context;
    plan.steps = fixed_.steps;
  }
}

void WorkloadSection::read_requests(const Node& requests) {
  Diagnostics& diagnostics = reading_.diagnostics;
  const Node* azure = requests.find("azure");
  const Node* generator = requests.find("generator");
  if (azure != nullptr && generator != nullptr) {
    diagnostics.error(requests.position(), "both 'azure' and 'generator' are given; expected one of them");
  } else if (azure != nullptr) {
    source_ = Source::kAzure;
    AzureRequests::schema().read(requests, azure_, diagnostics);
  } else if (generator != nullptr) {
    source_ = Source::kGenerator;
    GeneratedRequests::schema().read(requests, generated_, diagnostics);
    const std::vector<std::string> names = generator_names();
    if (generator->is_scalar() && std::find(names.begin(), names.end(), generator->text()) == names.end())
      diagnostics.error(generator->position(),
                        "generator: '" + generator->text() + "' is not known" + suggestion(generator->text(), names));
  } else {
    diagnostics.error(requests.position(),
                      "requests name no source; expected azure: FILE, or generator: NAME and count");
  }
}

void WorkloadSection::make_steps(std::int64_t seed) {
  if (source_ == Source::kFixed || source_ == Source::kOwnSteps) return;
  auto trace = std::make_shared<DecodeTrace>(source_ == Source::kTrace ? trace_of_file() : trace_of_requests(seed));
  WorkloadPlan& plan = reading_.plan.workload;
  plan.batch = trace->largest_batch();
  plan.context = trace->longest_context();
  plan.steps = trace->steps();
  (source_ == Source::kTrace ? trace_.steps : batched_.steps) = plan.steps;
  plan.trace = std::move(trace);
  if (source_ != Source::kTrace) return;
  check_traced_experts(reading_.plan, node_.find("trace")->position(), reading_.diagnostics);
  reading_.diagnostics.throw_if_any();
}

DecodeTrace WorkloadSection::trace_of_file() {
  const Node& name = *node_.find("trace");
  const std::filesystem::path file = reading_.catalog.trace_file(name);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw ConfigError(name.position(), "trace '" + name.text() +
                                           "' does not exist; expected a decode trace file, "
                                           "relative to the file that names it");
  trace_.trace = absolute_text(file);
  DecodeTrace trace = read_decode_trace(file.string());
  if (trace.steps() == 0) throw ConfigError(whole_file(file.string()), "the trace is empty; expected a step");
  return trace_.steps > 0 && trace_.steps < trace.steps() ? first_steps(trace, trace_.steps) : std::move(trace);
}

DecodeTrace WorkloadSection::trace_of_requests(std::int64_t seed) {
  const Node& requests_node = *node_.find("requests");
  std::vector<Request> requests;
  if (source_ == Source::kAzure) {
    const Node& name = *requests_node.find("azure");
    const std::filesystem::path file = reading_.catalog.trace_file(name);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
      throw ConfigError(name.position(), "trace '" + name.text() +
                                             "' does not exist; expected an Azure LLM trace "
                                             "file, relative to the file that names it");
    azure_.azure = absolute_text(file);
    requests = read_azure_trace(file.string(), azure_.count);
    azure_.count = static_cast<std::int64_t>(requests.size());
  } else {
    for (const LengthModel& model : length_models())
      if (model.name == generated_.generator)
        requests = generate_requests(model.prompt, model.output, generated_.count, static_cast<std::uint64_t>(seed));
  }
  const BatchingOptions options{batched_.concurrency, batched_.steps};
  check_requests(requests, options, requests_node.position());
  return continuous_batching(requests, options);
}

void WorkloadSection::resolve() {
  struct Kind {
    std::string kind = "decode";
  };
  const Schema<Kind> kind =
      std::move(Schema<Kind>("workload", "")
                    .choice<std::string>("kind", &Kind::kind, {{"decode", "decode"}}, "What is simulated", required()));
  reading_.resolve(kind, &node_, Kind{}, "workload");
  const WorkloadPlan& plan = reading_.plan.workload;
  reading_.resolve(Architecture::schema(), &model_.mapping, plan.decode.architecture, "workload.model");
  reading_.resolve(Precision::schema(), node_.find("precision"), plan.decode.precision, "workload.precision");
  if (plan.decode.architecture.moe.present()) reading_.resolve(RoutingKeys::schema(), &node_, routing_, "workload");
  steps_.resolve();
  fast_forward_.resolve();
  switch (source_) {
    case Source::kOwnSteps: return;
    case Source::kFixed: reading_.resolve(FixedSteps::schema(), &node_, fixed_, "workload"); return;
    case Source::kTrace: reading_.resolve(TraceSteps::schema(), &node_, trace_, "workload"); return;
    case Source::kAzure:
      reading_.resolve(AzureRequests::schema(), node_.find("requests"), azure_, "workload.requests");
      break;
    case Source::kGenerator:
      reading_.resolve(GeneratedRequests::schema(), node_.find("requests"), generated_, "workload.requests");
      break;
  }
  reading_.resolve(BatchedSteps::schema(), &node_, batched_, "workload");
}

}  // namespace decodesim
