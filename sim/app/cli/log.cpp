// SPDX-License-Identifier: Apache-2.0
#include "sim/app/cli/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>

namespace decodesim {

struct Log::State {
  spdlog::logger logger{"decodesim", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>()};
};

Log::Log(Verbosity verbosity) : state_(std::make_unique<State>()) {
  state_->logger.set_pattern("decodesim: %v");
  state_->logger.set_level(verbosity == Verbosity::kQuiet     ? spdlog::level::err
                           : verbosity == Verbosity::kVerbose ? spdlog::level::debug
                                                              : spdlog::level::info);
}

Log::~Log() = default;

void Log::detail(const std::string& text) { state_->logger.debug(text); }
void Log::info(const std::string& text) { state_->logger.info(text); }
void Log::error(const std::string& text) { state_->logger.error(text); }

}  // namespace decodesim
