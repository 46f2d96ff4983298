// Children: they run, end, crash and hang, and their parent learns of it.

#include "harness/hunt/isolation.h"

#include <poll.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::milliseconds kLongEnough{60'000};
constexpr std::chrono::milliseconds kAtOnce{0};
// The wait status of a process that exits as sanitizers make it exit.
constexpr int kExited77 = 77 << 8;

std::optional<Crash> CrashOf(absl::FunctionRef<void()> work) {
  Child child(work);
  EXPECT_TRUE(child.HasEnded(kLongEnough));
  return child.crash();
}

TEST(ChildTest, DoesItsWorkInSharedMemoryAndEnds) {
  Shared<int> answer;
  EXPECT_EQ(*answer, 0);
  int unshared = 0;
  Child child([&] {
    *answer = 42;
    unshared = 42;
  });
  ASSERT_TRUE(child.HasEnded(kLongEnough));
  EXPECT_FALSE(child.crash().has_value());
  EXPECT_EQ(*answer, 42);
  EXPECT_EQ(unshared, 0);
}

TEST(ChildTest, ASegmentationFaultIsACrash) {
  const std::optional<Crash> crash = CrashOf([] { raise(SIGSEGV); });
  ASSERT_TRUE(crash.has_value());
  EXPECT_EQ(crash->kind, ViolationKind::kCrash);
  // Sanitizers catch the signal and write a report of their own.
  const bool reported = kAddressSanitizer || kThreadSanitizer;
  EXPECT_THAT(crash->sentence,
              HasSubstr(reported ? "SEGV" : "Segmentation fault"));
  EXPECT_THAT(crash->sentence, Not(HasSubstr("0x")));
}

TEST(ChildTest, AnAbortIsACrash) {
  const std::optional<Crash> crash = CrashOf([] { std::abort(); });
  ASSERT_TRUE(crash.has_value());
  EXPECT_EQ(crash->kind, ViolationKind::kCrash);
  EXPECT_THAT(crash->sentence, HasSubstr("Aborted"));
}

TEST(ChildTest, AnExitStatusIsReported) {
  const std::optional<Crash> crash = CrashOf([] { _exit(5); });
  ASSERT_TRUE(crash.has_value());
  EXPECT_EQ(crash->kind, ViolationKind::kCrash);
  EXPECT_THAT(crash->sentence, HasSubstr("exited with status 5"));
}

TEST(ChildTest, AnExitBeforeTheWorkIsDoneIsACrashWhateverItsStatus) {
  for (const int status : {0, 3}) {
    const std::optional<Crash> crash = CrashOf([&] { std::exit(status); });
    ASSERT_TRUE(crash.has_value()) << status;
    EXPECT_EQ(crash->kind, ViolationKind::kCrash);
    EXPECT_THAT(crash->sentence,
                HasSubstr(absl::StrCat("exited with status ", status)));
  }
}

TEST(ChildTest, OfMuchOutputTheEndIsKept) {
  constexpr int kLines = 200'000;
  const std::optional<Crash> crash = CrashOf([] {
    for (int line = 0; line < kLines; ++line) std::printf("line %d\n", line);
    std::fputs("the last words\n", stderr);
    std::exit(5);
  });
  ASSERT_TRUE(crash.has_value());
  EXPECT_LT(crash->report.size(), size_t{1} << 17);
  EXPECT_THAT(crash->report, StartsWith("line "));
  EXPECT_THAT(crash->report,
              HasSubstr(absl::StrCat("line ", kLines - 1, "\n")));
}

TEST(ChildTest, SignalsToTheWholeGroupAreLeftToTheParent) {
  EXPECT_FALSE(CrashOf([] {
                 raise(SIGINT);
                 raise(SIGTERM);
               }).has_value());
}

// A pipe of which children inherit the end to write.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~Pipe() {
    close(ends_[0]);
    CloseWriter();
  }
  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  void Write() const { EXPECT_EQ(write(ends_[1], "x", 1), 1); }
  // Waits for a byte: true, or for the last writer to be gone: false.
  bool Read() const {
    pollfd watched = {.fd = ends_[0], .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&watched, 1, static_cast<int>(kLongEnough.count())), 1)
        << "somebody still holds the pipe";
    char byte = 0;
    return (watched.revents & POLLIN) != 0 && read(ends_[0], &byte, 1) == 1;
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

TEST(ChildTest, NoneOutlivesItsParentHoweverThatEnds) {
  for (const int number : {SIGKILL, SIGTERM, SIGINT}) {
    Pipe alive;
    const pid_t parent = fork();
    ASSERT_GE(parent, 0);
    if (parent == 0) {
      Child child([&] {
        alive.Write();
        while (true) pause();
      });
      child.HasEnded(kLongEnough);
      _exit(0);
    }
    alive.CloseWriter();
    ASSERT_TRUE(alive.Read());
    EXPECT_EQ(kill(parent, number), 0);
    EXPECT_FALSE(alive.Read());
    EXPECT_EQ(waitpid(parent, nullptr, 0), parent);
  }
}

TEST(ChildTest, WhatItWritesIsKept) {
  const std::optional<Crash> crash = CrashOf([] {
    std::fputs("to standard output\n", stdout);
    std::fflush(stdout);
    std::fputs("to standard error\n", stderr);
    _exit(5);
  });
  ASSERT_TRUE(crash.has_value());
  EXPECT_EQ(crash->report, "to standard output\nto standard error\n");
}

TEST(ChildTest, OneThatHangsIsKilled) {
  Child child([] {
    while (true) pause();
  });
  EXPECT_FALSE(child.HasEnded(kAtOnce));
  child.KillForTimeOut();
  EXPECT_TRUE(child.HasEnded(kAtOnce));
  ASSERT_TRUE(child.crash().has_value());
  EXPECT_EQ(child.crash()->kind, ViolationKind::kTimeOut);
}

TEST(ChildTest, NoneOutlivesItsOwner) {
  Shared<std::atomic<pid_t>> process;
  {
    Child child([&] {
      *process = getpid();
      while (true) pause();
    });
    while (*process == 0) {
      ASSERT_FALSE(child.HasEnded(std::chrono::milliseconds(1)));
    }
    EXPECT_EQ(kill(*process, 0), 0);
  }
  EXPECT_EQ(kill(*process, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildDeathTest, AnErrorOfTheHarnessIsNotBlamedOnTheMap) {
  EXPECT_EXIT(CrashOf([] { Check(false, "the harness is broken"); }),
              ::testing::ExitedWithCode(kHarnessErrorExitStatus),
              "the harness is broken");
}

TEST(ClassifyCrashTest, DataRace) {
  const Crash crash =
      ClassifyCrash(kExited77,
                    "==================\n"
                    "WARNING: ThreadSanitizer: data race (pid=1234)\n"
                    "  Write of size 4 at 0x7b0400000810 by thread T2:\n");
  EXPECT_EQ(crash.kind, ViolationKind::kDataRace);
  EXPECT_EQ(crash.sentence, "ThreadSanitizer: data race.");
  EXPECT_THAT(crash.report, HasSubstr("Write of size 4"));
}

TEST(ClassifyCrashTest, UseAfterFree) {
  const Crash address = ClassifyCrash(
      kExited77,
      "=================================================================\n"
      "==99==ERROR: AddressSanitizer: heap-use-after-free on address "
      "0x602000000010 at pc 0x0000004f bp 0x7ffc sp 0x7ffc\n"
      "READ of size 8 at 0x602000000010 thread T0\n");
  EXPECT_EQ(address.kind, ViolationKind::kUseAfterFree);
  EXPECT_EQ(address.sentence, "AddressSanitizer: heap-use-after-free.");

  const Crash thread = ClassifyCrash(
      kExited77, "WARNING: ThreadSanitizer: heap-use-after-free (pid=7)\n");
  EXPECT_EQ(thread.kind, ViolationKind::kUseAfterFree);
  EXPECT_EQ(thread.sentence, "ThreadSanitizer: heap-use-after-free.");
}

TEST(ClassifyCrashTest, DoubleFree) {
  const Crash crash =
      ClassifyCrash(kExited77,
                    "==99==ERROR: AddressSanitizer: attempting double-free on "
                    "0x602000000010 in thread T0:\n");
  EXPECT_EQ(crash.kind, ViolationKind::kDoubleFree);
  EXPECT_EQ(crash.sentence, "AddressSanitizer: attempting double-free.");
}

TEST(ClassifyCrashTest, Segmentation) {
  const Crash crash = ClassifyCrash(
      kExited77,
      "==99==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 "
      "(pc 0x55d8 bp 0x7ffc sp 0x7ffc T0)\n");
  EXPECT_EQ(crash.kind, ViolationKind::kCrash);
  EXPECT_EQ(crash.sentence, "AddressSanitizer: SEGV.");
}

TEST(ClassifyCrashTest, UndefinedBehaviour) {
  const Crash crash = ClassifyCrash(
      kExited77,
      "map.h:12:3: runtime error: signed integer overflow: 2147483647 + 1\n"
      "    #0 0x55d8 in Map::Store map.h:12:3\n"
      "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior map.h:12:3\n");
  EXPECT_EQ(crash.kind, ViolationKind::kCrash);
  EXPECT_EQ(crash.sentence,
            "map.h:12:3: runtime error: signed integer overflow: 2147483647 + "
            "1.");
}

TEST(ClassifyCrashTest, AnUncaughtException) {
  const Crash crash = ClassifyCrash(
      SIGABRT,
      "terminate called after throwing an instance of 'std::out_of_range'\n"
      "  what():  map::at\n");
  EXPECT_EQ(crash.kind, ViolationKind::kCrash);
  EXPECT_THAT(crash.sentence, HasSubstr("'std::out_of_range'"));
}

TEST(ClassifyCrashTest, TheSameCrashReadsTheSameInEveryProcess) {
  const absl::string_view first =
      "==11==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020 "
      "at\n";
  const absl::string_view second =
      "==22==ERROR: AddressSanitizer: heap-use-after-free on address 0x7030 "
      "at\n";
  EXPECT_EQ(ClassifyCrash(kExited77, first).sentence,
            ClassifyCrash(kExited77, second).sentence);
}

}  // namespace
}  // namespace mortsafe
