// Code that may crash runs in a child process, which shares some memory with
// its parent and leaves behind what it wrote to standard output and error.

#ifndef MORTSAFE_HARNESS_HUNT_ISOLATION_H_
#define MORTSAFE_HARNESS_HUNT_ISOLATION_H_

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <type_traits>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"

namespace mortsafe {

// Zeroed memory of `bytes` bytes that child processes share with this one.
void* MapSharedMemory(size_t bytes);
void UnmapSharedMemory(void* memory, size_t bytes);

// A T in memory that child processes share with their parent.
template <class T>
  requires std::is_trivially_destructible_v<T>
class Shared {
 public:
  Shared() : value_(new (MapSharedMemory(sizeof(T))) T()) {}
  ~Shared() { UnmapSharedMemory(value_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  T* operator->() const { return value_; }
  T& operator*() const { return *value_; }

 private:
  T* const value_;
};

// How a child ended that did not finish its work.
struct Crash {
  ViolationKind kind = ViolationKind::kCrash;
  std::string sentence;  // "AddressSanitizer: heap-use-after-free on …"
  std::string report;    // The last 64 KiB of what it wrote.
};

// A child process. The parent must have no other threads. The child dies with
// its parent, however that ends; SIGINT and SIGTERM, which a terminal or a
// supervisor sends to the whole group, are left to the parent.
class Child {
 public:
  // Starts a child that runs `work` and ends.
  explicit Child(absl::FunctionRef<void()> work);
  // Ends the child if it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Whether it has ended; waits for that up to `patience`.
  bool HasEnded(std::chrono::milliseconds patience);
  // Ends it because it made no progress; crash() says time-out.
  void KillForTimeOut();

  // REQUIRES: it has ended. Nothing if it finished its work: a child that exits
  // before that, with whatever status, has crashed. An error of the harness
  // itself inside the child ends this process in the same way.
  std::optional<Crash> crash() const;

 private:
  // What the child tells of its end.
  struct Ending {
    std::atomic<bool> finished{false};      // All of its work.
    std::atomic<bool> failed_check{false};  // The harness is to blame.
  };

  [[noreturn]] void RunInChild(absl::FunctionRef<void()> work, pid_t parent);
  // Gives back the memory of what it wrote long ago.
  void ForgetOldOutput() const;
  // The last of what it wrote.
  std::string Output() const;

  Shared<Ending> ending_;
  pid_t process_ = -1;
  int output_ = -1;
  bool ended_ = false;
  bool timed_out_ = false;
  int status_ = 0;
};

// Tells a child that is stuck from one that is slow.
class StuckWatch {
 public:
  explicit StuckWatch(std::chrono::milliseconds patience)
      : patience_(patience) {}

  // Whether `pulse`, which changes while the child makes progress, has stood
  // still for longer than that.
  bool IsStuck(uint64_t pulse);
  // The child does nothing, and may: what was seen so far does not count.
  void Restart() { pulse_.reset(); }

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::milliseconds patience_;
  std::optional<uint64_t> pulse_;
  Clock::time_point since_;
};

// Waits for `child`, and ends it when it is stuck by `pulse`. False if `stop`,
// if not null, was true before it ended. Calls `on_poll` about ten times a
// second.
bool AwaitUnlessStuck(
    Child& child, const std::atomic<uint64_t>& pulse,
    std::chrono::milliseconds patience, const std::atomic<bool>* stop = nullptr,
    absl::FunctionRef<void()> on_poll = [] {});

// The crash that a wait status and what the process wrote tell of.
Crash ClassifyCrash(int wait_status, absl::string_view output);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_ISOLATION_H_
