// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/line_reader.hpp"

#include <filesystem>
#include <istream>

namespace decodesim {
namespace {

// What spreadsheets put before a text in UTF-8.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

bool LineReader::next() {
  if (!std::getline(in_, line_)) {
    line_.clear();
    ++number_;
    return false;
  }
  ++number_;
  if (number_ == 1 && line_.starts_with(kByteOrderMark)) line_.erase(0, kByteOrderMark.size());
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  return true;
}

SourcePosition LineReader::at(std::size_t offset) const { return {file_, number_, static_cast<int>(offset) + 1}; }

std::string LineReader::shown(std::string_view word) {
  constexpr std::size_t kMost = 40;
  std::string out(word.substr(0, kMost));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  if (word.size() > kMost) out += "...";
  return out;
}

std::ifstream open_text_file(const std::string& path, std::string_view what) {
  std::error_code error;
  const std::string expected = "; expected " + std::string(what);
  if (!std::filesystem::exists(path, error)) throw ConfigError(whole_file(path), "no such file" + expected);
  if (!std::filesystem::is_regular_file(path, error))
    throw ConfigError(whole_file(path), "not a regular file" + expected);
  std::ifstream in(path, std::ios::binary);
  if (!in) throw ConfigError(whole_file(path), "cannot be read" + expected);
  return in;
}

}  // namespace decodesim
