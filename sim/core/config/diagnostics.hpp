// SPDX-License-Identifier: Apache-2.0
// Mistakes in what a user wrote, collected with their place so that one run names them all.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace decodesim {

/// A place in an input: file (or "--set" for the command line), line and column from 1; 0 means unknown.
struct SourcePosition {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;

  /// "file:line:column", with what is unknown left out.
  [[nodiscard]] std::string text() const;
};

/// A position in `file` without a line: for mistakes that concern the file as a whole.
SourcePosition whole_file(std::string_view file);

/// One mistake: "scenario.yaml:3:14: 'bandwith' is not a key of memory; did you mean 'bandwidth'?"
struct Diagnostic {
  SourcePosition position;
  std::string message;  ///< what is wrong; what was expected

  /// One line, whatever the input held: control characters appear as \n, \t or \xHH.
  [[nodiscard]] std::string text() const;
};

/// Bad input: thrown once reading cannot go on, or by Diagnostics::throw_if_any. what() has one line a mistake.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::vector<Diagnostic> diagnostics);
  ConfigError(SourcePosition position, std::string message);
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// Collects mistakes, up to a limit past which it throws.
class Diagnostics {
 public:
  /// Records one mistake. Throws ConfigError with all so far when the limit is reached.
  void error(const SourcePosition& position, std::string message);
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] const std::vector<Diagnostic>& list() const { return list_; }
  /// Whether a mistake has been recorded at `position`: what was written there is then not to be drawn conclusions
  /// from.
  [[nodiscard]] bool has_error_at(const SourcePosition& position) const;
  /// Throws ConfigError when there is at least one mistake.
  void throw_if_any() const;

 private:
  static constexpr std::size_t kLimit = 20;
  std::vector<Diagnostic> list_;
};

/// "; did you mean 'X'?" for the candidate nearest to `word` by edit distance, else "; expected one of A, B, C".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace decodesim
