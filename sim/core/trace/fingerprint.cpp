// SPDX-License-Identifier: Apache-2.0
#include "sim/core/trace/fingerprint.hpp"

#include "sim/core/component/random.hpp"

namespace decodesim {

void FingerprintSink::event(TimePoint at, std::uint64_t component, EventKind kind, std::uint64_t detail) {
  std::uint64_t hash = mix64(static_cast<std::uint64_t>(at.since_start().count()) + 0x9e3779b97f4a7c15ULL);
  hash = mix64(hash ^ component);
  hash = mix64(hash + detail + static_cast<std::uint64_t>(kind) * 0xd1342543de82ef95ULL);
  sum_ += hash;
  ++events_;
}

std::string FingerprintSink::text() const {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(16, '0');
  std::uint64_t rest = sum_;
  for (std::size_t i = 16; i-- > 0; rest >>= 4U) out[i] = kDigits[rest & 15U];
  return out;
}

}  // namespace decodesim
