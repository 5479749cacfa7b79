// SPDX-License-Identifier: Apache-2.0
// SwitchAllocator: which inputs of a crossbar are connected with which outputs. Every output grants one of the inputs
// that ask for it, every input accepts one of the grants.
//
//   round robin   iSLIP with one iteration: a port's turn begins behind the last that it was matched with (N. McKeown,
//                 "The iSLIP Scheduling Algorithm for Input-Queued Switches", IEEE/ACM Trans. Networking 1999)
//   age           the request that has waited longest, at outputs and inputs; ties in turn
//
// Laws, each one a test in test/models/network/switch_allocator_test.cpp:
//   1. No input and no output is matched twice, and only with one that was asked for.
//   2. Something is matched whenever something is asked for.
//   3. Round robin starves nobody: of n inputs that ask for one output all the time each gets every n-th turn; with all
//      inputs asking for all outputs the matching is perfect after n turns.
#pragma once

#include <cstdint>
#include <vector>

#include "models/network/packet_parameters.hpp"
#include "sim/core/units/units.hpp"

namespace decodesim {

class SwitchAllocator {
 public:
  struct Request {
    std::int32_t input = 0;
    std::int32_t output = 0;
    std::int32_t queue = 0;  ///< of the input; carried along
    TimePoint since;
  };

  SwitchAllocator(std::int32_t inputs, std::int32_t outputs, Arbitration arbitration);

  /// Leaves in `requests` those that are granted and accepted. At most one request a pair of ports.
  void match(std::vector<Request>& requests);

 private:
  [[nodiscard]] bool granted_before(const Request& a, const Request& b) const;
  [[nodiscard]] bool accepted_before(const Request& a, const Request& b) const;
  [[nodiscard]] std::int32_t turn_of_input(const Request& r) const;
  [[nodiscard]] std::int32_t turn_of_output(const Request& r) const;

  const Arbitration arbitration_;
  std::vector<std::int32_t> next_input_;   // whose turn it is, by output
  std::vector<std::int32_t> next_output_;  // by input
  std::vector<const Request*> granted_;    // by output, while matching
  std::vector<const Request*> accepted_;   // by input, while matching
  std::vector<Request> matched_;
};

}  // namespace decodesim
