// SPDX-License-Identifier: Apache-2.0
#include "sim/app/cli/graphviz.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace decodesim {

bool draw_with_graphviz(const std::string& dot_text, const std::string& svg) {
  // Beside the drawing, so that it is where the user may write.
  const std::string source = svg + ".dot.part";
  const std::string drawing = svg + ".part";
  {
    std::ofstream file(source, std::ios::binary);
    file << dot_text;
    if (!file.flush()) return false;
  }
  std::string program = "dot";
  std::string type = "-Tsvg";
  std::string to = "-o" + drawing;
  std::string from = source;
  char* arguments[] = {program.data(), type.data(), to.data(), from.data(), nullptr};
  pid_t child = 0;
  int status = 1;
  const bool started = posix_spawnp(&child, "dot", nullptr, nullptr, static_cast<char**>(arguments), environ) == 0;
  const bool done = started && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  std::error_code ignored;
  std::filesystem::remove(source, ignored);
  std::error_code failed;
  if (done) std::filesystem::rename(drawing, svg, failed);
  if (!done || failed) std::filesystem::remove(drawing, ignored);
  return done && !failed;
}

}  // namespace decodesim
