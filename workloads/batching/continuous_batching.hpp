// SPDX-License-Identifier: Apache-2.0
// Plain continuous batching (iteration-level scheduling, Orca, OSDI 2022) in a closed loop: requests -> decode steps.
//
// Laws, each one a test in test/workloads/continuous_batching_test.cpp:
//   1. Prefill is not part of a decode trace. It makes a request's first token, so a request with G generated tokens
//      takes part in G - 1 decode steps, and one with G <= 1 in none.
//   2. A request's first decode step finds its prompt in the cache: context = context_tokens; each step adds one.
//   3. At most `concurrency` requests are active. Requests start in their order; a slot that becomes free is taken at
//      the following step. Arrival times play no part: there is always a next request until the last one.
//   4. The batch shrinks once no request is left, and the trace ends when the last one has finished or at `most_steps`.
#pragma once

#include <cstdint>
#include <span>

#include "sim/core/config/diagnostics.hpp"
#include "workloads/batching/request.hpp"
#include "workloads/trace/decode_trace.hpp"

namespace decodesim {

struct BatchingOptions {
  std::int64_t concurrency = 1;  ///< at least 1
  std::int64_t most_steps = 0;   ///< 0: as many as the requests make
};

/// The decode trace of `requests`; a sequence's id is its request's index. No steps when no request generates two
/// tokens. Throws InternalError when concurrency < 1 or a request has negative or more than kMostRequestTokens tokens.
DecodeTrace continuous_batching(std::span<const Request> requests, const BatchingOptions& options);

/// 12 bytes each in memory.
inline constexpr std::int64_t kMostTraceTokens = 200'000'000;

/// Before continuous_batching: throws ConfigError at `position`, where the requests come from, when they make no step
/// or may make more than kMostTraceTokens.
void check_requests(std::span<const Request> requests, const BatchingOptions& options, const SourcePosition& position);

/// The decode trace of `batch` sequences that stay together for `steps` steps, each with `context` cached tokens before
/// the first. Throws InternalError when batch or steps < 1 or a context leaves 0..kLongestContext.
DecodeTrace fixed_batch(std::int64_t batch, std::int64_t context, std::int64_t steps);

/// Decode steps that a request takes part in: its generated tokens but the one that prefill makes.
constexpr std::int64_t decode_steps_of(const Request& request) {
  return request.generated_tokens > 1 ? request.generated_tokens - 1 : 0;
}

}  // namespace decodesim
