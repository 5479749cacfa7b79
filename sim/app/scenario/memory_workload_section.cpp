// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/memory_workload_section.hpp"

#include <filesystem>
#include <sstream>

#include "sim/app/scenario/memory_levels.hpp"

namespace decodesim {
using namespace literals;
namespace {

constexpr std::int64_t kMostOutstanding = 1'000'000;
constexpr std::int64_t kMostOpen = 16'000'000;   // of all streams: each is a transaction in the host's memory
constexpr std::int64_t kFlatOutstanding = 1024;  // a flat memory has no queues that could say

const Node& at(const Node& mapping, std::string_view key) {
  const Node* node = mapping.find(key);
  return node != nullptr ? *node : mapping;
}

// `levels: [channel, row]` as the text "channel row", which a schema can hold.
Node with_levels_as_text(const Node& trace, Diagnostics& diagnostics) {
  Node out = trace;
  const Node* levels = trace.find("levels");
  if (levels == nullptr || !levels->is_sequence()) return out;
  std::string text;
  for (const Node& item : levels->items()) {
    if (schema_detail::expect_scalar(item, "a level", diagnostics)) text += (text.empty() ? "" : " ") + item.text();
  }
  out.set("levels", levels->position(), Node::scalar(std::move(text), levels->position()));
  return out;
}

}  // namespace

Schema<MemoryTraceKeys> MemoryTraceKeys::schema() {
  using T = MemoryTraceKeys;
  return std::move(Schema<T>("trace", "A file of single reads and writes")
                       .field("file", &T::file, "Memory trace file, relative to the scenario", required())
                       .choice("format", &T::format, memory_trace_format_choices(), "How its records are written",
                               derived("the file's first record"))
                       .field("access_bytes", &T::access_bytes, {1_B, kMostAccessBytes},
                              "Length of an access whose record states none", assumed("64 B, a cache line of a CPU"))
                       .field("clock", &T::clock, {Frequency(1), Frequency(kPicosecondsPerSecond)},
                              "Whose cycles the records count, where they do", assumed("1 GHz"))
                       .field("levels", &T::levels, "What the entries of an address vector mean, in order",
                              derived("how many there are, as Ramulator orders them")));
}

Schema<MemoryDriveKeys> MemoryDriveKeys::schema() {
  return std::move(Schema<MemoryDriveKeys>("workload", "How a memory is driven")
                       .field("outstanding", &MemoryDriveKeys::outstanding, {1, kMostOutstanding},
                              "Accesses that each stream keeps outstanding",
                              derived("what the accelerator keeps in flight, or else what all queues of the memory "
                                      "hold twice, divided among the streams")));
}

Schema<LoadCurveKeys> LoadCurveKeys::schema() {
  return std::move(Schema<LoadCurveKeys>("load_curve", "Latency against load")
                       .field("points", &LoadCurveKeys::points, {2, 100},
                              "Offered loads, from 5 percent of the memory's peak evenly to all of it",
                              assumed("ten: enough to see the knee")));
}

bool MemoryWorkloadSection::is_memory(const Node* workload) {
  const Node* kind = workload != nullptr ? workload->find("kind") : nullptr;
  return kind != nullptr && kind->text() == "memory";
}

bool MemoryWorkloadSection::is_trace(const Node* workload) {
  return is_memory(workload) && workload->find("trace") != nullptr;
}

void MemoryWorkloadSection::read(const Node& workload) {
  node_ = workload;
  Diagnostics& diagnostics = reading_.diagnostics;
  reading_.plan.workload.kind = WorkloadKind::kMemory;
  reading_.plan.workload.memory.emplace();
  schema_detail::report_unknown_keys(workload, "workload", {"kind", "pattern", "trace", "outstanding", "load_curve"},
                                     {}, diagnostics);
  const Node* pattern = workload.find("pattern");
  const Node* trace = workload.find("trace");
  if (pattern != nullptr && trace != nullptr)
    diagnostics.error(trace->position(), "both 'pattern' and 'trace' are given; expected one of them");
  else if (pattern != nullptr)
    read_pattern(*pattern);
  else if (trace != nullptr)
    read_trace(*trace);
  else
    diagnostics.error(workload.position(),
                      "workload says not what drives the memory; expected pattern: {kind: ..}, or trace: {file: ..}");
  MemoryDriveKeys::schema().read(only(workload, {"outstanding"}), drive_, diagnostics);
  read_load_curve();
}

void MemoryWorkloadSection::read_pattern(const Node& pattern) {
  AccessPattern& out = reading_.plan.workload.memory->pattern.emplace();
  AccessPattern::schema().read(pattern, out, reading_.diagnostics);
}

void MemoryWorkloadSection::read_trace(const Node& trace) {
  trace_node_ = with_levels_as_text(trace, reading_.diagnostics);
  MemoryTraceKeys::schema().read(trace_node_, trace_, reading_.diagnostics);
}

void MemoryWorkloadSection::read_load_curve() {
  const Node* curve = node_.find("load_curve");
  if (curve == nullptr) return;
  if (node_.find("trace") != nullptr)
    reading_.diagnostics.error(curve->position(),
                               "load_curve: a trace has the load that it has; expected a pattern, or no load_curve");
  LoadCurveKeys::schema().read(*curve, load_curve_, reading_.diagnostics);
  reading_.plan.workload.memory->load_points = load_curve_.points;
}

void MemoryWorkloadSection::complete(bool accelerator) {
  MemoryWorkloadPlan& plan = *reading_.plan.workload.memory;
  plan.accelerator = accelerator;
  if (plan.pattern)
    check_extent();
  else
    load_trace();
  if (accelerator) plan.initiator_latency = reading_.plan.accelerator.memory_path_latency;
  if (node_.find("outstanding") == nullptr) drive_.outstanding = default_outstanding();
  plan.outstanding = drive_.outstanding;
  const std::int64_t streams = plan.pattern ? plan.pattern->streams : 1;
  if (plan.outstanding * streams > kMostOpen)
    throw ConfigError(at(node_, "outstanding").position(), "outstanding: " + std::to_string(plan.outstanding) +
                                                               " accesses of each of " + std::to_string(streams) +
                                                               " streams; expected at most " +
                                                               std::to_string(kMostOpen) + " in all");
}

// The pattern by itself, and within the memory.
void MemoryWorkloadSection::check_extent() {
  const MemoryWorkloadPlan& plan = *reading_.plan.workload.memory;
  const AccessPattern& pattern = *plan.pattern;
  const Node& node = *node_.find("pattern");
  reading_.report_problems(node, pattern.problems(), "pattern");
  reading_.diagnostics.throw_if_any();
  const MemoryPlan& memory = reading_.plan.memory.front();
  const Bytes end = pattern.base + pattern.footprint * pattern.streams;
  if (end > memory.capacity())
    reading_.diagnostics.error(
        at(node, "footprint").position(),
        "pattern: " + std::to_string(pattern.streams) + (pattern.streams == 1 ? " stream of " : " streams of ") +
            to_text(pattern.footprint) + " from " + to_text(pattern.base) + " end at " + to_text(end) +
            ", beyond memory " + memory.name + "; expected at most its capacity, " + to_text(memory.capacity()));
  reading_.diagnostics.throw_if_any();
  if (memory.hbf) check_flash();
  if (plan.load_points == 0) return;
  AccessPattern slowest = pattern;
  slowest.offered_load = plan.offered(memory.peak(), 0);
  reading_.report_problems(*node_.find("load_curve"), slowest.problems(), "load_curve");
  reading_.diagnostics.throw_if_any();
}

// An access is of whole pages or within one; one stack stands for all only where each access goes over all of them; a
// train says nothing of its accesses' latencies.
void MemoryWorkloadSection::check_flash() {
  const MemoryWorkloadPlan& plan = *reading_.plan.workload.memory;
  const MemoryPlan& memory = reading_.plan.memory.front();
  const AccessPattern& pattern = *plan.pattern;
  const Node& node = *node_.find("pattern");
  const auto refuse = [&](const Node& place, const std::string& problem) {
    reading_.diagnostics.error(place.position(), problem);
  };
  const std::int64_t page = memory.hbf->page.count();
  const std::int64_t request = pattern.request.count();
  if (request % page != 0 && (page % request != 0 || pattern.request < memory.hbf->access))
    refuse(at(node, "request"), "pattern.request: " + to_text(pattern.request) + " is neither whole pages of memory " +
                                    memory.name + " nor a part that divides one; expected a multiple of " +
                                    to_text(memory.hbf->page) + ", or a divisor of it from " +
                                    to_text(memory.hbf->access) + " on");
  else if (pattern.base.count() % std::min(page, request) != 0)
    refuse(at(node, "base"), "pattern.base: accesses from " + to_text(pattern.base) + " on cross pages of memory " +
                                 memory.name + "; expected a multiple of " + to_text(Bytes(std::min(page, request))));
  if (memory.stacks != 1)
    refuse(*node_.find("kind"), "a memory workload drives one stack of flash, and memory " + memory.name + " has " +
                                    std::to_string(memory.stacks) + "; expected stacks: 1");
  if (memory.fidelity != Fidelity::kPage)
    refuse(*node_.find("kind"), "a memory workload drives flash page by page, and memory " + memory.name +
                                    " has trains; expected fidelity: page");
  reading_.diagnostics.throw_if_any();
}

void MemoryWorkloadSection::load_trace() {
  const Node& name = at(trace_node_, "file");
  const std::filesystem::path file = reading_.catalog.trace_file(name);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw ConfigError(name.position(), "trace '" + name.text() +
                                           "' does not exist; expected a memory trace file, relative to the file that "
                                           "names it");
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(file, error), error);
  trace_.file = error ? file.string() : whole.string();
  auto trace = std::make_shared<MemoryTrace>(
      read_memory_trace(file.string(), {trace_.format, trace_.access_bytes, trace_.clock}));
  trace_.format = trace->format();
  reading_.plan.workload.memory->trace = std::move(trace);
  find_levels(at(trace_node_, "levels"));
}

void MemoryWorkloadSection::find_levels(const Node& place) {
  MemoryWorkloadPlan& plan = *reading_.plan.workload.memory;
  const DramParameters& dram = *reading_.plan.memory.front().dram;
  std::istringstream words(trace_.levels);
  for (std::string word; words >> word;) plan.levels.push_back(word);
  if (plan.levels.empty()) plan.levels = usual_levels(plan.trace->levels(), dram);
  const std::string problem = levels_problem(plan.levels, plan.trace->levels());
  if (!problem.empty()) throw ConfigError(place.position(), "levels: " + problem);
  trace_.levels.clear();
  for (const std::string& level : plan.levels) trace_.levels += (trace_.levels.empty() ? "" : " ") + level;
}

std::int64_t MemoryWorkloadSection::default_outstanding() const {
  const MemoryWorkloadPlan& plan = *reading_.plan.workload.memory;
  const Bytes request = plan.pattern ? plan.pattern->request : trace_.access_bytes;
  const std::int64_t streams = plan.pattern ? plan.pattern->streams : 1;
  const MemoryPlan& memory = reading_.plan.memory.front();
  Int128 bytes = static_cast<Int128>(kFlatOutstanding) * request.count();
  if (plan.accelerator) {
    const AcceleratorParameters& accelerator = reading_.plan.accelerator;
    bytes = static_cast<Int128>(accelerator.in_flight_per_core.count()) * accelerator.cores;
  } else if (memory.dram) {
    bytes = static_cast<Int128>(2 * memory.dram->units()) * memory.stacks * memory.dram->queue_depth *
            memory.dram->burst_bytes().count();
  } else if (memory.hbf) {
    bytes = static_cast<Int128>(2 * memory.hbf->total_planes()) * memory.hbf->page.count();
  }
  const Int128 share = bytes / request.count() / streams;
  return static_cast<std::int64_t>(std::clamp<Int128>(share, 1, kMostOutstanding));
}

void MemoryWorkloadSection::resolve() {
  struct Kind {
    std::string kind = "memory";
  };
  const Schema<Kind> kind =
      std::move(Schema<Kind>("workload", "")
                    .choice<std::string>("kind", &Kind::kind, {{"memory", "memory"}}, "What is simulated", required()));
  reading_.resolve(kind, &node_, Kind{}, "workload");
  const MemoryWorkloadPlan& plan = *reading_.plan.workload.memory;
  if (plan.pattern)
    reading_.resolve(AccessPattern::schema(), node_.find("pattern"), *plan.pattern, "workload.pattern");
  else
    reading_.resolve(MemoryTraceKeys::schema(), &trace_node_, trace_, "workload.trace");
  reading_.resolve(MemoryDriveKeys::schema(), &node_, drive_, "workload");
  if (plan.load_points > 0)
    reading_.resolve(LoadCurveKeys::schema(), node_.find("load_curve"), load_curve_, "workload.load_curve");
}

}  // namespace decodesim
