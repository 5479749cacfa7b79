// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/azure_trace.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "workloads/trace/line_reader.hpp"

namespace decodesim {
namespace {

constexpr std::array<std::string_view, 3> kColumns{"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
constexpr std::size_t kTimestamp = 0;
constexpr std::size_t kContext = 1;
constexpr std::size_t kGenerated = 2;
constexpr std::int64_t kLongestTraceDays = 60;  // a count of picoseconds spans 106

struct Field {
  std::string_view text;
  std::size_t offset = 0;  // in the line
};

void split(std::string_view line, std::vector<Field>& out) {
  out.clear();
  std::size_t at = 0;
  while (true) {
    const std::size_t comma = std::min(line.find(',', at), line.size());
    out.push_back({line.substr(at, comma - at), at});
    if (comma == line.size()) return;
    at = comma + 1;
  }
}

// A number of exactly `text.size()` digits, or nothing.
std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

// Units of 100 ns since 1970, or nothing when malformed.
std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00 00:00:00";
  constexpr std::size_t kDecimals = 7;
  if (text.size() < kShape.size()) return std::nullopt;
  std::array<std::int64_t, 6> part{};
  constexpr std::array<std::size_t, 6> kAt{0, 5, 8, 11, 14, 17};
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto value = digits(text.substr(kAt[i], i == 0 ? 4 : 2));
    if (!value) return std::nullopt;
    part[i] = *value;
  }
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] != '0' && text[i] != kShape[i] && !(i == 10 && text[i] == 'T')) return std::nullopt;

  std::string_view rest = text.substr(kShape.size());
  std::int64_t fraction = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    const std::size_t size = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (size == 0) return std::nullopt;
    for (std::size_t i = 0; i < kDecimals; ++i) fraction = fraction * 10 + (i < size ? rest[i] - '0' : 0);
    rest.remove_prefix(size);
  }
  if (!rest.empty() && rest != "Z" && rest != "+00:00") return std::nullopt;

  namespace ch = std::chrono;
  const ch::year_month_day date{ch::year(static_cast<int>(part[0])), ch::month(static_cast<unsigned>(part[1])),
                                ch::day(static_cast<unsigned>(part[2]))};
  if (!date.ok() || part[3] > 23 || part[4] > 59 || part[5] > 60) return std::nullopt;
  const std::int64_t days = ch::sys_days(date).time_since_epoch().count();
  return (((days * 24 + part[3]) * 60 + part[4]) * 60 + part[5]) * 10'000'000 + fraction;
}

class Reader {
 public:
  Reader(std::istream& in, const std::string& name, std::int64_t most) : lines_(in, name), most_(most) {}

  std::vector<Request> read() {
    read_header();
    bool blank = false;
    SourcePosition blank_at;
    while (lines_.next()) {
      if (lines_.line().empty()) {
        if (!blank) blank_at = lines_.at(0);
        blank = true;
        continue;
      }
      if (blank) diagnostics_.error(blank_at, "an empty line between records; expected a request a line");
      blank = false;
      read_request();
    }
    if (records_ == 0)
      diagnostics_.error(lines_.at(0), "the trace has no request; expected at least one line after the header");
    diagnostics_.throw_if_any();
    return std::move(requests_);
  }

 private:
  void read_header() {
    if (!lines_.next() || lines_.line().empty())
      throw ConfigError(lines_.at(0), "the file has no header; expected TIMESTAMP,ContextTokens,GeneratedTokens");
    split(lines_.line(), fields_);
    width_ = fields_.size();
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
      const auto is_column = [&](const Field& field) { return field.text == kColumns[column]; };
      const auto found = std::find_if(fields_.begin(), fields_.end(), is_column);
      if (found == fields_.end()) {
        diagnostics_.error(lines_.at(0), "no column '" + std::string(kColumns[column]) +
                                             "'; expected TIMESTAMP,ContextTokens,GeneratedTokens");
        continue;
      }
      at_[column] = static_cast<std::size_t>(found - fields_.begin());
      const auto again = std::find_if(found + 1, fields_.end(), is_column);
      if (again != fields_.end())
        diagnostics_.error(lines_.at(again->offset),
                           "column '" + std::string(again->text) + "' is there twice; expected it once");
    }
    diagnostics_.throw_if_any();
  }

  void read_request() {
    ++records_;
    split(lines_.line(), fields_);
    if (fields_.size() != width_) {
      diagnostics_.error(lines_.at(0), std::to_string(fields_.size()) + " columns where the header has " +
                                           std::to_string(width_) +
                                           "; expected as many: the line is cut off or "
                                           "malformed");
      return;
    }
    const auto arrival = read_arrival(fields_[at_[kTimestamp]]);
    const auto context = read_tokens(fields_[at_[kContext]], kContext);
    const auto generated = read_tokens(fields_[at_[kGenerated]], kGenerated);
    if (!arrival || !context || !generated) return;
    if (most_ <= 0 || static_cast<std::int64_t>(requests_.size()) < most_)
      requests_.push_back({*arrival, *context, *generated});
  }

  std::optional<Duration> read_arrival(const Field& field) {
    const auto ticks = field.text.empty() ? std::nullopt : parse_timestamp(field.text);
    if (!ticks) {
      diagnostics_.error(lines_.at(field.offset), "'" + LineReader::shown(field.text) +
                                                      "' is not a time; expected YYYY-MM-DD HH:MM:SS.fffffff in UTC");
      return std::nullopt;
    }
    if (!first_) first_ = last_ = *ticks;
    constexpr std::int64_t kTicksPerDay = std::int64_t{24} * 3600 * 10'000'000;
    if (*ticks < last_ || *ticks - *first_ > kLongestTraceDays * kTicksPerDay) {
      diagnostics_.error(lines_.at(field.offset),
                         *ticks < last_ ? "the time lies before that of the line above; expected order of arrival"
                                        : "the time lies more than " + std::to_string(kLongestTraceDays) +
                                              " days after the first request; expected a shorter trace");
      return std::nullopt;
    }
    last_ = *ticks;
    return Duration(100'000) * (*ticks - *first_);  // 100 ns are 100,000 ps
  }

  std::optional<std::int64_t> read_tokens(const Field& field, std::size_t column) {
    const auto value = field.text.empty() ? std::nullopt : digits(field.text);
    if (value && *value <= kMostRequestTokens) return value;
    diagnostics_.error(lines_.at(field.offset),
                       std::string(kColumns[column]) + " is '" + LineReader::shown(field.text) +
                           "'; expected a whole number of 0 to " + std::to_string(kMostRequestTokens));
    return std::nullopt;
  }

  LineReader lines_;
  std::int64_t most_;
  Diagnostics diagnostics_;
  std::vector<Request> requests_;
  std::vector<Field> fields_;  // of the current line
  std::size_t width_ = 0;
  std::array<std::size_t, kColumns.size()> at_{};  // where each of our columns stands
  std::int64_t records_ = 0;
  std::optional<std::int64_t> first_;
  std::int64_t last_ = 0;
};

}  // namespace

std::vector<Request> read_azure_trace(std::istream& in, const std::string& name, std::int64_t most_requests) {
  return Reader(in, name, most_requests).read();
}

std::vector<Request> read_azure_trace(const std::string& path, std::int64_t most_requests) {
  std::ifstream in = open_text_file(path, "an Azure LLM inference trace");
  return read_azure_trace(in, path, most_requests);
}

}  // namespace decodesim
