// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch_allocator.hpp"

namespace decodesim {
namespace {

std::size_t at(std::int32_t port) { return static_cast<std::size_t>(port); }

}  // namespace

SwitchAllocator::SwitchAllocator(std::int32_t inputs, std::int32_t outputs, Arbitration arbitration)
    : arbitration_(arbitration),
      next_input_(at(outputs), 0),
      next_output_(at(inputs), 0),
      granted_(at(outputs), nullptr),
      accepted_(at(inputs), nullptr) {}

std::int32_t SwitchAllocator::turn_of_input(const Request& r) const {
  const std::int32_t ahead = r.input - next_input_[at(r.output)];
  return ahead >= 0 ? ahead : ahead + static_cast<std::int32_t>(next_output_.size());
}

std::int32_t SwitchAllocator::turn_of_output(const Request& r) const {
  const std::int32_t ahead = r.output - next_output_[at(r.input)];
  return ahead >= 0 ? ahead : ahead + static_cast<std::int32_t>(next_input_.size());
}

bool SwitchAllocator::granted_before(const Request& a, const Request& b) const {
  if (arbitration_ == Arbitration::kAge && a.since != b.since) return a.since < b.since;
  return turn_of_input(a) < turn_of_input(b);
}

bool SwitchAllocator::accepted_before(const Request& a, const Request& b) const {
  if (arbitration_ == Arbitration::kAge && a.since != b.since) return a.since < b.since;
  return turn_of_output(a) < turn_of_output(b);
}

void SwitchAllocator::match(std::vector<Request>& requests) {
  for (const Request& request : requests) {
    const Request*& best = granted_[at(request.output)];
    if (best == nullptr || granted_before(request, *best)) best = &request;
  }
  for (const Request& request : requests) {
    if (granted_[at(request.output)] != &request) continue;
    const Request*& best = accepted_[at(request.input)];
    if (best == nullptr || accepted_before(request, *best)) best = &request;
  }
  matched_.clear();
  for (const Request& request : requests)
    if (accepted_[at(request.input)] == &request) matched_.push_back(request);
  for (const Request& request : requests) {
    granted_[at(request.output)] = nullptr;
    accepted_[at(request.input)] = nullptr;
  }
  for (const Request& request : matched_) {
    next_input_[at(request.output)] = (request.input + 1) % static_cast<std::int32_t>(next_output_.size());
    next_output_[at(request.input)] = (request.output + 1) % static_cast<std::int32_t>(next_input_.size());
  }
  requests.swap(matched_);
}

}  // namespace decodesim
