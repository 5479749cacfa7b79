// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace decodesim {

/// A result could not be written. what() names the file and the reason.
class OutputError : public std::runtime_error {
 public:
  OutputError(const std::filesystem::path& file, std::string_view reason);
  /// The reason alone: "No space left on device".
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

/// A set of files for one directory. Each is first written beside its place under a temporary name; commit() then
/// renames them all. Whatever has not been renamed is removed in the end.
class OutputFiles {
 public:
  /// Makes `directory` if need be. Throws OutputError.
  explicit OutputFiles(std::filesystem::path directory);
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;
  ~OutputFiles();

  /// Writes `content` to the storage device as the future file `name`. Throws OutputError.
  void add(const std::string& name, std::string_view content);
  /// Puts all files in their places, over older ones. Throws OutputError at the first that cannot be.
  void commit();

 private:
  struct Staged {
    std::filesystem::path temporary;
    std::filesystem::path file;
  };

  std::filesystem::path directory_;
  std::vector<Staged> staged_;
};

}  // namespace decodesim
