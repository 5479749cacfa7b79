// SPDX-License-Identifier: Apache-2.0
// What the runs of every kind of workload share. Internal to sim/app/build.
#pragma once

#include "sim/app/metrics/run_result.hpp"
#include "sim/core/component/context.hpp"

namespace decodesim {

/// Lets the kernel run until nothing is left to do. Throws InternalError, also for one thrown inside a process, which
/// reaches sc_start's caller as a report of the kernel's.
void run_kernel();

/// Every statistic of every component.
void collect_components(const Context& context, RunResult& result);

/// The host's memory that this process took at most.
[[nodiscard]] std::int64_t peak_rss_bytes();

}  // namespace decodesim
