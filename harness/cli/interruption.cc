#include "harness/cli/interruption.h"

#include <array>
#include <atomic>
#include <csignal>

namespace mortsafe {
namespace {

constexpr std::array<int, 2> kSignals = {SIGINT, SIGTERM};

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void Handle(int) { interrupted = true; }

}  // namespace

Interruption::Interruption() {
  interrupted = false;
  struct sigaction action = {};
  action.sa_handler = &Handle;
  // What is being written is written to its end.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int number : kSignals) sigaction(number, &action, nullptr);
}

Interruption::~Interruption() {
  for (const int number : kSignals) std::signal(number, SIG_DFL);
}

const std::atomic<bool>* Interruption::flag() const { return &interrupted; }

}  // namespace mortsafe
