// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/diagnostics.hpp"

#include <algorithm>
#include <numeric>

namespace decodesim {
namespace {

std::string join(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    if (!out.empty()) out += '\n';
    out += d.text();
  }
  return out;
}

// Levenshtein distance in which two neighbours swapped ("bacth") are one mistake. Row i is for a's first i letters.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::move(last);
    last = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitute});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string on_one_line(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

}  // namespace

std::string Diagnostic::text() const { return on_one_line(position.text() + ": " + message); }

std::string SourcePosition::text() const {
  std::string out = file ? *file : "<input>";
  if (line > 0) out += ":" + std::to_string(line);
  if (line > 0 && column > 0) out += ":" + std::to_string(column);
  return out;
}

SourcePosition whole_file(std::string_view file) { return {std::make_shared<const std::string>(file), 0, 0}; }

ConfigError::ConfigError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(join(diagnostics)), diagnostics_(std::move(diagnostics)) {}

ConfigError::ConfigError(SourcePosition position, std::string message)
    : ConfigError(std::vector<Diagnostic>{{std::move(position), std::move(message)}}) {}

void Diagnostics::error(const SourcePosition& position, std::string message) {
  list_.push_back({position, std::move(message)});
  if (list_.size() >= kLimit) throw_if_any();
}

bool Diagnostics::has_error_at(const SourcePosition& position) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Diagnostic& d) {
    return d.position.line == position.line && d.position.column == position.column &&
           d.position.text() == position.text();
  });
}

void Diagnostics::throw_if_any() const {
  if (!list_.empty()) throw ConfigError(list_);
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* nearest = nullptr;
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer - std::min(word.size(), candidate.size()) >= best) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) return "; did you mean '" + *nearest + "'?";
  if (candidates.empty()) return "";
  std::string out = "; expected one of ";
  for (std::size_t i = 0; i < candidates.size(); ++i) out += (i == 0 ? "" : ", ") + candidates[i];
  return out;
}

}  // namespace decodesim
