// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_ageing.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

// A count within `elapsed`, in `seconds` of the same; in two steps, so that it fits.
Int128 in_time(Int128 count, std::int64_t seconds, Duration elapsed) {
  const Int128 ps = static_cast<Int128>(seconds) * kPicosecondsPerSecond;
  const Int128 windows = ps / elapsed.count();
  return count * windows + count * (ps % elapsed.count()) / elapsed.count();
}

}  // namespace

ClassAgeing aged(const HbfParameters& p, const ClassTraffic& traffic, const FlashAge& before, std::int64_t days,
                 Duration elapsed) {
  require(!traffic.held.is_zero() && !elapsed.is_zero(), "aged", "no data, or no window");
  const std::int64_t seconds = days * kSecondsPerDay;
  const Int128 held = traffic.held.count();
  const std::int64_t reads = checked::narrow(in_time(traffic.read * p.pages / held, seconds, elapsed));
  const std::int64_t rewrites = checked::narrow(in_time(traffic.written, seconds, elapsed) / held);
  const auto beyond_rewrites = [&](std::int64_t due) { return std::max<std::int64_t>(due - rewrites, 0); };
  ClassAgeing out;
  if (p.refresh && p.endurance.disturb_reads > 0)
    out.refreshes += beyond_rewrites(checked::add(before.reads, reads) / p.endurance.disturb_reads);
  if (p.refresh && !p.endurance.retention.is_zero()) {
    const Int128 old = static_cast<Int128>(before.seconds + seconds) * kPicosecondsPerSecond;
    out.refreshes += beyond_rewrites(checked::narrow(old / p.endurance.retention.count()));
  }
  const std::int64_t times = checked::add(rewrites, out.refreshes);
  out.age = {before.seconds + seconds, checked::add(before.reads, reads)};
  if (times > 0) out.age = {seconds / times / 2, reads / times / 2};
  return out;
}

std::int64_t levelled_cycles(const HbfParameters& p, std::int64_t pages, std::int64_t blocks, std::int64_t days,
                             Duration elapsed) {
  const Int128 programmed = in_time(pages, days * kSecondsPerDay, elapsed);
  return checked::narrow(programmed / checked::multiply(blocks, p.pages));
}

}  // namespace decodesim
