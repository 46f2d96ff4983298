#include "harness/hunt/isolation.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"

namespace mortsafe {
namespace {

// How much of a child's output is kept, and how much it may take up meanwhile.
constexpr off_t kOutputKept = off_t{1} << 16;
constexpr off_t kMostOutput = off_t{1} << 20;
// How often a child is looked at while it is waited for.
constexpr std::chrono::milliseconds kGlance{20};
constexpr std::chrono::milliseconds kPollInterval{100};

struct Sign {
  absl::string_view text;
  ViolationKind kind;
};

// What sanitizers write, the most telling first.
constexpr std::array<Sign, 7> kSigns = {{
    {"ThreadSanitizer: data race", ViolationKind::kDataRace},
    {"use-after-free", ViolationKind::kUseAfterFree},
    {"attempting double-free", ViolationKind::kDoubleFree},
    {"heap-use-after", ViolationKind::kUseAfterFree},
    {"lock-order-inversion", ViolationKind::kDeadlock},
    {"detected memory leaks", ViolationKind::kLeak},
    {"ThreadSanitizer: thread leak", ViolationKind::kLeak},
}};

// `line` without process numbers and addresses, which differ from run to run.
absl::string_view CutWhatVaries(absl::string_view line) {
  for (const absl::string_view prefix : {"ERROR: ", "WARNING: "}) {
    const size_t level = line.find(prefix);
    if (level != absl::string_view::npos) {
      line.remove_prefix(level + prefix.size());
    }
  }
  for (const absl::string_view tail :
       {" on address", " on unknown address", " on 0x", " 0x", " (pid="}) {
    line = line.substr(0, line.find(tail));
  }
  return line;
}

// The line of a report that sums it up, which is the first of its kind: further
// down a summary follows that says less. Or nothing.
std::optional<std::string> HeadLine(absl::string_view output) {
  size_t at = absl::string_view::npos;
  for (const absl::string_view mark :
       {"Sanitizer: ", "runtime error: ", "terminate called"}) {
    at = std::min(at, output.find(mark));
  }
  if (at == absl::string_view::npos) return std::nullopt;
  const size_t start = output.rfind('\n', at) + 1;
  return std::string(
      CutWhatVaries(output.substr(start, output.find('\n', at) - start)));
}

}  // namespace

void* MapSharedMemory(size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Check(memory != MAP_FAILED, "no shared memory");
  return memory;
}

void UnmapSharedMemory(void* memory, size_t bytes) { munmap(memory, bytes); }

Child::Child(absl::FunctionRef<void()> work) {
  output_ = memfd_create("mortsafe-child", MFD_CLOEXEC);
  Check(output_ >= 0, "no memory file for a child's output");
  std::fflush(nullptr);
  const pid_t parent = getpid();
  process_ = fork();
  Check(process_ >= 0, "no new process");
  if (process_ == 0) RunInChild(work, parent);
}

void Child::RunInChild(absl::FunctionRef<void()> work, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before it could take the child along.
  if (getppid() != parent) _exit(kHarnessErrorExitStatus);
  for (const int number : {SIGINT, SIGTERM}) signal(number, SIG_IGN);
  dup2(output_, STDOUT_FILENO);
  dup2(output_, STDERR_FILENO);
  SetFailedCheckFlag(&ending_->failed_check);
  work();
  std::fflush(nullptr);
  ending_->finished = true;
  _exit(0);
}

Child::~Child() {
  if (!ended_) {
    kill(process_, SIGKILL);
    waitpid(process_, &status_, 0);
  }
  close(output_);
}

bool Child::HasEnded(std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  if (ended_) return true;
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, process_, 0));
  Check(handle >= 0, "a child cannot be watched");
  const Clock::time_point deadline = Clock::now() + patience;
  pollfd watched = {.fd = handle, .events = POLLIN, .revents = 0};
  while (!ended_) {
    ForgetOldOutput();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(deadline - Clock::now(), Clock::duration::zero()));
    // A signal may cut the poll short.
    if (poll(&watched, 1, static_cast<int>(std::min(left, kGlance).count())) >
        0) {
      Check(waitpid(process_, &status_, 0) == process_, "a child got lost");
      ended_ = true;
    } else if (left == Clock::duration::zero()) {
      break;
    }
  }
  close(handle);
  return ended_;
}

void Child::KillForTimeOut() {
  if (ended_) return;
  kill(process_, SIGKILL);
  waitpid(process_, &status_, 0);
  ended_ = true;
  timed_out_ = true;
}

void Child::ForgetOldOutput() const {
  struct stat file = {};
  if (fstat(output_, &file) != 0 || file.st_blocks * 512 < kMostOutput) return;
  fallocate(output_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
            file.st_size - kOutputKept);
}

std::string Child::Output() const {
  struct stat file = {};
  Check(fstat(output_, &file) == 0, "a child's output got lost");
  const off_t end = file.st_size;
  std::string output(static_cast<size_t>(std::min<off_t>(end, kOutputKept)),
                     '\0');
  const ssize_t size = pread(output_, output.data(), output.size(),
                             end - static_cast<off_t>(output.size()));
  output.resize(size > 0 ? static_cast<size_t>(size) : 0);
  // What was cut begins with a whole line, if there is one.
  if (end > kOutputKept) output.erase(0, output.find('\n') + 1);
  return output;
}

std::optional<Crash> Child::crash() const {
  Check(ended_, "a child is asked too early how it ended");
  if (timed_out_) {
    return Crash{ViolationKind::kTimeOut,
                 "The map did not answer within the time limit, and made no "
                 "access to shared state meanwhile.",
                 Output()};
  }
  if (ending_->finished && WIFEXITED(status_) && WEXITSTATUS(status_) == 0) {
    return std::nullopt;
  }
  if (ending_->failed_check) {
    std::fputs(Output().c_str(), stderr);
    _exit(kHarnessErrorExitStatus);
  }
  return ClassifyCrash(status_, Output());
}

bool StuckWatch::IsStuck(uint64_t pulse) {
  if (pulse_ != pulse) {
    pulse_ = pulse;
    since_ = Clock::now();
    return false;
  }
  return Clock::now() - since_ > patience_;
}

bool AwaitUnlessStuck(Child& child, const std::atomic<uint64_t>& pulse,
                      std::chrono::milliseconds patience,
                      const std::atomic<bool>* stop,
                      absl::FunctionRef<void()> on_poll) {
  StuckWatch watch(patience);
  while (!child.HasEnded(kPollInterval)) {
    if (stop != nullptr && *stop) return false;
    on_poll();
    if (watch.IsStuck(pulse)) child.KillForTimeOut();
  }
  return true;
}

Crash ClassifyCrash(int wait_status, absl::string_view output) {
  Crash crash;
  crash.report = std::string(output);
  for (const Sign& sign : kSigns) {
    if (absl::StrContains(output, sign.text)) {
      crash.kind = sign.kind;
      break;
    }
  }
  if (const std::optional<std::string> line = HeadLine(output)) {
    crash.sentence = *line + ".";
  } else if (WIFSIGNALED(wait_status)) {
    crash.sentence = absl::StrCat("The process died of a signal: ",
                                  strsignal(WTERMSIG(wait_status)), ".");
  } else {
    crash.sentence = absl::StrCat("The process exited with status ",
                                  WEXITSTATUS(wait_status),
                                  " in the middle of an execution.");
  }
  return crash;
}

}  // namespace mortsafe
