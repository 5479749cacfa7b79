// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/scenario.hpp"

#include <filesystem>

#include "sim/app/scenario/capacity.hpp"
#include "sim/app/scenario/collective_workload_section.hpp"
#include "sim/app/scenario/digest.hpp"
#include "sim/app/scenario/faults_section.hpp"
#include "sim/app/scenario/memory_workload_section.hpp"
#include "sim/app/scenario/network_limits.hpp"
#include "sim/app/scenario/operators_workload_section.hpp"
#include "sim/app/scenario/run_sections.hpp"
#include "sim/app/scenario/system_section.hpp"
#include "sim/app/scenario/traffic_workload_section.hpp"
#include "sim/app/scenario/workload_section.hpp"
#include "sim/core/config/yaml_reader.hpp"

namespace decodesim {
namespace {

class ScenarioReader {
 public:
  ScenarioReader(const Node& root, const Catalog& catalog, Diagnostics& diagnostics, Plan& plan)
      : root_(root), diagnostics_(diagnostics), plan_(plan), reading_{catalog, diagnostics, plan} {}

  void read() {
    if (!root_.is_mapping())
      throw ConfigError(root_.position(), "a scenario is " + std::string(root_.kind_text()) +
                                              "; expected a mapping with system and workload");
    schema_detail::report_unknown_keys(
        root_, "the scenario", {"scenario", "system", "workload", "mapping", "faults", "run", "outputs", "expect"}, {},
        diagnostics_);
    read_title();
    const Node* workload = root_.find("workload");
    const bool memory = MemoryWorkloadSection::is_memory(workload);
    const bool traffic = TrafficWorkloadSection::is_traffic(workload);
    const SystemExtent extent = memory ? SystemExtent::kMemory : traffic ? SystemExtent::kNetwork : SystemExtent::kAll;
    if (const Node* system = required_section("system"))
      system_.read(*system, {extent, MemoryWorkloadSection::is_trace(workload)});
    if (memory)
      read_memory_workload();
    else if (traffic)
      read_traffic();
    else if (OperatorsWorkloadSection::is_operators(root_.find("workload")))
      read_operators();
    else if (CollectiveWorkloadSection::is_collective(root_.find("workload")))
      read_collective();
    else
      read_decode();
  }

 private:
  void read_decode() {
    if (const Node* workload = required_section("workload")) workload_.read(*workload);
    mapping_.read(root_.find("mapping"), system_.count(), system_.tier_names());
    faults_.read(root_.find("faults"));
    read_the_rest();
    mapping_.check(system_.position());
    faults_.check();
    workload_.complete();
    workload_.check_formats();
    diagnostics_.throw_if_any();
    workload_.make_steps(plan_.run.seed);
    workload_.check_fast_forward();
    diagnostics_.throw_if_any();
    workload_.rehearse();
    mapping_.check_groups();
    diagnostics_.throw_if_any();
    check_capacity(plan_, workload_.position());
    resolve_system();
    workload_.resolve();
    mapping_.resolve();
    faults_.resolve();
    resolve_the_rest();
  }

  void read_memory_workload() {
    refuse_faults();
    memory_workload_.read(*root_.find("workload"));
    refuse_mapping("a memory workload has no mapping: it drives the first memory tier; expected none");
    read_the_rest();
    diagnostics_.throw_if_any();
    memory_workload_.complete(system_.has_accelerators());
    resolve_system();
    memory_workload_.resolve();
    resolve_the_rest();
  }

  void read_traffic() {
    traffic_.read(*root_.find("workload"));
    refuse_mapping("a traffic workload has no mapping: all endpoints take part; expected none");
    read_the_rest();
    diagnostics_.throw_if_any();
    traffic_.complete();
    resolve_system();
    traffic_.resolve();
    resolve_the_rest();
  }

  void refuse_mapping(const char* why) {
    for (const Node::Entry& entry : root_.entries())
      if (entry.key == "mapping") diagnostics_.error(entry.key_position, why);
  }

  void read_operators() {
    refuse_faults();
    operators_.read(*root_.find("workload"));
    mapping_.read(root_.find("mapping"), system_.count(), system_.tier_names());
    read_the_rest();
    mapping_.check_collectives();
    mapping_.check_operators();
    diagnostics_.throw_if_any();
    operators_.complete();
    resolve_system();
    operators_.resolve();
    mapping_.resolve();
    resolve_the_rest();
  }

  void refuse_faults() {
    for (const Node::Entry& entry : root_.entries())
      if (entry.key == "faults")
        diagnostics_.error(entry.key_position, "faults are of decode steps; expected workload.kind: decode");
  }

  void read_collective() {
    collective_.read(*root_.find("workload"));
    refuse_faults();
    for (const Node::Entry& entry : root_.entries())
      if (entry.key == "mapping")
        diagnostics_.error(entry.key_position,
                           "a collective workload has no mapping: it says itself what is done; expected none");
    read_the_rest();
    diagnostics_.throw_if_any();
    collective_.complete();
    resolve_system();
    collective_.resolve();
    resolve_the_rest();
  }

  void read_the_rest() {
    read_run(root_.find("run"), reading_);
    read_outputs(root_.find("outputs"), reading_);
    if (const Node* expect = root_.find("expect")) plan_.expectations = *expect;
    diagnostics_.throw_if_any();
    system_.check();
  }

  const Node* required_section(const char* key) {
    const Node* section = root_.find(key);
    if (section == nullptr)
      diagnostics_.error(root_.position(), "the scenario lacks '" + std::string(key) + "'; expected a mapping");
    return section;
  }

  void read_title() {
    plan_.title = std::filesystem::path(plan_.file).stem().string();
    const Node* title = root_.find("scenario");
    if (title != nullptr && schema_detail::expect_scalar(*title, "scenario", diagnostics_)) plan_.title = title->text();
  }

  void resolve_system() {
    const Schema<Plan> title =
        std::move(Schema<Plan>("scenario", "")
                      .field("scenario", &Plan::title, "What is simulated, in words", derived("the file's name")));
    reading_.resolve(title, &root_, plan_, "");
    system_.resolve();
  }

  void resolve_the_rest() {
    reading_.resolve(run_schema(), root_.find("run"), plan_.run, "run");
    reading_.resolve(OutputKeys::schema(), root_.find("outputs"), OutputKeys{}, "outputs");
    plan_.scenario_sha256 = scenario_digest(plan_);
  }

  const Node& root_;
  Diagnostics& diagnostics_;
  Plan& plan_;
  Reading reading_;
  SystemSection system_{reading_};
  WorkloadSection workload_{reading_};
  MemoryWorkloadSection memory_workload_{reading_};
  OperatorsWorkloadSection operators_{reading_};
  CollectiveWorkloadSection collective_{reading_};
  TrafficWorkloadSection traffic_{reading_};
  MappingSection mapping_{reading_};
  FaultsSection faults_{reading_};
};

Plan plan_of(Node root, const std::string& file, const Catalog& catalog, const std::vector<Assignment>& assignments,
             Diagnostics& diagnostics) {
  for (const Assignment& assignment : assignments) {
    try {
      assign_path(root, assignment.path, assignment.value);
    } catch (const ConfigError& error) {
      for (const Diagnostic& d : error.diagnostics()) diagnostics.error(d.position, d.message);
    }
  }
  Plan plan;
  plan.file = file;
  try {
    ScenarioReader(root, catalog, diagnostics, plan).read();
  } catch (const OverflowError& error) {
    throw ConfigError(whole_file(file), std::string("values whose product does not fit 64 bits (") + error.what() +
                                            "); expected magnitudes that exist");
  }
  return plan;
}

}  // namespace

Assignment parse_assignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw ConfigError(whole_file("--set"), "'" + std::string(text) + "' is no assignment; expected path.to.key=value");
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

Plan read_scenario(const std::string& file, const Catalog& catalog, const std::vector<Assignment>& assignments) {
  Diagnostics diagnostics;
  Node root = read_yaml_file(file, diagnostics);
  return plan_of(std::move(root), file, catalog, assignments, diagnostics);
}

Plan read_scenario_text(std::string_view text, const std::string& name, const Catalog& catalog,
                        const std::vector<Assignment>& assignments) {
  Diagnostics diagnostics;
  Node root = read_yaml_text(text, name, diagnostics);
  return plan_of(std::move(root), name, catalog, assignments, diagnostics);
}

void check_simulated(const Plan& plan) { check_network_simulated(plan); }

}  // namespace decodesim
