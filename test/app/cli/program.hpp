// SPDX-License-Identifier: Apache-2.0
// Runs the built program in a folder of its own and takes what it says.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace decodesim::test {

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

/// A folder for one test: working folder of the program, gone at the end.
class ProgramFolder {
 public:
  ProgramFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "decodesim_cli_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~ProgramFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  ProgramFolder(const ProgramFolder&) = delete;
  ProgramFolder& operator=(const ProgramFolder&) = delete;

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const std::string& content) const { std::ofstream(folder_ / name) << content; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

  /// `arguments` as in a shell; stdout and stderr are files, and so no terminals. `around` is put before the program.
  [[nodiscard]] Outcome run(const std::string& arguments, const std::string& around = "") const {
    const std::string command = "cd '" + folder_.string() + "' && " + around + " '" DECODESIM_PROGRAM "' " + arguments +
                                " >stdout.txt 2>stderr.txt";
    const int raw = std::system(command.c_str());  // NOLINT(cert-env33-c): arguments are the tests' own
    Outcome outcome{WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, read("stdout.txt"), read("stderr.txt")};
    std::filesystem::remove(folder_ / "stdout.txt");
    std::filesystem::remove(folder_ / "stderr.txt");
    return outcome;
  }
  /// What lies in the folder, hidden files too.
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()));
  }

 private:
  std::filesystem::path folder_;
};

/// A scenario that takes no time.
inline constexpr const char* kTiny = R"(system:
  accelerators: {use: ideal, count: 1}
workload:
  kind: decode
  model: llama-3-8b
  batch: 1
  context: 100
  steps: 3
)";

}  // namespace decodesim::test
