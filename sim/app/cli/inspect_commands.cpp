// SPDX-License-Identifier: Apache-2.0
// check and explain.
#include <ostream>
#include <sstream>

#include "sim/app/cli/commands.hpp"
#include "sim/app/cli/exit_status.hpp"
#include "sim/app/report/expectations.hpp"
#include "sim/app/scenario/capacity.hpp"
#include "sim/app/scenario/explain.hpp"
#include "sim/app/scenario/resolved_yaml.hpp"
#include "sim/app/scenario/scenario.hpp"

namespace decodesim {
namespace {

Plan plan_of(const CheckOptions& options) {
  std::vector<Assignment> assignments;
  for (const std::string& text : options.set) assignments.push_back(parse_assignment(text));
  Plan plan = read_scenario(options.scenario, Catalog(find_data_folders()), assignments);
  Diagnostics diagnostics;
  check_expectations(plan, diagnostics);
  diagnostics.throw_if_any();
  return plan;
}

}  // namespace

int check_command(const CheckOptions& options, std::ostream& out) {
  const Plan plan = plan_of(options);
  out << resolved_yaml(plan);
  if (plan.workload.kind != WorkloadKind::kDecode) return kDone;
  out << "# memory:\n";
  std::istringstream table(capacity_text(capacity_table(plan)));
  for (std::string line; std::getline(table, line);) out << "# " << line << '\n';
  return kDone;
}

int explain_command(const CheckOptions& options, std::ostream& out) {
  out << explain(plan_of(options), options.path);
  return kDone;
}

}  // namespace decodesim
