// SPDX-License-Identifier: Apache-2.0
// LineReader: a text file line by line with its place, for trace formats.
#pragma once

#include <fstream>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "sim/core/config/diagnostics.hpp"

namespace decodesim {

class LineReader {
 public:
  /// `name` stands for the file in positions. `in` must outlive the reader.
  LineReader(std::istream& in, const std::string& name) : in_(in), file_(std::make_shared<const std::string>(name)) {}

  /// Moves to the next line; false at the end of the file. A byte order mark before the first line and a carriage
  /// return before a line feed are dropped.
  bool next();
  /// The current line, until the next call of next().
  [[nodiscard]] std::string_view line() const { return line_; }
  /// The place `offset` characters into the current line; after the last line, the place just behind it.
  [[nodiscard]] SourcePosition at(std::size_t offset) const;
  /// `word` fit for a message: at most 40 characters, unprintable ones as '?'.
  [[nodiscard]] static std::string shown(std::string_view word);

 private:
  std::istream& in_;
  std::shared_ptr<const std::string> file_;
  std::string line_;
  int number_ = 0;
};

/// Opens `path` for reading. Throws ConfigError when it is missing or no readable file; `what` is "a decode trace".
std::ifstream open_text_file(const std::string& path, std::string_view what);

}  // namespace decodesim
