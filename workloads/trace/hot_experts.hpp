// SPDX-License-Identifier: Apache-2.0
// Which experts of a trace are hot: what a placement would choose that knew the whole trace before.
#pragma once

#include <vector>

#include "workloads/trace/decode_trace.hpp"

namespace decodesim {

/// A flag for each expert of `trace`. The experts lie on `parts` ranks in blocks, which `parts` divides them into, and
/// of each block the `hot` ones are chosen that most steps read; among equals those with most rows, then the first.
std::vector<char> hot_experts_of(const DecodeTrace& trace, std::int64_t parts, std::int64_t hot);

}  // namespace decodesim
