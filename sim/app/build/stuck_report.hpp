// SPDX-License-Identifier: Apache-2.0
// Who waits for whom when nothing moves any more.
#pragma once

#include <string>

#include "sim/app/build/machine.hpp"

namespace decodesim {

/// One sentence: each collective that is waited in, which ranks wait there and for whom, what accelerators are held,
/// and how many trains are caught in the network. The first few of each.
std::string stuck_report(const Machine& machine);

}  // namespace decodesim
