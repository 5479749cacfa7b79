// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/output_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace decodesim {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

// An open file that closes itself; close() reports what a late write error left.
class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  /// 0, or the error.
  [[nodiscard]] int write(std::string_view content) const {
    while (!content.empty()) {
      const ::ssize_t written = ::write(number_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      if (written == 0) return EIO;
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    // A place that cannot be synchronised (a pipe, some network file systems) is no reason to give up.
    if (::fsync(number_) != 0 && errno != EINVAL && errno != ENOSYS && errno != EROFS) return errno;
    return 0;
  }

  [[nodiscard]] int close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0 ? 0 : errno;
  }

 private:
  int number_;
};

}  // namespace

OutputError::OutputError(const std::filesystem::path& file, std::string_view reason)
    : std::runtime_error(file.string() + ": cannot be written: " + std::string(reason)), reason_(reason) {}

OutputFiles::OutputFiles(std::filesystem::path directory) : directory_(std::move(directory)) {
  if (directory_.empty()) directory_ = ".";
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) throw OutputError(directory_, error.message());
  if (!std::filesystem::is_directory(directory_, error)) throw OutputError(directory_, reason(ENOTDIR));
}

OutputFiles::~OutputFiles() {
  std::error_code ignored;
  for (const Staged& staged : staged_) std::filesystem::remove(staged.temporary, ignored);
}

void OutputFiles::add(const std::string& name, std::string_view content) {
  // The process id keeps two runs into one directory out of each other's way.
  const std::filesystem::path file = directory_ / name;
  const std::filesystem::path temporary = directory_ / ("." + name + "." + std::to_string(::getpid()) + ".part");
  Descriptor descriptor(temporary);
  if (!descriptor.is_open()) throw OutputError(file, reason(errno));
  staged_.push_back({temporary, file});
  if (const int error = descriptor.write(content); error != 0) throw OutputError(file, reason(error));
  if (const int error = descriptor.close(); error != 0) throw OutputError(file, reason(error));
}

void OutputFiles::commit() {
  while (!staged_.empty()) {
    std::error_code error;
    std::filesystem::rename(staged_.front().temporary, staged_.front().file, error);
    if (error) throw OutputError(staged_.front().file, error.message());
    staged_.erase(staged_.begin());
  }
}

}  // namespace decodesim
