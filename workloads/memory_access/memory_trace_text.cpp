// SPDX-License-Identifier: Apache-2.0
// The reader of memory traces. docs/memory-traces.md has the grammar.
#include <algorithm>
#include <charconv>
#include <istream>
#include <limits>
#include <optional>

#include "workloads/memory_access/memory_trace.hpp"
#include "workloads/trace/line_reader.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kRecords =
    "a record of 'LD address' or 'ST address', 'R level,level,...' or 'W level,level,...', or 'cycle: read address' "
    "or 'cycle: write address'";

struct Word {
  std::string_view text;
  std::size_t offset = 0;  // in the line
};

// All of `text` as a number in `base`, or nothing.
std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool has_hex_prefix(std::string_view text) { return text.starts_with("0x") || text.starts_with("0X"); }

std::string quoted(std::string_view text) { return "'" + LineReader::shown(text) + "'"; }

class Reader {
 public:
  Reader(std::istream& in, const std::string& name, const MemoryTraceOptions& options)
      : lines_(in, name), options_(options), most_cycles_(options.last_cycle()) {}

  MemoryTrace read() {
    while (lines_.next()) {
      at_ = std::min(lines_.line().find_first_not_of(kBlanks), lines_.line().size());
      if (at_ == lines_.line().size() || lines_.line()[at_] == '#') continue;
      if (options_.format == MemoryTraceFormat::kDetect) detect();
      read_record();
      seen_ = true;
    }
    if (!seen_)
      diagnostics_.error(lines_.at(0), "the trace has no record; expected at least one: " + std::string(kRecords));
    diagnostics_.throw_if_any();
    return std::move(*trace_);
  }

 private:
  void fail(const Word& at, const std::string& message) { diagnostics_.error(lines_.at(at.offset), message); }

  // The next word of the line; an empty one behind its end when there is none.
  Word take_word() {
    const std::string_view line = lines_.line();
    const std::size_t first = std::min(line.find_first_not_of(kBlanks, at_), line.size());
    at_ = std::min(line.find_first_of(kBlanks, first), line.size());
    return {line.substr(first, at_ - first), first};
  }

  // Nothing may follow; reports what does.
  bool at_end(std::string_view shape) {
    const Word rest = take_word();
    if (rest.text.empty()) return true;
    fail(rest, quoted(rest.text) + " after the end of the record; expected '" + std::string(shape) + "'");
    return false;
  }

  void detect() {
    const std::size_t before = at_;
    const Word first = take_word();
    at_ = before;
    if (first.text == "LD" || first.text == "ST")
      options_.format = MemoryTraceFormat::kLoadStore;
    else if (first.text == "R" || first.text == "W")
      options_.format = MemoryTraceFormat::kAddressVector;
    else if (first.text.front() >= '0' && first.text.front() <= '9')
      options_.format = MemoryTraceFormat::kDramsys;
    else
      throw ConfigError(lines_.at(first.offset),
                        quoted(first.text) + " begins no record of a known format; expected " + std::string(kRecords));
  }

  void read_record() {
    switch (options_.format) {
      case MemoryTraceFormat::kLoadStore: read_load_store(); break;
      case MemoryTraceFormat::kAddressVector: read_vector(); break;
      default: read_dramsys(); break;
    }
  }

  // Records behind a mistake are checked but no longer kept: there is no trace to return.
  void keep(bool write, std::uint64_t address, Bytes bytes, std::uint64_t cycle) {
    if (!diagnostics_.empty()) return;
    if (!trace_) trace_.emplace(options_);
    trace_->add(write, address, bytes, cycle);
  }

  // True for `write_word`, false for `read_word`, nothing (reported) for anything else.
  std::optional<bool> take_command(std::string_view read_word, std::string_view write_word) {
    const Word word = take_word();
    if (word.text == write_word) return true;
    if (word.text == read_word) return false;
    const std::string expected = "expected " + std::string(read_word) + " or " + std::string(write_word);
    fail(word, word.text.empty() ? "the line ends before the command; " + expected
                                 : quoted(word.text) + " is not a command of this format; " + expected);
    return std::nullopt;
  }

  // An address of `bytes` bytes; without 0x in `plain_base`.
  std::optional<std::uint64_t> take_address(Bytes bytes, int plain_base) {
    const Word word = take_word();
    const std::string expected = plain_base == 16
                                     ? "expected a hexadecimal number of at most 64 bits"
                                     : "expected a decimal number, or a hexadecimal one after 0x, of at most 64 bits";
    if (word.text.empty()) {
      fail(word, "the line ends before the address; " + expected);
      return std::nullopt;
    }
    const bool prefixed = has_hex_prefix(word.text);
    const auto value = number(word.text.substr(prefixed ? 2 : 0), prefixed ? 16 : plain_base);
    if (!value) {
      fail(word, quoted(word.text) + " is not an address; " + expected);
      return std::nullopt;
    }
    if (*value > std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(bytes.count() - 1)) {
      fail(word, "an access of " + to_text(bytes) + " at " + quoted(word.text) +
                     " runs past the last address; expected its end below 2^64");
      return std::nullopt;
    }
    return value;
  }

  void read_load_store() {
    const auto write = take_command("LD", "ST");
    if (!write) return;
    const auto address = take_address(options_.access_bytes, 10);
    if (!address || !at_end("LD address")) return;
    keep(*write, *address, options_.access_bytes, 0);
  }

  void read_vector() {
    const auto write = take_command("R", "W");
    if (!write) return;
    const Word word = take_word();
    if (word.text.empty()) {
      fail(word, "the line ends before the address vector; expected whole numbers with commas between them");
      return;
    }
    if (!read_levels(word) || !at_end("R level,level,...")) return;
    if (levels_ == 0) levels_ = vector_.size();
    if (vector_.size() != levels_) {
      fail(word, "an address vector of " + std::to_string(vector_.size()) + " levels after ones of " +
                     std::to_string(levels_) + "; expected as many in every record");
      return;
    }
    if (!diagnostics_.empty()) return;
    if (!trace_) trace_.emplace(options_, levels_);
    trace_->add(*write, vector_);
  }

  // The levels of `word` into vector_.
  bool read_levels(const Word& word) {
    vector_.clear();
    for (std::size_t at = 0; at <= word.text.size();) {
      const std::size_t comma = std::min(word.text.find(',', at), word.text.size());
      const Word level{word.text.substr(at, comma - at), word.offset + at};
      const auto value = number(level.text, 10);
      if (!value || *value > MemoryTrace::kMostLevelValue) {
        fail(level, quoted(level.text) + " is not a level of an address vector; expected a whole number of 0 to " +
                        std::to_string(MemoryTrace::kMostLevelValue));
        return false;
      }
      vector_.push_back(static_cast<std::uint32_t>(*value));
      at = comma + 1;
    }
    if (vector_.size() <= MemoryTrace::kMostLevels) return true;
    fail(word, "an address vector of " + std::to_string(vector_.size()) + " levels; expected at most " +
                   std::to_string(MemoryTrace::kMostLevels));
    return false;
  }

  void read_dramsys() {
    const auto cycle = take_cycle();
    if (!cycle) return;
    const auto bytes = take_length();
    if (!bytes) return;
    const auto write = take_command("read", "write");
    if (!write) return;
    const auto address = take_address(*bytes, 16);
    if (!address || (*write && !skip_data()) || !at_end(*write ? "cycle: write address data" : "cycle: read address"))
      return;
    keep(*write, *address, *bytes, *cycle);
  }

  // "31:", and what follows the colon may touch it.
  std::optional<std::uint64_t> take_cycle() {
    const Word word = take_word();
    const std::size_t colon = word.text.find(':');
    const auto value = number(word.text.substr(0, colon), 10);
    if (colon == std::string_view::npos || !value) {
      fail(word, quoted(word.text) + " does not begin with a cycle; expected a whole number followed by ':'");
      return std::nullopt;
    }
    at_ = word.offset + colon + 1;
    if (*value < last_cycle_) {
      fail(word, "cycle " + std::to_string(*value) + " lies before that of an earlier record, " +
                     std::to_string(last_cycle_) + "; expected cycles that do not fall");
      return std::nullopt;
    }
    if (*value > most_cycles_) {
      fail(word, "cycle " + std::to_string(*value) + " lies beyond simulated time; expected at most " +
                     std::to_string(most_cycles_) + " cycles of " + to_text(options_.clock));
      return std::nullopt;
    }
    last_cycle_ = *value;
    return value;
  }

  // "(64)" if there, else the length that the options give.
  std::optional<Bytes> take_length() {
    const std::size_t before = at_;
    const Word word = take_word();
    if (!word.text.starts_with('(')) {
      at_ = before;
      return options_.access_bytes;
    }
    const bool closed = word.text.size() >= 2 && word.text.back() == ')';
    const auto value = number(closed ? word.text.substr(1, word.text.size() - 2) : std::string_view(), 10);
    const auto most = static_cast<std::uint64_t>(kMostAccessBytes.count());
    if (value && *value >= 1 && *value <= most) return Bytes(static_cast<std::int64_t>(*value));
    fail(word, quoted(word.text) + " is not a length; expected a number of bytes of 1 to " + std::to_string(most) +
                   " in parentheses");
    return std::nullopt;
  }

  // What a write stores has no bearing on time: checked for its form and left out.
  bool skip_data() {
    const Word word = take_word();
    if (word.text.empty()) return true;
    const std::string_view digits = word.text.substr(has_hex_prefix(word.text) ? 2 : 0);
    if (!digits.empty() && digits.size() % 2 == 0 && digits.find_first_not_of(kHexDigits) == std::string_view::npos)
      return true;
    fail(word, quoted(word.text) + " is not data; expected two hexadecimal digits a byte after 0x");
    return false;
  }

  LineReader lines_;
  MemoryTraceOptions options_;
  std::uint64_t most_cycles_;
  Diagnostics diagnostics_;
  std::optional<MemoryTrace> trace_;
  std::size_t at_ = 0;  // in the current line
  std::size_t levels_ = 0;
  std::vector<std::uint32_t> vector_;
  std::uint64_t last_cycle_ = 0;
  bool seen_ = false;
};

}  // namespace

MemoryTrace read_memory_trace(std::istream& in, const std::string& name, const MemoryTraceOptions& options) {
  return Reader(in, name, options).read();
}

MemoryTrace read_memory_trace(const std::string& path, const MemoryTraceOptions& options) {
  std::ifstream in = open_text_file(path, "a memory trace");
  return read_memory_trace(in, path, options);
}

}  // namespace decodesim
