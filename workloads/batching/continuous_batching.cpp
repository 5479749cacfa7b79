// SPDX-License-Identifier: Apache-2.0
#include "workloads/batching/continuous_batching.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kWho = "continuous_batching";

struct Slot {
  SequenceId id = 0;
  std::int64_t context = 0;
  std::int64_t steps_left = 0;  // 0: free
};

class Batcher {
 public:
  Batcher(std::span<const Request> requests, std::int64_t concurrency)
      : requests_(requests), slots_(std::min(requests.size(), static_cast<std::size_t>(concurrency))) {}

  // Makes the next step; false when no request is active and none is left.
  bool step(DecodeTrace& trace) {
    ids_.clear();
    contexts_.clear();
    for (Slot& slot : slots_) {
      if (slot.steps_left == 0 && !refill(slot)) continue;
      ids_.push_back(slot.id);
      contexts_.push_back(slot.context);
      ++slot.context;
      --slot.steps_left;
    }
    if (ids_.empty()) return false;
    trace.add_step(ids_, contexts_);
    return true;
  }

 private:
  bool refill(Slot& slot) {
    while (next_ < requests_.size()) {
      const Request& request = requests_[next_];
      const auto id = static_cast<SequenceId>(next_++);
      require(request.context_tokens >= 0 && request.context_tokens <= kMostRequestTokens &&
                  request.generated_tokens >= 0 && request.generated_tokens <= kMostRequestTokens,
              kWho, "a request's token counts are within bounds");
      if (decode_steps_of(request) == 0) continue;
      slot = {id, request.context_tokens, decode_steps_of(request)};
      return true;
    }
    return false;
  }

  std::span<const Request> requests_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;
  std::vector<SequenceId> ids_;
  std::vector<std::int64_t> contexts_;
};

}  // namespace

DecodeTrace continuous_batching(std::span<const Request> requests, const BatchingOptions& options) {
  require(options.concurrency >= 1, kWho, "concurrency is at least 1");
  require(requests.size() <= std::numeric_limits<SequenceId>::max(), kWho, "every request can have an id");
  DecodeTrace trace;
  Batcher batcher(requests, options.concurrency);
  while (options.most_steps <= 0 || trace.steps() < options.most_steps)
    if (!batcher.step(trace)) break;
  return trace;
}

void check_requests(std::span<const Request> requests, const BatchingOptions& options, const SourcePosition& position) {
  std::int64_t tokens = 0;
  for (const Request& request : requests) tokens = checked::add(tokens, decode_steps_of(request));
  if (options.most_steps > 0) tokens = std::min(tokens, checked::multiply(options.most_steps, options.concurrency));
  if (tokens == 0)
    throw ConfigError(position,
                      "no request generates two tokens: there is nothing to decode; expected longer or more "
                      "requests");
  if (tokens > kMostTraceTokens)
    throw ConfigError(position, "the requests decode " + std::to_string(tokens) + " tokens; expected at most " +
                                    std::to_string(kMostTraceTokens) + ": fewer requests, or a limit of steps");
}

DecodeTrace fixed_batch(std::int64_t batch, std::int64_t context, std::int64_t steps) {
  require(batch >= 1 && steps >= 1, "fixed_batch", "there is at least one sequence and one step");
  std::vector<SequenceId> ids(static_cast<std::size_t>(batch));
  std::iota(ids.begin(), ids.end(), SequenceId{0});
  std::vector<std::int64_t> contexts(ids.size());
  DecodeTrace trace;
  for (std::int64_t step = 0; step < steps; ++step) {
    std::fill(contexts.begin(), contexts.end(), checked::add(context, step));
    trace.add_step(ids, contexts);
  }
  return trace;
}

}  // namespace decodesim
