// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "sim/app/report/report.hpp"
#include "sim/app/report/results_json.hpp"
#include "sim/app/report/tables.hpp"
#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void write_text(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string refusal(const fs::path& directory) {
  try {
    check_output_directory(directory);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

std::string write_error(const fs::path& directory) {
  try {
    write_results(made_up_plan(), made_up_result(), directory);
  } catch (const OutputError& error) {
    return error.what();
  }
  return "";
}

/// Lets no file of this process grow beyond `bytes`: what a full disk looks like to a writer.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(WriteResults, MakesTheDirectoryAndFillsIt) {
  const ScratchDirectory scratch("write");
  const fs::path out = scratch.path() / "a" / "b";
  write_results(made_up_plan(), made_up_result(), out);
  EXPECT_EQ(text_of_file(out / "results.json"), results_json(made_up_plan(), made_up_result()));
  EXPECT_EQ(text_of_file(out / "steps.csv"), steps_csv(made_up_result()));
  EXPECT_EQ(text_of_file(out / "components.csv"), components_csv(made_up_result()));
  EXPECT_FALSE(text_of_file(out / "resolved.yaml").empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 4);  // and nothing else
}

TEST(WriteResults, ReplacesOlderResultsAndLeavesOtherFilesAlone) {
  const ScratchDirectory scratch("replace");
  write_text(scratch.path() / "results.json", "old");
  write_text(scratch.path() / "notes.txt", "mine");
  write_results(made_up_plan(), made_up_result(), scratch.path());
  EXPECT_EQ(text_of_file(scratch.path() / "results.json"), results_json(made_up_plan(), made_up_result()));
  EXPECT_EQ(text_of_file(scratch.path() / "notes.txt"), "mine");
}

TEST(WriteResults, LeavesNothingOfAFileThatDidNotFit) {
  const ScratchDirectory scratch("full");
  write_text(scratch.path() / "results.json", "old");
  std::string error;
  {
    const FileSizeLimit limit(200);
    error = write_error(scratch.path());
  }
  EXPECT_THAT(error, HasSubstr("steps.csv: cannot be written: File too large"));
  EXPECT_THAT(scratch.names(), ElementsAre("results.json"));
  EXPECT_EQ(text_of_file(scratch.path() / "results.json"), "old");
}

TEST(WriteResults, NamesTheFileWhosePlaceIsTaken) {
  const ScratchDirectory scratch("taken");
  fs::create_directories(scratch.path() / "results.json");
  EXPECT_EQ(write_error(scratch.path()),
            (scratch.path() / "results.json").string() + ": cannot be written: Is a directory");
  EXPECT_THAT(scratch.names(), ElementsAre("components.csv", "resolved.yaml", "results.json", "steps.csv"));
}

TEST(WriteResults, NamesADirectoryThatCannotBe) {
  const ScratchDirectory scratch("file");
  write_text(scratch.path() / "file", "mine");
  EXPECT_THAT(write_error(scratch.path() / "file"), HasSubstr("file: cannot be written: Not a directory"));
  EXPECT_THAT(write_error(scratch.path() / "file" / "below"), HasSubstr("below: cannot be written: Not a directory"));
  EXPECT_EQ(text_of_file(scratch.path() / "file"), "mine");
}

TEST(CheckOutputDirectory, AcceptsWhatIsThereAndWhatCanBeMade) {
  const ScratchDirectory scratch("accept");
  EXPECT_EQ(refusal(scratch.path()), "");
  EXPECT_EQ(refusal(scratch.path() / "new" / "deep" / ""), "");
  EXPECT_EQ(refusal(scratch.path() / "new" / ".." / "other"), "");
  EXPECT_THAT(scratch.names(), IsEmpty());  // nothing was made
}

TEST(CheckOutputDirectory, RefusesAFileInItsPlace) {
  const ScratchDirectory scratch("refuse");
  const std::string file = (scratch.path() / "file").string();
  write_text(file, "");
  const std::string expected = "; expected a directory for the results that can be written";
  EXPECT_EQ(refusal(file), file + ": is not a directory" + expected);
  EXPECT_EQ(refusal(file + "/below/it"),
            file + "/below/it: cannot be created: '" + file + "' is not a directory" + expected);
  EXPECT_THAT(refusal(""), HasSubstr("the output directory has no name"));
}

TEST(CheckOutputDirectory, RefusesADirectoryInThePlaceOfAFile) {
  const ScratchDirectory scratch("occupied");
  fs::create_directories(scratch.path() / "steps.csv");
  EXPECT_EQ(refusal(scratch.path()),
            scratch.path().string() +
                ": has a directory 'steps.csv' in the place of a file; expected a directory for "
                "the results that can be written");
}

TEST(OutputDirectoryTest, WhatWasMadeForNothingIsRemoved) {
  const ScratchDirectory scratch("nothing");
  {
    const OutputDirectory directory(scratch.path() / "a" / "b", made_up_plan());
    EXPECT_TRUE(fs::is_directory(directory.path()));
    EXPECT_TRUE(fs::is_empty(directory.path()));
  }
  EXPECT_THAT(scratch.names(), IsEmpty());
}

TEST(OutputDirectoryTest, WhatHoldsResultsOrWasThereStays) {
  const ScratchDirectory scratch("something");
  fs::create_directories(scratch.path() / "mine");
  {
    const OutputDirectory mine(scratch.path() / "mine", made_up_plan());
    const OutputDirectory made(scratch.path() / "a" / "b", made_up_plan());
    write_results(made_up_plan(), made_up_result(), made.path());
  }
  EXPECT_THAT(scratch.names(), ElementsAre("a", "mine"));
  EXPECT_TRUE(fs::exists(scratch.path() / "a" / "b" / "results.json"));
}

TEST(OutputDirectoryTest, AFullDiskIsFoundBeforeTheRun) {
  const ScratchDirectory scratch("full_before");
  const fs::path path = scratch.path() / "a" / "b";
  std::string said;
  {
    const FileSizeLimit limit(20);
    try {
      const OutputDirectory directory(path, made_up_plan());
    } catch (const ConfigError& error) {
      said = error.what();
    }
  }
  EXPECT_EQ(said, path.string() +
                      ": cannot be written (File too large); expected a directory for the results that can be written");
  EXPECT_THAT(scratch.names(), IsEmpty());
}

TEST(CheckOutputDirectory, RefusesADanglingLink) {
  const ScratchDirectory scratch("dangling");
  fs::create_symlink(scratch.path() / "nowhere", scratch.path() / "link");
  EXPECT_THAT(refusal(scratch.path() / "link"), HasSubstr("link: is not a directory"));
}

TEST(CheckOutputDirectory, RefusesWhatCannotBeWritten) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const ScratchDirectory scratch("readonly");
  fs::permissions(scratch.path(), fs::perms::owner_read | fs::perms::owner_exec);
  const std::string directory = scratch.path().string();
  EXPECT_THAT(refusal(directory), HasSubstr(directory + ": cannot be written (Permission denied)"));
  EXPECT_THAT(refusal(directory + "/new"),
              HasSubstr("/new: cannot be created in '" + directory + "' (Permission denied)"));
  EXPECT_THAT(write_error(directory), HasSubstr("cannot be written: Permission denied"));
  fs::permissions(scratch.path(), fs::perms::owner_all);
}

}  // namespace
}  // namespace decodesim
