// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include "sim/app/metrics/step_metrics.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/summary_lines.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

std::string context_text(const WorkloadPlan& workload) {
  const StepKinds& kinds = workload.kinds;
  if (workload.trace)
    return "trace of up to " + counted(workload.trace->largest_batch(), "sequence") + " and " +
           grouped_text(workload.trace->longest_context()) + " tokens of context";
  const std::string batch = "batch " + grouped_text(workload.batch);
  if (!kinds.prefill) return batch + ", context " + grouped_text(workload.context);
  std::string text = batch + ", prompt " + grouped_text(kinds.prefill->prompt);
  if (kinds.prefill->chunk > 0) text += " in chunks of " + grouped_text(kinds.prefill->chunk);
  if (kinds.prefill->output > 1) text += ", output " + grouped_text(kinds.prefill->output);
  return text;
}

// "mean 16.4 ms, p99 16.6 ms; hbf: 23,456 P/E cycles, 1.2 % of pages sensed again, worn out: ..".
std::string window_text(const WindowMetrics& window) {
  std::string text = "mean " + to_short_text(window.latency.mean) + ", p99 " + to_short_text(window.latency.p99);
  for (const TierCondition& tier : window.flash) {
    text += "; " + tier.tier + ": " + counted(tier.flash.cycles, "P/E cycle") + ", " +
            percent_text(static_cast<double>(tier.flash.retry.count()) / kPartsPerMillion) + " of pages sensed again";
    if (tier.flash.state != "good") text += ", " + tier.flash.state;
  }
  return text;
}

}  // namespace

std::string steps_text(const WorkloadPlan& workload) {
  const StepKinds& kinds = workload.kinds;
  std::string text = context_text(workload);
  if (kinds.vision_tokens > 0) text += ", " + counted(kinds.vision_tokens, "vision token") + " before";
  if (kinds.chunk) text += ", with " + counted(kinds.chunk->tokens, "token") + " of a prompt in each step";
  if (kinds.arrivals)
    text += ", prompts of " + grouped_text(kinds.arrivals->prompt) + " from elsewhere for each " +
            counted(kinds.arrivals->output, "token") + " made";
  if (kinds.speculation)
    text += ", " + counted(kinds.speculation->draft_tokens, "token") + " drafted by " +
            (workload.draft ? workload.draft->architecture.name : "");
  if (kinds.diffusion)
    text += ", blocks of " + grouped_text(kinds.diffusion->block) + " refined " +
            counted(kinds.diffusion->refinements, "time");
  return text;
}

void print_step_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  for (const WindowMetrics& window : window_metrics(plan, result))
    print_line(out, "after " + counted(window.days, "day"), window_text(window));
  if (const auto prefill = prefill_metrics(plan, result)) {
    const std::string rate = rate_text(prefill->prompt_tokens_per_s) + " prompt tokens/s";
    print_line(out, "first token",
               prefill->time_to_first ? "after " + to_short_text(*prefill->time_to_first) + ", " + rate
                                      : "not reached, " + rate);
  }
  if (const auto speculation = speculation_metrics(plan, result))
    print_line(out, "speculation",
               grouped_text(speculation->accepted) + " of " + counted(speculation->drafted, "drafted token") +
                   " accepted, " + significant_text(speculation->tokens_per_step, 3) +
                   " tokens a sequence and step; drafting takes " + to_short_text(speculation->drafting) +
                   " of a step");
  if (const auto diffusion = diffusion_metrics(plan, result))
    print_line(out, "diffusion",
               counted(diffusion->blocks, "block") + " in " + to_short_text(diffusion->block) + " each, " +
                   significant_text(diffusion->tokens_per_step, 3) + " tokens a sequence and step");
}

}  // namespace decodesim
