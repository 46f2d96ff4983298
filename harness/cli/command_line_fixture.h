// For tests of `mortsafe` as its users meet it: runs the program in a folder of
// the test's own, and tells what it printed, and with which exit status it
// ended.
//
//   class ThisCommandTest : public CommandLineFixture {};
//
//   TEST_F(ThisCommandTest, BadNumbersAreRefused) {
//     EXPECT_THAT(Refused({"hunt", "--seed", "x"}), HasSubstr("--seed"));
//   }
//
// MORTSAFE_PROGRAM is the program.

#ifndef MORTSAFE_HARNESS_CLI_COMMAND_LINE_FIXTURE_H_
#define MORTSAFE_HARNESS_CLI_COMMAND_LINE_FIXTURE_H_

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {

inline constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Finished {
  int status = -1;  // Exit status, or -1.
  std::string out;
  std::string err;
};

// A folder of its own for each test.
class CommandLineFixture : public ::testing::Test {
 protected:
  CommandLineFixture() {
    std::string folder = ::testing::TempDir() + "mortsafe-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  ~CommandLineFixture() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path& folder() const { return folder_; }

  // Starts the program in folder(), its output going to files there.
  pid_t Start(std::vector<std::string> arguments,
              const std::string& output = "out") const {
    arguments.insert(arguments.begin(), MORTSAFE_PROGRAM);
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    const pid_t process = fork();
    EXPECT_GE(process, 0);
    if (process != 0) return process;
    const auto redirect = [](const char* path, int to) {
      const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
      if (file < 0 || dup2(file, to) != to) _exit(99);
    };
    if (chdir(folder_.c_str()) != 0) _exit(99);
    redirect(output.c_str(), STDOUT_FILENO);
    redirect("err", STDERR_FILENO);
    execv(raw[0], raw.data());
    _exit(99);
  }

  // Waits until it ends.
  Finished End(pid_t process) const {
    int status = 0;
    EXPECT_EQ(waitpid(process, &status, 0), process);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            ReadAll(folder_ / "out"), ReadAll(folder_ / "err")};
  }

  Finished Run(std::vector<std::string> arguments) const {
    return End(Start(std::move(arguments)));
  }

  // The one line with which bad input is refused.
  std::string Refused(std::vector<std::string> arguments) const {
    const Finished finished = Run(std::move(arguments));
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.out, ::testing::IsEmpty());
    EXPECT_EQ(finished.err.find('\n'), finished.err.size() - 1) << finished.err;
    return finished.err;
  }

  // Makes a file in folder().
  void Write(const char* name, absl::string_view text) const {
    std::ofstream(folder_ / name) << text;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_COMMAND_LINE_FIXTURE_H_
