// SPDX-License-Identifier: Apache-2.0
// The text format of decode traces: reader and writer. docs/decode-trace.md has the grammar.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <istream>
#include <limits>
#include <ostream>

#include "workloads/trace/decode_trace.hpp"
#include "workloads/trace/line_reader.hpp"
#include "workloads/trace/step_laws.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kHeader = "# decodesim decode trace 1";
constexpr std::string_view kHeaderStem = "# decodesim decode trace ";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kExperts = "experts=";

constexpr std::int64_t kMostRows = std::int64_t{1} << 31;

class Reader {
 public:
  Reader(std::istream& in, const std::string& name) : lines_(in, name) {}

  DecodeTrace read() {
    read_header();
    while (lines_.next()) {
      const std::string_view line = lines_.line();
      if (line.empty() || line.front() == '#') continue;
      if (ended_) {
        fail(0, "text after the 'end' record; expected the end of the file");
        break;
      }
      if (line.substr(0, line.find(' ')) == kEnd)
        read_end(line);
      else
        read_step(line);
    }
    if (!ended_)
      fail(0,
           "the file ends without an 'end' record: it is truncated; expected 'end " + std::to_string(records_) + "'");
    diagnostics_.throw_if_any();
    return std::move(trace_);
  }

 private:
  void fail(std::size_t offset, const std::string& message) { diagnostics_.error(lines_.at(offset), message); }

  void read_header() {
    if (!lines_.next()) throw ConfigError(lines_.at(0), "the file is empty; expected '" + std::string(kHeader) + "'");
    const std::string_view line = lines_.line();
    if (line == kHeader) return;
    if (line.substr(0, kHeaderStem.size()) == kHeaderStem)
      throw ConfigError(lines_.at(kHeaderStem.size()), "unknown version of the format; expected 1");
    throw ConfigError(lines_.at(0), "not a decode trace; expected the first line '" + std::string(kHeader) + "'");
  }

  void read_end(std::string_view line) {
    ended_ = true;
    std::int64_t count = 0;
    const std::string_view rest = line.substr(std::min(line.size(), kEnd.size() + 1));
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc{} || stop != rest.data() + rest.size())
      fail(kEnd.size(), "'end' needs the number of steps; expected 'end " + std::to_string(records_) + "'");
    else if (count != records_)
      fail(kEnd.size() + 1, "the file says it has " + std::to_string(count) + " steps and has " +
                                std::to_string(records_) + "; expected all of them: records are missing or too many");
    else if (records_ == 0)
      fail(0, "the trace has no step; expected at least one record");
  }

  void read_step(std::string_view line) {
    ++records_;
    ids_.clear();
    contexts_.clear();
    offsets_.clear();
    expert_rows_.clear();
    for (std::size_t at = 0; at < line.size();) {
      if (line[at] == ' ') {
        ++at;
        continue;
      }
      const std::size_t stop = std::min(line.find(' ', at), line.size());
      const std::string_view word = line.substr(at, stop - at);
      if (!expert_rows_.empty()) {
        fail(at, "'" + lines_.shown(word) + "' follows the experts; expected the end of the record");
        laws_.skip();
        return;
      }
      if (!(word.starts_with(kExperts) ? read_experts(word, at) : read_sequence(word, at))) {
        laws_.skip();
        return;
      }
      at = stop;
    }
    if (const auto problem = laws_.check(ids_, contexts_)) {
      fail(problem->sequence < offsets_.size() ? offsets_[problem->sequence] : 0, problem->message);
      return;
    }
    if (records_ == 1) experts_ = expert_rows_.size();
    if (expert_rows_.size() != experts_) {
      fail(0, "the step has the rows of " + std::to_string(expert_rows_.size()) + " experts; expected " +
                  std::to_string(experts_) + ", as the first step");
      return;
    }
    // The laws hold from here on only for a file without mistakes; with one there is no trace to return.
    if (diagnostics_.empty()) trace_.add_step(ids_, contexts_, expert_rows_);
  }

  // "experts=3,0,1". Reports what is wrong with it and returns false.
  bool read_experts(std::string_view word, std::size_t offset) {
    const char* at = word.data() + kExperts.size();
    const char* const last = word.data() + word.size();
    while (true) {
      std::int64_t rows = -1;
      const auto [stop, error] = std::from_chars(at, last, rows);
      if (error != std::errc{} || rows < 0 || rows > kMostRows || (stop != last && *stop != ',')) {
        fail(offset + static_cast<std::size_t>(at - word.data()),
             "'" + lines_.shown(word) + "' is no list of experts' rows; expected experts=ROWS,ROWS,... of 0 to " +
                 std::to_string(kMostRows) + " each");
        return false;
      }
      expert_rows_.push_back(rows);
      if (stop == last) return true;
      at = stop + 1;
    }
  }

  // One "id:context". Reports what is wrong with it and returns false.
  bool read_sequence(std::string_view word, std::size_t offset) {
    SequenceId id = 0;
    std::int64_t context = 0;
    const char* const last = word.data() + word.size();
    const auto [colon, id_error] = std::from_chars(word.data(), last, id);
    if (id_error != std::errc{} || colon == last || *colon != ':') {
      fail(offset, "'" + lines_.shown(word) + "' is not a sequence; expected id:context with an id of 0 to " +
                       std::to_string(std::numeric_limits<SequenceId>::max()));
      return false;
    }
    const auto [stop, error] = std::from_chars(colon + 1, last, context);
    if (error != std::errc{} || stop != last) {
      fail(offset + static_cast<std::size_t>(colon + 1 - word.data()),
           "'" + lines_.shown(word) + "' has no whole number as its context; expected id:context");
      return false;
    }
    ids_.push_back(id);
    contexts_.push_back(context);
    offsets_.push_back(offset);
    return true;
  }

  LineReader lines_;
  Diagnostics diagnostics_;
  DecodeTrace trace_;
  StepLaws laws_;
  std::vector<SequenceId> ids_;
  std::vector<std::int64_t> contexts_;
  std::vector<std::size_t> offsets_;  // of each sequence in its line
  std::vector<std::int64_t> expert_rows_;
  std::size_t experts_ = 0;  // of the first step
  std::int64_t records_ = 0;
  bool ended_ = false;
};

// `path` is what the user calls the file.
void write_whole(const DecodeTrace& trace, const std::string& file, const std::string& path) {
  std::ofstream out(file, std::ios::binary);
  write_decode_trace(trace, out);
  out.close();
  if (!out) throw ConfigError(whole_file(path), "cannot be written; expected a writable place");
}

}  // namespace

DecodeTrace read_decode_trace(std::istream& in, const std::string& name) { return Reader(in, name).read(); }

DecodeTrace read_decode_trace(const std::string& path) {
  std::ifstream in = open_text_file(path, "a decode trace");
  return read_decode_trace(in, path);
}

void write_decode_trace(const DecodeTrace& trace, std::ostream& out) {
  out << kHeader << '\n';
  std::string line;
  for (std::int64_t step = 0; step < trace.steps(); ++step) {
    line.clear();
    const auto ids = trace.ids(step);
    const auto contexts = trace.contexts(step);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i > 0) line += ' ';
      line += std::to_string(ids[i]);
      line += ':';
      line += std::to_string(contexts[i]);
    }
    const auto rows = trace.expert_rows(step);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i == 0) line += ' ' + std::string(kExperts);
      if (i > 0) line += ',';
      line += std::to_string(rows[i]);
    }
    out << line << '\n';
  }
  out << kEnd << ' ' << trace.steps() << '\n';
}

void write_decode_trace(const DecodeTrace& trace, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status there = fs::status(path, error);
  if (path.empty() || fs::is_directory(there))
    throw ConfigError(whole_file(path), "cannot be written: it is no file; expected the name of a file");
  // What is no file of its own (a terminal, a pipe, /dev/null) is written into: a rename would put a file in its place.
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    write_whole(trace, path, path);
    return;
  }
  // A link stays, and what it leads to is replaced.
  const fs::path target = fs::is_regular_file(there) ? fs::canonical(path, error) : fs::path(path);
  const std::string temporary = target.string() + ".part";
  try {
    write_whole(trace, temporary, path);
    fs::rename(temporary, target, error);
    if (error)
      throw ConfigError(whole_file(path), "cannot be written (" + error.message() + "); expected a writable place");
  } catch (const ConfigError&) {
    fs::remove(temporary, error);
    throw;
  }
}

}  // namespace decodesim
