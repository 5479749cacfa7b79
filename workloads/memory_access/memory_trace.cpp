// SPDX-License-Identifier: Apache-2.0
#include "workloads/memory_access/memory_trace.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <ostream>
#include <string_view>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kWho = "MemoryTrace";
constexpr std::size_t kChunk = 4096;  // records
constexpr std::uint32_t kWriteBit = 0x80000000;
constexpr std::int64_t kMostClock = kPicosecondsPerSecond;  // 1 THz: a cycle is at least a picosecond
constexpr std::size_t kLengthWords = 1;
constexpr std::size_t kAddressWords = 2;
constexpr std::size_t kCycleWords = 2;

std::size_t words_of(MemoryTraceFormat format, std::size_t levels) {
  switch (format) {
    case MemoryTraceFormat::kLoadStore: return kLengthWords + kAddressWords;
    case MemoryTraceFormat::kDramsys: return kLengthWords + kAddressWords + kCycleWords;
    default: return levels;
  }
}

std::uint64_t joined(const std::uint32_t* words) { return std::uint64_t{words[1]} << 32U | words[0]; }

void push(std::vector<std::uint32_t>& chunk, std::uint64_t value) {
  chunk.push_back(static_cast<std::uint32_t>(value));
  chunk.push_back(static_cast<std::uint32_t>(value >> 32U));
}

void append_number(std::string& line, std::uint64_t value, int base) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  line.append(digits.data(), end);
}

}  // namespace

std::vector<Choice<MemoryTraceFormat>> memory_trace_format_choices() {
  return {{"detect", MemoryTraceFormat::kDetect},
          {"load_store", MemoryTraceFormat::kLoadStore},
          {"address_vector", MemoryTraceFormat::kAddressVector},
          {"dramsys", MemoryTraceFormat::kDramsys}};
}

std::uint64_t MemoryTraceOptions::last_cycle() const {
  require(clock.count() > 0 && clock.count() <= kMostClock, kWho, "the clock is within bounds");
  return static_cast<std::uint64_t>(
      checked::multiply_divide(std::numeric_limits<std::int64_t>::max(), clock.count(), kPicosecondsPerSecond));
}

MemoryTrace::MemoryTrace(const MemoryTraceOptions& options, std::size_t levels)
    : options_(options), levels_(levels), width_(words_of(options.format, levels)), last_cycle_(options.last_cycle()) {
  require(options.format != MemoryTraceFormat::kDetect, kWho, "a trace has a format");
  require(options.format == MemoryTraceFormat::kAddressVector ? levels >= 1 && levels <= kMostLevels : levels == 0,
          kWho, "an address vector has levels, an address has none");
  require(options.access_bytes.count() > 0 && options.access_bytes <= kMostAccessBytes, kWho,
          "the length of an access is within bounds");
}

Bytes MemoryTrace::stored() const {
  std::size_t words = 0;
  for (const auto& chunk : chunks_) words += chunk.capacity();
  return Bytes(static_cast<std::int64_t>(words * sizeof(std::uint32_t) +
                                         chunks_.capacity() * sizeof(std::vector<std::uint32_t>)));
}

const std::uint32_t* MemoryTrace::words(std::int64_t record) const {
  const auto index = static_cast<std::size_t>(record);
  require(record >= 0 && index < size_, kWho, "the record exists");
  return chunks_[index / kChunk].data() + index % kChunk * width_;
}

bool MemoryTrace::is_write(std::int64_t record) const { return (*words(record) & kWriteBit) != 0; }

void MemoryTrace::read_levels(std::int64_t record, std::vector<std::uint32_t>& out) const {
  require(levels_ > 0, kWho, "only an address vector has levels");
  const std::uint32_t* const first = words(record);
  out.assign(first, first + levels_);
  out.front() &= ~kWriteBit;
}

std::uint64_t MemoryTrace::address(std::int64_t record) const {
  require(levels_ == 0, kWho, "an address vector is not an address");
  return joined(words(record) + kLengthWords);
}

Bytes MemoryTrace::bytes(std::int64_t record) const {
  return levels_ > 0 ? options_.access_bytes : Bytes(*words(record) & ~kWriteBit);
}

std::uint64_t MemoryTrace::cycle(std::int64_t record) const {
  return format() == MemoryTraceFormat::kDramsys ? joined(words(record) + kLengthWords + kAddressWords) : 0;
}

std::vector<std::uint32_t>& MemoryTrace::chunk_for_next() {
  if (size_ % kChunk == 0) chunks_.emplace_back().reserve(kChunk * width_);
  ++size_;
  return chunks_.back();
}

void MemoryTrace::add(bool write, std::uint64_t address, Bytes bytes, std::uint64_t cycle) {
  const bool timed = format() == MemoryTraceFormat::kDramsys;
  require(levels_ == 0, kWho, "a trace of address vectors takes no address");
  require(timed ? bytes.count() > 0 && bytes <= kMostAccessBytes : bytes == options_.access_bytes, kWho,
          "the length of an access is within bounds");
  require(timed ? cycle <= last_cycle_ && (size_ == 0 || this->cycle(size() - 1) <= cycle) : cycle == 0, kWho,
          "cycles do not fall and have a time");
  std::vector<std::uint32_t>& chunk = chunk_for_next();
  chunk.push_back(static_cast<std::uint32_t>(bytes.count()) | (write ? kWriteBit : 0U));
  push(chunk, address);
  if (timed) push(chunk, cycle);
}

void MemoryTrace::add(bool write, std::span<const std::uint32_t> vector) {
  require(levels_ > 0 && vector.size() == levels_, kWho, "an address vector has as many levels as its trace");
  require(std::all_of(vector.begin(), vector.end(), [](std::uint32_t value) { return value <= kMostLevelValue; }), kWho,
          "levels are within bounds");
  std::vector<std::uint32_t>& chunk = chunk_for_next();
  chunk.insert(chunk.end(), vector.begin(), vector.end());
  if (write) chunk[chunk.size() - levels_] |= kWriteBit;
}

TraceReplay::TraceReplay(const MemoryTrace& trace, AddressVectorMap map) : trace_(trace), map_(std::move(map)) {
  require(trace.levels() == 0 || map_, "TraceReplay", "address vectors need a map");
}

std::optional<MemoryAccess> TraceReplay::next() {
  if (record_ == trace_.size()) return std::nullopt;
  MemoryAccess access;
  access.write = trace_.is_write(record_);
  access.bytes = trace_.bytes(record_);
  if (trace_.levels() > 0) {
    trace_.read_levels(record_, vector_);
    access.address = map_(vector_);
  } else {
    access.address = trace_.address(record_);
    access.issue = cycles_at(static_cast<std::int64_t>(trace_.cycle(record_)), trace_.options().clock);
  }
  ++record_;
  return access;
}

void write_memory_trace(const MemoryTrace& trace, std::ostream& out) {
  std::string line;
  std::vector<std::uint32_t> vector;
  for (std::int64_t record = 0; record < trace.size(); ++record) {
    const bool write = trace.is_write(record);
    line.clear();
    if (trace.format() == MemoryTraceFormat::kAddressVector) {
      trace.read_levels(record, vector);
      line += write ? 'W' : 'R';
      for (std::size_t level = 0; level < vector.size(); ++level) {
        line += level == 0 ? ' ' : ',';
        append_number(line, vector[level], 10);
      }
    } else if (trace.format() == MemoryTraceFormat::kLoadStore) {
      line += write ? "ST 0x" : "LD 0x";
      append_number(line, trace.address(record), 16);
    } else {
      append_number(line, trace.cycle(record), 10);
      line += ": ";
      // Older releases of DRAMSys know no length: it is written only where it says something.
      if (trace.bytes(record) != trace.options().access_bytes) {
        line += '(';
        append_number(line, static_cast<std::uint64_t>(trace.bytes(record).count()), 10);
        line += ") ";
      }
      line += write ? "write 0x" : "read 0x";
      append_number(line, trace.address(record), 16);
    }
    out << line << '\n';
  }
}

}  // namespace decodesim
