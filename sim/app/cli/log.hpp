// SPDX-License-Identifier: Apache-2.0
// Log: what the program says to people on stderr beside its results. Never parsed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace decodesim {

enum class Verbosity : std::uint8_t { kQuiet, kNormal, kVerbose };

class Log {
 public:
  explicit Log(Verbosity verbosity);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// With -v only.
  void detail(const std::string& text);
  /// Unless -q.
  void info(const std::string& text);
  /// Always.
  void error(const std::string& text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace decodesim
