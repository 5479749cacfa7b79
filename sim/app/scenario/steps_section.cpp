// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/steps_section.hpp"

#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

constexpr Range<std::int64_t> kBatch{1, 1'000'000};

}  // namespace

Schema<PhaseKey> PhaseKey::schema() {
  return std::move(
      Schema<PhaseKey>("workload", "")
          .choice<Phase>("phase", &PhaseKey::phase, {{"decode", Phase::kDecode}, {"prefill", Phase::kPrefill}},
                         "Whether steps start from a context or compute prompts first", assumed("decode")));
}

Schema<VisionKey> VisionKey::schema() {
  return std::move(Schema<VisionKey>("workload", "")
                       .field("vision_tokens", &VisionKey::vision_tokens, {0, kLongestContext - 1},
                              "Image tokens before each prompt or context", assumed("0: text only")));
}

Schema<PromptBatch> PromptBatch::schema() {
  return std::move(Schema<PromptBatch>("workload", "")
                       .field("batch", &PromptBatch::batch, kBatch, "Prompts computed together", required()));
}

Schema<BatchAtContext> BatchAtContext::schema() {
  return std::move(Schema<BatchAtContext>("workload", "Blocks of a batch")
                       .field("batch", &BatchAtContext::batch, kBatch, "Sequences refined together", required())
                       .field("context", &BatchAtContext::context, {0, kLongestContext - 1},
                              "Tokens of each sequence in the cache before the first block", required()));
}

const std::vector<std::string>& StepsSection::keys() {
  static const std::vector<std::string> kKeys{"phase",         "prompt",   "chunk",       "output",    "vision_tokens",
                                              "prefill_chunk", "arrivals", "speculative", "diffusion", "retrieval"};
  return kKeys;
}

bool StepsSection::read(const Node& workload) {
  node_ = workload;
  Diagnostics& diagnostics = reading_.diagnostics;
  PhaseKey::schema().read(only(node_, {"phase"}), phase_, diagnostics);
  VisionKey::schema().read(only(node_, {"vision_tokens"}), vision_, diagnostics);
  StepKinds& kinds = reading_.plan.workload.kinds;
  kinds.vision_tokens = vision_.vision_tokens;
  read_retrieval();
  if (phase_.phase == Phase::kPrefill) {
    read_prefill();
    return true;
  }
  refuse({"prompt", "chunk", "output"}, "without phase: prefill", "phase: prefill, or context");
  const Node* speculative = node_.find("speculative");
  const Node* diffusion = node_.find("diffusion");
  const Node* chunk = node_.find("prefill_chunk");
  const Node* arrivals = node_.find("arrivals");
  if (speculative != nullptr) {
    refuse({"trace", "requests", "concurrency"}, "with speculative",
           "batch and context: how far a sequence gets in a step is drawn");
    refuse({"diffusion", "prefill_chunk", "arrivals"}, "with speculative", "one of them");
    read_speculative(*speculative);
    return false;
  }
  if (diffusion != nullptr) {
    refuse({"trace", "requests", "concurrency"}, "with diffusion", "batch and context: a block is many tokens");
    refuse({"steps"}, "with diffusion", "diffusion.blocks: the steps are those of its blocks");
    refuse({"prefill_chunk", "arrivals"}, "with diffusion", "one of them");
    read_diffusion(*diffusion);
    return true;
  }
  if (arrivals != nullptr) {
    refuse({"trace", "requests", "concurrency"}, "with arrivals", "batch and context: sequences come at a steady rate");
    refuse({"prefill_chunk"}, "with arrivals", "one of them");
    Arrivals::schema().read(*arrivals, kinds.arrivals.emplace(), diagnostics);
  }
  if (chunk != nullptr) PrefillChunk::schema().read(*chunk, kinds.chunk.emplace(), diagnostics);
  return false;
}

void StepsSection::refuse(const std::vector<std::string>& keys, const std::string& with, const std::string& expected) {
  for (const std::string& key : keys)
    for (const Node::Entry& entry : node_.entries())
      if (entry.key == key)
        reading_.diagnostics.error(entry.key_position, "'" + key + "' is given " + with + "; expected " + expected);
}

void StepsSection::read_retrieval() {
  const Node* node = node_.find("retrieval");
  if (node == nullptr) return;
  Diagnostics& diagnostics = reading_.diagnostics;
  Retrieval& retrieval = reading_.plan.workload.decode.retrieval;
  Retrieval::schema().read(*node, retrieval, diagnostics);
  const Node* corpus = find_path(*node, "corpus");
  const Node* read = find_path(*node, "read");
  const Node* run = find_path(*node, "run");
  if (corpus == nullptr || read == nullptr) return;  // reported
  for (const Node* given : {corpus, read, run})
    if (given != nullptr && diagnostics.has_error_at(given->position())) return;
  if (retrieval.read > retrieval.corpus)
    diagnostics.error(read->position(), "read: " + to_short_text(retrieval.read) + " of a corpus of " +
                                            to_short_text(retrieval.corpus) + "; expected at most all of it");
  if (retrieval.run > retrieval.read)
    diagnostics.error(run != nullptr ? run->position() : read->position(),
                      "run: " + to_short_text(retrieval.run) + " where a step reads " + to_short_text(retrieval.read) +
                          "; expected at most that");
}

void StepsSection::read_prefill() {
  refuse({"context", "steps", "trace", "requests", "concurrency"}, "with phase: prefill",
         "batch, prompt, and if wanted chunk and output");
  refuse({"speculative", "diffusion", "prefill_chunk", "arrivals"}, "with phase: prefill", "phase: decode");
  WorkloadPlan& plan = reading_.plan.workload;
  Prefill& prefill = plan.kinds.prefill.emplace();
  reading_.read_both(PromptBatch::schema(), prompts_, Prefill::schema(), prefill,
                     only(node_, {"batch", "prompt", "chunk", "output"}));
  plan.batch = prompts_.batch;
  plan.steps = *steps_of(plan.kinds);
}

void StepsSection::read_speculative(const Node& node) {
  Diagnostics& diagnostics = reading_.diagnostics;
  Speculation& speculation = reading_.plan.workload.kinds.speculation.emplace();
  Speculation::schema().read(node, speculation, diagnostics, {"draft_model"});
  if (!node.is_mapping()) return;
  const Node* model = node.find("draft_model");
  const bool drafts = speculation.method == DraftMethod::kDraft;
  if (drafts && model == nullptr)
    diagnostics.error(node.position(), "speculative lacks 'draft_model'; expected the name of a model or a file");
  else if (!drafts && model != nullptr)
    diagnostics.error(model->position(),
                      "draft_model is given with method: mtp, whose module comes with the model; expected method: "
                      "draft");
  else if (drafts)
    draft_read_ = read_model(*model, reading_, draft_);
}

void StepsSection::read_diffusion(const Node& node) {
  WorkloadPlan& plan = reading_.plan.workload;
  BlockDiffusion& diffusion = plan.kinds.diffusion.emplace();
  BlockDiffusion::schema().read(node, diffusion, reading_.diagnostics);
  BatchAtContext::schema().read(only(node_, {"batch", "context"}), batch_, reading_.diagnostics);
  plan.batch = batch_.batch;
  plan.context = batch_.context;
  plan.steps = *steps_of(plan.kinds);
}

void StepsSection::complete() {
  WorkloadPlan& plan = reading_.plan.workload;
  if (!plan.kinds.speculation || !node_.find("speculative")->is_mapping()) return;
  const Node& speculative = *node_.find("speculative");
  if (plan.decode.parallel.pipeline > 1)
    reading_.diagnostics.error(speculative.position(),
                               "speculative decoding over " + std::to_string(plan.decode.parallel.pipeline) +
                                   " pipeline stages is not available; expected pipeline parallelism 1");
  if (draft_read_) {
    const Node& place = *speculative.find("draft_model");
    plan.draft = plan.decode;
    plan.draft->retrieval = {};
    plan.draft->architecture = draft_.architecture;
    if (!draft_.architecture.moe.present()) {
      plan.draft->routing_alpha_ppm = 0;
      plan.draft->parallel.expert = 1;
    }
    for (const std::string& problem : problems(*plan.draft)) reading_.diagnostics.error(place.position(), problem);
    return;
  }
  const Node* method = speculative.find("method");
  if (method == nullptr || method->text() != "mtp" || plan.model.empty()) return;
  if (plan.decode.architecture.mtp_modules > 0)
    plan.draft = mtp_module_of(plan.decode);
  else
    reading_.diagnostics.error(method->position(), "method: mtp, but the model " + plan.model +
                                                       " has no multi-token prediction module; expected method: draft, "
                                                       "or a model with mtp_modules");
}

// The last of each kind is the largest.
void StepsSection::rehearse() const {
  const WorkloadPlan& plan = reading_.plan.workload;
  const StepKinds& kinds = plan.kinds;
  if (!kinds.prefill && !kinds.diffusion && !kinds.chunk && !kinds.speculation && !kinds.arrivals) return;
  const auto fill = [&](const DecodeConfig& config, PassOf of) {
    const StepPeak peak = peak_of(plan.schedule(reading_.plan.run.seed), of);
    const std::int64_t each = checked::narrow(checked::divide_up(peak.tokens, peak.sequences));
    const SequenceStep largest{checked::narrow(checked::divide_up(peak.kv_tokens, peak.sequences)), each, 1};
    const std::vector<SequenceStep> sequences(static_cast<std::size_t>(peak.sequences), largest);
    StepProgram step;
    DecodeStepBuilder builder(config);
    if (kinds.arrivals) builder.arrive(kinds.arrivals->tokens(plan.batch, plan.steps), kinds.arrivals->prompt);
    builder.fill(sequences, step);
  };
  fill(plan.decode, PassOf::kModel);
  if (plan.draft) fill(*plan.draft, PassOf::kDraft);
}

void StepsSection::resolve() {
  const WorkloadPlan& plan = reading_.plan.workload;
  if (node_.find("phase") != nullptr) reading_.resolve(PhaseKey::schema(), &node_, phase_, "workload");
  if (node_.find("vision_tokens") != nullptr) reading_.resolve(VisionKey::schema(), &node_, vision_, "workload");
  if (plan.decode.retrieval.present())
    reading_.resolve(Retrieval::schema(), node_.find("retrieval"), plan.decode.retrieval, "workload.retrieval");
  if (plan.kinds.prefill) {
    Prefill prefill = *plan.kinds.prefill;
    if (prefill.chunk == 0) prefill.chunk = prompt_tokens(plan.kinds);
    reading_.resolve(PromptBatch::schema(), &node_, prompts_, "workload");
    reading_.resolve(Prefill::schema(), &node_, prefill, "workload");
  }
  if (plan.kinds.chunk)
    reading_.resolve(PrefillChunk::schema(), node_.find("prefill_chunk"), *plan.kinds.chunk, "workload.prefill_chunk");
  if (plan.kinds.arrivals)
    reading_.resolve(Arrivals::schema(), node_.find("arrivals"), *plan.kinds.arrivals, "workload.arrivals");
  if (plan.kinds.speculation) {
    const Node* node = node_.find("speculative");
    reading_.resolve(Speculation::schema(), node, *plan.kinds.speculation, "workload.speculative");
    if (draft_read_)
      reading_.resolve(Architecture::schema(), &draft_.mapping, draft_.architecture,
                       "workload.speculative.draft_model");
  }
  if (plan.kinds.diffusion) {
    reading_.resolve(BatchAtContext::schema(), &node_, batch_, "workload");
    reading_.resolve(BlockDiffusion::schema(), node_.find("diffusion"), *plan.kinds.diffusion, "workload.diffusion");
  }
}

}  // namespace decodesim
