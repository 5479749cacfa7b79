// SPDX-License-Identifier: Apache-2.0
// Catalog: the part files that ship with the program (and any part file that a scenario names by its path), found at
// run time: beside the installed executable, else in the source tree.
//
// A part file is a YAML mapping: `part` (its name), `kind`, `summary`, then the parameters of its kind, each as
// {value: .., source: ".."}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/config/node.hpp"

namespace decodesim {

enum class PartKind : std::uint8_t {
  kAccelerator,
  kMemory,
  kLink,
  kSwitch,
  kNic,
  kSoftware,
  kMatrixKernel,
  kAttentionKernel,
  kCollectiveLibrary
};

/// A kind of part, the folder of the catalog that it lives in, and a sentence for listings.
struct PartKindInfo {
  PartKind kind;
  std::string_view name;
  std::string_view folder;
  std::string_view summary;
};

/// All kinds, in order of listing.
std::span<const PartKindInfo> part_kinds();
const PartKindInfo& info_of(PartKind kind);

/// Where shipped data lies.
struct DataFolders {
  std::filesystem::path parts;
  std::filesystem::path models;
  std::filesystem::path traces;
};

/// ../share/decodesim from the executable when it is installed, else the source tree that it was built from.
DataFolders find_data_folders();

/// A part file that was read.
struct Part {
  std::string name;
  std::string summary;
  Node node;  ///< parameters only: `part`, `kind` and `summary` taken out
};

class Catalog {
 public:
  explicit Catalog(DataFolders folders) : folders_(std::move(folders)) {}

  /// Names of the shipped parts of a kind, sorted.
  [[nodiscard]] std::vector<std::string> names(PartKind kind) const;
  /// The part that `use` names: a shipped one, or with a '/' or '.yaml' in it a file, relative to the file that `use`
  /// stands in. Throws ConfigError: unknown part (with a suggestion), missing or malformed file, wrong kind.
  [[nodiscard]] Part load(PartKind kind, const Node& use) const;
  /// The folder of model files (architectures).
  [[nodiscard]] const std::filesystem::path& models() const { return folders_.models; }
  /// `text` as a path: relative to the file it stands in, or, a bare file name that is not there, a shipped trace.
  [[nodiscard]] std::filesystem::path trace_file(const Node& text) const;
  /// `text` as a path, relative to the folder of the file it stands in; to the working folder when it comes from the
  /// command line.
  [[nodiscard]] std::filesystem::path resolve(const Node& text) const;

 private:
  [[nodiscard]] std::filesystem::path shipped_file(PartKind kind, const Node& use) const;

  DataFolders folders_;
};

/// Whether a reference is a path ("parts/mine.yaml") rather than a name ("h100-sxm").
bool is_path(std::string_view reference);

/// Reads a shipped YAML file; messages and origins call it "catalog:<name>", so that they are the same on any machine.
Node read_shipped_file(const std::filesystem::path& file, const std::string& name, Diagnostics& diagnostics);

}  // namespace decodesim
