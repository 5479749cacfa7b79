// SPDX-License-Identifier: Apache-2.0
// Exit statuses of the program.
#pragma once

namespace decodesim {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;         ///< the simulation failed, an expectation was missed, or a bug of ours
inline constexpr int kBadInput = 2;       ///< a scenario, a trace or a command line
inline constexpr int kInterrupted = 130;  ///< by a signal; what was finished has been written

}  // namespace decodesim
