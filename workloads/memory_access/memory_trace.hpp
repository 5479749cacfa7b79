// SPDX-License-Identifier: Apache-2.0
// Memory traces: the text formats of Ramulator 2 (load/store; read/write of an address vector) and of DRAMSys (.stl).
// docs/memory-traces.md has the grammar. A whole file is read and checked before anything is simulated, and kept
// compactly: 12 bytes a load/store, 20 a DRAMSys record, 4 a level of an address vector.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "workloads/memory_access/access.hpp"

namespace decodesim {

enum class MemoryTraceFormat : std::uint8_t {
  kDetect,         ///< from the first record; only to read with
  kLoadStore,      ///< Ramulator 2: "LD 0x1234", "ST 4660"
  kAddressVector,  ///< Ramulator 2: "R 0,0,1,2,5,7", "W ..."
  kDramsys,        ///< DRAMSys: "31: read 0x400140"
};

/// The names of the formats: detect, load_store, address_vector, dramsys.
std::vector<Choice<MemoryTraceFormat>> memory_trace_format_choices();

/// What a file of such a format leaves open.
struct MemoryTraceOptions {
  MemoryTraceFormat format = MemoryTraceFormat::kDetect;
  Bytes access_bytes{64};          ///< of a record that states no length; 1 B to kMostAccessBytes
  Frequency clock{1'000'000'000};  ///< whose cycles DRAMSys records count; 1 Hz to 1 THz

  /// The largest cycle whose time can be represented.
  [[nodiscard]] std::uint64_t last_cycle() const;
  friend bool operator==(const MemoryTraceOptions&, const MemoryTraceOptions&) = default;
};

/// The records of a trace, in order.
class MemoryTrace {
 public:
  static constexpr std::size_t kMostLevels = 16;
  static constexpr std::uint32_t kMostLevelValue = 0x7fffffff;

  /// An empty trace. `options.format` is not kDetect; `levels` (1 to kMostLevels) for kAddressVector and 0 otherwise.
  explicit MemoryTrace(const MemoryTraceOptions& options, std::size_t levels = 0);

  [[nodiscard]] const MemoryTraceOptions& options() const { return options_; }
  [[nodiscard]] MemoryTraceFormat format() const { return options_.format; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(size_); }
  /// Entries of an address vector; 0 in the other formats.
  [[nodiscard]] std::size_t levels() const { return levels_; }
  /// Memory that the records take.
  [[nodiscard]] Bytes stored() const;

  [[nodiscard]] bool is_write(std::int64_t record) const;
  /// The address vector of a record, in the file's order; kAddressVector only.
  void read_levels(std::int64_t record, std::vector<std::uint32_t>& out) const;
  /// The record's address, length and cycle (0 in kLoadStore); not for kAddressVector.
  [[nodiscard]] std::uint64_t address(std::int64_t record) const;
  [[nodiscard]] Bytes bytes(std::int64_t record) const;
  [[nodiscard]] std::uint64_t cycle(std::int64_t record) const;

  /// Adds a record that has an address. kLoadStore: `bytes` is options().access_bytes and `cycle` 0. kDramsys: cycles
  /// do not fall and are at most options().last_cycle().
  void add(bool write, std::uint64_t address, Bytes bytes, std::uint64_t cycle = 0);
  /// Adds a record of kAddressVector: levels() values of at most kMostLevelValue.
  void add(bool write, std::span<const std::uint32_t> vector);

  friend bool operator==(const MemoryTrace&, const MemoryTrace&) = default;

 private:
  // First word of a record: the top bit is set for a write; below it the length, or the first level.
  [[nodiscard]] const std::uint32_t* words(std::int64_t record) const;
  std::vector<std::uint32_t>& chunk_for_next();

  MemoryTraceOptions options_;
  std::size_t levels_;
  std::size_t width_;  // words a record
  std::uint64_t last_cycle_;
  std::size_t size_ = 0;
  // Chunks and not one vector: growing one would need up to three times its size.
  std::vector<std::vector<std::uint32_t>> chunks_;
};

/// Turns an address vector (in the file's order) into an address of the memory that it belongs to.
using AddressVectorMap = std::function<std::uint64_t(std::span<const std::uint32_t>)>;

/// The accesses of a trace, all of stream 0 and independent of each other.
class TraceReplay final : public AccessSource {
 public:
  /// `trace` must outlive the replay. `map` is needed for kAddressVector only.
  explicit TraceReplay(const MemoryTrace& trace, AddressVectorMap map = {});
  std::optional<MemoryAccess> next() override;

 private:
  const MemoryTrace& trace_;
  AddressVectorMap map_;
  std::int64_t record_ = 0;
  std::vector<std::uint32_t> vector_;
};

/// Reads and checks a whole file. Throws ConfigError with file, line and column of each mistake (at most 20): missing
/// or empty file, no known format, malformed or cut-off record, number out of range, cycle that falls. InternalError
/// for options out of their bounds.
MemoryTrace read_memory_trace(const std::string& path, const MemoryTraceOptions& options);
/// The same from a stream; `name` stands for the file in messages.
MemoryTrace read_memory_trace(std::istream& in, const std::string& name, const MemoryTraceOptions& options);

/// Writes the text that reads back as `trace` with the same options.
void write_memory_trace(const MemoryTrace& trace, std::ostream& out);

}  // namespace decodesim
