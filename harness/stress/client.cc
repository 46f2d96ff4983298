#include "harness/stress/client.h"

#include <unistd.h>

#include "harness/base/random.h"
#include "harness/program/operation.h"
#include "harness/sync/access_hook.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

uint64_t Nanoseconds() {
  return static_cast<uint64_t>(
      std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

}  // namespace

Client::Client(const ClientOptions& options, HistoryClock& clock,
               RecordQueue& queue)
    : clock_(clock),
      queue_(queue),
      mix_(options.mix),
      delays_(DeriveSeed(options.mix.seed, 1), options.delay),
      operations_(options.operations),
      is_timed_(options.is_timed) {
  record_.client = options.number;
  record_.entries.reserve(MostEntries(options.mix.keys));
}

void Client::Run(AnyMap& map, const std::atomic<bool>& is_over) {
  mix_.Restart();
  timeline_.thread = gettid();
  while (operations_ > 0 && !is_over.load(std::memory_order_relaxed)) {
    --operations_;
    delays_.BeforeAccess();
    if (is_timed_) {
      PerformTimed(map);
    } else {
      Perform(map);
    }
    queue_.Push(record_);
    mix_.Learn(record_);
  }
  ended_ = Clock::now();
  queue_.Close();
}

void Client::PerformTimed(AnyMap& map) {
  const uint64_t called = Nanoseconds();
  Perform(map);
  const uint64_t returned = Nanoseconds();
  HistoryOperation& timed = timeline_.operations.emplace_back(record_);
  timed.call_time = called;
  timed.return_time = returned;
}

void Client::Perform(AnyMap& map) {
  const Operation operation = mix_.Next();
  PrepareRecord(operation, record_);
  const ScopedAccessHook scoped(delays_.hook());
  record_.call_time = clock_.Call();
  map.Perform(operation, record_);
  record_.return_time = clock_.Return();
}

}  // namespace mortsafe
