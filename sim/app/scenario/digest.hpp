// SPDX-License-Identifier: Apache-2.0
// Digest: SHA-256 of what makes two runs the same experiment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// Eight bytes, least significant first, on any machine.
  void add(std::int64_t number);
  /// 64 hexadecimal digits. Call once, last.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of all resolved values of `plan` and the content of its trace; not of names of files, which differ between machines.
std::string scenario_digest(const Plan& plan);

}  // namespace decodesim
