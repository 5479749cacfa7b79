// SPDX-License-Identifier: Apache-2.0
#include "workloads/memory_access/pattern.hpp"

#include <bit>
#include <limits>

#include "sim/core/component/require.hpp"

namespace decodesim {
using namespace literals;
namespace {

constexpr std::string_view kWho = "PatternGenerator";
constexpr std::int64_t kMostStreams = 4096;
constexpr std::int64_t kMostAccesses = 1'000'000'000'000;
constexpr Bytes kMostRegion = 1'000'000_GB;
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

Bytes distance(const AccessPattern& p) { return p.kind == PatternKind::kStrided ? p.stride : p.request; }

RandomStream stream_of(std::uint64_t seed, std::int64_t stream, std::string_view purpose) {
  return {seed, "workload.stream" + std::to_string(stream), purpose};
}

// What is wrong with the pattern as a whole; its fields by themselves are sound.
void check_extent(const AccessPattern& p, std::vector<std::string>& out) {
  if (static_cast<Int128>(p.streams) * p.footprint.count() > kLargest - p.base.count())
    out.push_back(std::to_string(p.streams) + " streams of " + to_text(p.footprint) + " from " + to_text(p.base) +
                  " reach beyond the address space; expected at most " + to_text(Bytes(kLargest)));
  const Int128 bytes = static_cast<Int128>(p.count) * p.request.count();
  if (bytes > kLargest)
    out.push_back("count " + std::to_string(p.count) + " x request " + to_text(p.request) +
                  " is too much; expected at most " + to_text(Bytes(kLargest)) + " in all");
  else if (!p.offered_load.is_zero() && bytes * kPicosecondsPerSecond / p.offered_load.count() >= kLargest)
    out.push_back("count accesses at offered_load " + to_text(p.offered_load) +
                  " take longer than simulated time reaches; expected less than " + to_text(Duration(kLargest)));
}

}  // namespace

std::vector<Choice<PatternKind>> pattern_kind_choices() {
  return {{"sequential", PatternKind::kSequential},
          {"strided", PatternKind::kStrided},
          {"random", PatternKind::kRandom},
          {"pointer_chase", PatternKind::kPointerChase}};
}

Schema<AccessPattern> AccessPattern::schema() {
  using A = AccessPattern;
  Schema<A> s("pattern", "A pattern of plain memory accesses");
  s.choice<PatternKind>("kind", &A::kind, pattern_kind_choices(), "In which order a stream visits its region",
                        required())
      .field("request", &A::request, {1_B, kMostAccessBytes}, "Size of one access",
             assumed("64 B, a cache line of a CPU"))
      .field("stride", &A::stride, {1_B, kMostRegion}, "From one access of a stream to its next, for kind: strided",
             assumed("4 KiB, a page"))
      .field("footprint", &A::footprint, {1_B, kMostRegion}, "Region of one stream",
             assumed("1 GiB, more than any cache holds"))
      .field("base", &A::base, {0_B, kMostRegion}, "Where the region of the first stream begins",
             assumed("the first address"))
      .field("read_share", &A::read_share, {0_percent, 100_percent}, "Share of reads, chosen by chance for each access",
             assumed("only reads"))
      .field("streams", &A::streams, {1, kMostStreams}, "Streams, each in a region of its own, that take turns",
             assumed("one"))
      .field("count", &A::count, {1, kMostAccesses}, "Accesses of all streams together",
             assumed("long enough to be steady"))
      .field("offered_load", &A::offered_load, {Bandwidth(0), 1000 * 1_TBps},
             "Rate of all streams together, evenly spaced; 0: as fast as the memory takes it",
             assumed("as fast as possible"));
  return s;
}

std::int64_t AccessPattern::slots() const {
  if (request.count() <= 0 || footprint < request || distance(*this).count() <= 0) return 0;
  return (footprint - request) / distance(*this) + 1;
}

std::vector<std::string> AccessPattern::problems() const {
  std::vector<std::string> out;
  if (request.count() <= 0 || request > kMostAccessBytes) {
    out.push_back("request is " + to_text(request) + "; expected 1 B to " + to_text(kMostAccessBytes));
    return out;
  }
  if (footprint < request)
    out.push_back("footprint " + to_text(footprint) + " is smaller than a request of " + to_text(request) +
                  "; expected room for at least one");
  if (kind == PatternKind::kStrided && (stride.count() <= 0 || stride.count() % request.count() != 0))
    out.push_back("stride " + to_text(stride) + " is not a multiple of the request's " + to_text(request));
  if (base.count() < 0) out.push_back("base is " + to_text(base) + "; expected an address");
  if (read_share < 0_percent || read_share > 100_percent)
    out.push_back("read_share is " + to_text(read_share) + "; expected 0 to 1");
  if (kind == PatternKind::kPointerChase && read_share != 100_percent)
    out.push_back("read_share is " + to_text(read_share) + " in a pointer chase, which reads its next address; " +
                  "expected 1");
  if (streams < 1 || streams > kMostStreams)
    out.push_back("streams is " + std::to_string(streams) + "; expected 1 to " + std::to_string(kMostStreams));
  if (count < 1) out.push_back("count is " + std::to_string(count) + "; expected at least 1");
  if (offered_load.count() < 0) out.push_back("offered_load is " + to_text(offered_load) + "; expected 0 or more");
  if (out.empty()) check_extent(*this, out);
  return out;
}

RandomPermutation::RandomPermutation(std::uint64_t size, RandomStream& random) : size_(size) {
  require(size >= 1, "RandomPermutation", "a permutation has at least one element");
  const auto bits = static_cast<unsigned>(std::bit_width(size - 1));
  low_bits_ = bits / 2;
  low_mask_ = (std::uint64_t{1} << low_bits_) - 1;
  high_mask_ = (std::uint64_t{1} << (bits - low_bits_)) - 1;
  for (std::uint64_t& key : keys_) key = random.next();
}

// Each round adds to one part a function of the other, which can be undone: so this is a permutation of the power of
// two. Walking on from results beyond `size` closes its cycles over what is below; under two walks a call on average.
std::uint64_t RandomPermutation::at(std::uint64_t index) const {
  do {
    std::uint64_t low = index & low_mask_;
    std::uint64_t high = index >> low_bits_;
    for (std::size_t round = 0; round < keys_.size(); round += 2) {
      high ^= mix64(low ^ keys_[round]) & high_mask_;
      low ^= mix64(high ^ keys_[round + 1]) & low_mask_;
    }
    index = (high << low_bits_) | low;
  } while (index >= size_);
  return index;
}

PatternGenerator::PatternGenerator(const AccessPattern& pattern, std::uint64_t seed)
    : pattern_(pattern),
      slots_(static_cast<std::uint64_t>(pattern.slots())),
      step_(static_cast<std::uint64_t>(distance(pattern).count())) {
  require(pattern.problems().empty(), kWho, "the pattern has no problems");
  for (std::int64_t stream = 0; stream < pattern.streams; ++stream) {
    RandomStream keys = stream_of(seed, stream, "order");
    streams_.push_back({stream_of(seed, stream, "place"), stream_of(seed, stream, "read_or_write"),
                        RandomPermutation(slots_, keys), 0, false});
  }
}

std::uint64_t PatternGenerator::take_slot(Stream& stream) const {
  if (pattern_.kind == PatternKind::kRandom) return stream.places.below(slots_);
  const std::uint64_t slot = stream.next_slot;
  stream.next_slot = slot + 1 == slots_ ? 0 : slot + 1;
  return pattern_.kind == PatternKind::kPointerChase ? stream.order.at(slot) : slot;
}

std::optional<MemoryAccess> PatternGenerator::next() {
  if (issued_ == pattern_.count) return std::nullopt;
  Stream& stream = streams_[turn_];
  MemoryAccess access;
  const auto region = static_cast<std::uint64_t>(pattern_.base.count()) +
                      static_cast<std::uint64_t>(turn_) * static_cast<std::uint64_t>(pattern_.footprint.count());
  access.address = region + take_slot(stream) * step_;
  access.bytes = pattern_.request;
  access.stream = static_cast<std::uint32_t>(turn_);
  // Drawn for every access, so that another share moves no other draw.
  const auto draw = static_cast<std::int64_t>(stream.kinds.below(static_cast<std::uint64_t>(kPartsPerMillion)));
  access.write = draw >= pattern_.read_share.count();
  // From the total and not step by step: no drift.
  if (!pattern_.offered_load.is_zero()) access.issue = pattern_.request * issued_ / pattern_.offered_load;
  access.dependent = pattern_.kind == PatternKind::kPointerChase && stream.started;
  stream.started = true;
  turn_ = turn_ + 1 == streams_.size() ? 0 : turn_ + 1;
  ++issued_;
  return access;
}

}  // namespace decodesim
