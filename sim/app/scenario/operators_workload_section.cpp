// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/operators_workload_section.hpp"

#include <filesystem>

#include "sim/app/scenario/operator_limits.hpp"
#include "sim/app/scenario/software_kernels.hpp"
#include "sim/app/scenario/system_section.hpp"
#include "workloads/operators/operator_table.hpp"

namespace decodesim {
namespace {

// `files: [a.csv, b.csv]` as the text "a.csv, b.csv", which a schema can hold.
Node with_files_as_text(const Node& workload, Diagnostics& diagnostics) {
  Node out = workload;
  const Node* files = workload.find("files");
  if (files == nullptr || !files->is_sequence()) return out;
  std::string text;
  for (const Node& item : files->items())
    if (schema_detail::expect_scalar(item, "a file", diagnostics)) text += (text.empty() ? "" : ", ") + item.text();
  out.set("files", files->position(), Node::scalar(std::move(text), files->position()));
  return out;
}

}  // namespace

Schema<OperatorFileKey> OperatorFileKey::schema() {
  return std::move(
      Schema<OperatorFileKey>("workload", "Single operators")
          .field("file", &OperatorFileKey::file, "Table of operators, relative to the scenario", required()));
}

Schema<OperatorFilesKey> OperatorFilesKey::schema() {
  return std::move(
      Schema<OperatorFilesKey>("workload", "Single operators")
          .field("files", &OperatorFilesKey::files, "Tables of operators, relative to the scenario", required()));
}

bool OperatorsWorkloadSection::is_operators(const Node* workload) {
  const Node* kind = workload != nullptr ? workload->find("kind") : nullptr;
  return kind != nullptr && kind->text() == "operators";
}

void OperatorsWorkloadSection::read(const Node& workload) {
  Diagnostics& diagnostics = reading_.diagnostics;
  reading_.plan.workload.kind = WorkloadKind::kOperators;
  schema_detail::report_unknown_keys(workload, "workload", {"kind", "file", "files"}, {}, diagnostics);
  node_ = with_files_as_text(workload, diagnostics);
  const bool file = node_.find("file") != nullptr;
  const bool files = node_.find("files") != nullptr;
  if (file == files)
    diagnostics.error(file ? node_.find("files")->position() : node_.position(),
                      file ? "both 'file' and 'files' are given; expected one of them"
                           : "workload names no table of operators; expected file: NAME.csv, or a list files:");
  else if (file)
    OperatorFileKey::schema().read(only(node_, {"file"}), file_, diagnostics);
  else
    OperatorFilesKey::schema().read(only(node_, {"files"}), files_, diagnostics);
}

std::vector<Node> OperatorsWorkloadSection::file_nodes() const {
  if (const Node* file = node_.find("file")) return {*file};
  const Node& files = *node_.find("files");
  std::vector<Node> out;
  for (std::size_t begin = 0; begin <= files_.files.size();) {
    const std::size_t end = std::min(files_.files.find(',', begin), files_.files.size());
    const std::size_t first = std::min(files_.files.find_first_not_of(' ', begin), end);
    if (first < end) out.push_back(Node::scalar(files_.files.substr(first, end - first), files.position()));
    begin = end + 1;
  }
  return out;
}

// Its whole path.
std::string OperatorsWorkloadSection::read_file(const Node& name, OperatorTable& table) {
  const std::filesystem::path path = reading_.catalog.resolve(name);
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw ConfigError(name.position(), "table '" + name.text() +
                                           "' does not exist; expected a table of operators, relative to the file that "
                                           "names it");
  read_operator_file(path.string(), table, reading_.diagnostics);
  const auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path.string() : whole.string();
}

void OperatorsWorkloadSection::complete() {
  auto plan = std::make_shared<OperatorsWorkloadPlan>();
  plan->profiles.push_back(reading_.plan.software);
  std::string paths;
  const std::vector<Node> names = file_nodes();
  if (names.empty())
    throw ConfigError(node_.find("files")->position(), "files names no file; expected a list of tables of operators");
  for (const Node& name : names) paths += (paths.empty() ? "" : ", ") + read_file(name, plan->table);
  (node_.find("file") != nullptr ? file_.file : files_.files) = paths;
  reading_.diagnostics.throw_if_any();
  for (OperatorRow& row : plan->table.rows) find_profile(row, *plan);
  reading_.diagnostics.throw_if_any();
  refuse_what_cannot_be_predicted(reading_.plan, *plan, reading_.diagnostics);
  reading_.diagnostics.throw_if_any();
  reading_.plan.workload.operators = std::move(plan);
}

namespace {

// "nccl" of "nccl-2.29.2"; everything of what has no version.
std::string without_version(const std::string& software) {
  const std::size_t dash = software.rfind('-');
  const bool version = dash != std::string::npos && dash + 1 < software.size() &&
                       software.find_first_not_of("0123456789.", dash + 1) == std::string::npos;
  return version ? software.substr(0, dash) : software;
}

}  // namespace

// The part that a row's software names: by itself, as its version with CUDA graphs, or without its version. Empty:
// there is none.
std::string OperatorsWorkloadSection::part_of(const OperatorRow& row) const {
  const std::vector<std::string> known = reading_.catalog.names(PartKind::kSoftware);
  for (const std::string& part : {row.software, row.software + "-graph", without_version(row.software)})
    if (part == reading_.plan.software.part || std::find(known.begin(), known.end(), part) != known.end()) return part;
  return "";
}

void OperatorsWorkloadSection::find_profile(OperatorRow& row, OperatorsWorkloadPlan& plan) {
  if (row.software.empty()) return;
  const std::string part = part_of(row);
  if (part.empty()) {
    reading_.diagnostics.error(row.software_at,
                               "software: '" + row.software + "' is no software profile" +
                                   suggestion(row.software, reading_.catalog.names(PartKind::kSoftware)));
    return;
  }
  for (std::size_t i = 0; i < plan.profiles.size(); ++i) {
    if (plan.profiles[i].part != part) continue;
    row.profile = i;
    return;
  }
  add_profile(part, row, plan);
  row.profile = plan.profiles.size() - 1;
}

void OperatorsWorkloadSection::add_profile(const std::string& part, const OperatorRow& row,
                                           OperatorsWorkloadPlan& plan) {
  Node node = reading_.catalog.load(PartKind::kSoftware, Node::scalar(part, row.software_at)).node;
  node = with_kernels(std::move(node), reading_.catalog, reading_.diagnostics);
  node.set("part", row.software_at, Node::scalar(part, row.software_at));
  SoftwarePlan& profile = plan.profiles.emplace_back();
  software_schema().read(node, profile, reading_.diagnostics);
  profile.part = part;
  profile.all_reduce = reading_.plan.software.all_reduce;
  profile.all_gather = reading_.plan.software.all_gather;
  software_schema().resolve(&node, profile, "software." + part, plan.profile_values);
}

void OperatorsWorkloadSection::resolve() {
  struct Kind {
    std::string kind = "operators";
  };
  const Schema<Kind> kind = std::move(
      Schema<Kind>("workload", "")
          .choice<std::string>("kind", &Kind::kind, {{"operators", "operators"}}, "What is simulated", required()));
  reading_.resolve(kind, &node_, Kind{}, "workload");
  if (node_.find("file") != nullptr)
    reading_.resolve(OperatorFileKey::schema(), &node_, file_, "workload");
  else
    reading_.resolve(OperatorFilesKey::schema(), &node_, files_, "workload");
}

}  // namespace decodesim
