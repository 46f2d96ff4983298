// The same inputs give the same executions, histories and verdicts in every
// process, wherever the operating system loads it and whatever its environment
// holds: this program runs itself and compares digests of all that is seen.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "harness/history/text.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/model/trace.h"
#include "harness/program/input.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

constexpr uint64_t kGeneratedInputs = 200;
constexpr const char* kDigestLine = "digest ";

// FNV-1a (Fowler, Noll, Vo), over all text that it was given.
class Digest {
 public:
  void Add(absl::string_view text) {
    for (const char byte : text) {
      hash_ = (hash_ ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
    }
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

void AddRun(ProgramRunner& runner, const Input& input, Digest& digest) {
  const RunResult result =
      WithStrategy(input.schedule, [&](SchedulingStrategy& strategy) {
        return runner.Run(input.program, strategy, {.record = true});
      });
  digest.Add(result.sentence);
  digest.Add(ToJsonLines(runner.history()));
  for (const TraceStep& step : runner.trace().steps) {
    digest.Add(absl::StrCat(step.thread, " ", step.thread_step, " ", step.time,
                            step.action, step.object, step.detail));
  }
}

void AddCorpus(ProgramRunner& runner, Digest& digest) {
  std::vector<std::filesystem::path> paths;
  for (const auto& file :
       std::filesystem::directory_iterator(MORTSAFE_CORPUS)) {
    paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(file)),
                                     std::istreambuf_iterator<char>());
    AddRun(runner, DecodeInput(bytes), digest);
  }
}

// What a hunt covered, and what it learned from that.
void AddHunt(Digest& digest) {
  HuntOptions options;
  options.subject = *FindSubject("read-dirty");
  options.bounds.operations_offered = options.subject.subject->operations;
  options.executions = 3 * EpochLength(0);
  const HuntResult result = Hunt(options);
  digest.Add(absl::StrCat(" coverage ", result.progress.coverage));
  for (const uint64_t executions : result.progress.by_strategy) {
    digest.Add(absl::StrCat(" ", executions));
  }
}

uint64_t DigestOfEverything() {
  Digest digest;
  for (const char* map : {"read-dirty", "read-dirty-epoch", "read-dirty:c1",
                          "read-dirty:c4", "hash-trie"}) {
    HuntOptions options;
    options.subject = *FindSubject(map);
    options.bounds.operations_offered = options.subject.subject->operations;
    ProgramRunner runner(options.subject);
    AddCorpus(runner, digest);
    InputGenerator inputs(options);
    for (uint64_t i = 0; i < kGeneratedInputs; ++i) {
      AddRun(runner, inputs.Generate(i), digest);
    }
  }
  AddHunt(digest);
  return digest.value();
}

// What the other process runs.
TEST(DeterminismTest, DISABLED_PrintDigest) {
  std::printf("%s%016lx\n", kDigestLine, DigestOfEverything());
}

// Runs DISABLED_PrintDigest in a process of its own, with `variable` in its
// environment, and returns the line it printed.
std::string DigestOfAnotherProcess(const std::string& variable) {
  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command =
      absl::StrCat("env ", variable, " '", program,
                   "' --gtest_also_run_disabled_tests "
                   "--gtest_filter=DeterminismTest.DISABLED_PrintDigest");
  // The command is this test's own.
  // NOLINTNEXTLINE(bugprone-command-processor)
  std::FILE* const output = popen(command.c_str(), "r");
  std::string digest;
  std::array<char, 256> line;
  while (std::fgets(line.data(), line.size(), output) != nullptr) {
    const absl::string_view text(line.data());
    if (text.substr(0, 7) == kDigestLine) digest = std::string(text);
  }
  EXPECT_EQ(pclose(output), 0);
  return digest;
}

TEST(DeterminismTest, ProcessesAgreeOnEveryExecution) {
  const std::string digest = DigestOfAnotherProcess("A=1");
  EXPECT_FALSE(digest.empty());
  EXPECT_EQ(
      DigestOfAnotherProcess(absl::StrCat("LONG=", std::string(5000, 'x'))),
      digest);
  EXPECT_EQ(DigestOfAnotherProcess("TZ=Asia/Tokyo LC_ALL=C"), digest);
}

}  // namespace
}  // namespace mortsafe
