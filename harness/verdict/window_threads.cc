// C11 with real threads: the same window in nanoseconds, one thread being held
// back for a time before one of its accesses to shared state.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/program/operation.h"
#include "harness/report/text_layout.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "harness/sync/access_hook.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/specials.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::array<absl::string_view, 6> kMaps = {
    "read-dirty",
    "read-dirty-epoch",
    "read-dirty-hazard",
    "read-dirty:c2-delete-only-from-dirty",
    "read-dirty:c7-delete-skips-read",
    "read-dirty:c10-delete-stops-at-dirty",
};

constexpr std::array<int64_t, 5> kDelays = {0, 10'000, 100'000, 1'000'000,
                                            3'000'000};
// Who is held back: the one that deletes, that reads, that promotes.
constexpr uint32_t kThreads = 3;
constexpr uint32_t kReader = 1;
// Before so many of its accesses the one that reads is: it makes the same again
// and again. The others come to an end.
constexpr uint32_t kReaderPoints = 16;

// What happens after the Delete, as in the model (window.cc).
enum class Sequel : uint8_t { kPromotion, kAnotherStore };

// Before the access with that number, from 0, lets so much time pass.
class DelayAt final : public AccessHook {
 public:
  DelayAt(uint32_t point, nanoseconds delay) : left_(point), delay_(delay) {}

  void BeforeAccess() override {
    if (done_) return;
    if (left_ > 0) {
      --left_;
      return;
    }
    done_ = true;
    const Clock::time_point end = Clock::now() + delay_;
    while (Clock::now() < end) {
      // Somebody else may have the processor.
      std::this_thread::yield();
    }
  }

  // Whether the thread came to that access.
  bool done() const { return done_; }

 private:
  uint32_t left_;
  const nanoseconds delay_;
  bool done_ = false;
};

class Run {
 public:
  Run(const SubjectChoice& choice, Sequel sequel, uint32_t victim,
      uint32_t point, nanoseconds delay)
      : map_(choice.Create()),
        sequel_(sequel),
        victim_(victim),
        hook_(point, delay) {}

  // The window, in nanoseconds.
  int64_t Measure() {
    Perform({OperationKind::kStore, 0, 1});
    Load(0);  // Is promoted.
    if (sequel_ == Sequel::kPromotion) {
      for (const Key key : {1, 2}) {
        Perform({OperationKind::kStore, key, key + 1});
      }
    }
    std::thread deleter([&] { Work(0, [&] { Delete(); }); });
    std::thread reader([&] { Work(1, [&] { Read(); }); });
    std::thread promoter([&] { Work(2, [&] { Promote(); }); });
    deleter.join();
    reader.join();
    promoter.join();
    return std::max<int64_t>(0, (last_seen_ - deleted_at_).count());
  }

  // Whether somebody was held back.
  bool held() const { return hook_.done(); }

 private:
  template <class Part>
  void Work(uint32_t thread, Part part) {
    ++ready_;
    while (ready_ < kThreads) std::this_thread::yield();
    const ScopedAccessHook hook(thread == victim_ ? &hook_ : nullptr);
    part();
  }

  void Delete() {
    Perform({OperationKind::kDelete, 0});
    deleted_at_ = Clock::now();
    deleted_ = true;
    if (sequel_ == Sequel::kAnotherStore) {
      Perform({OperationKind::kStore, 0, 2});
    }
    ++over_;
  }

  // Looks until the key is gone, and all that could bring that about is over.
  void Read() {
    for (;;) {
      const bool over = over_ == kThreads - 1;
      const bool deleted = deleted_;
      const bool seen = Load(0) == Value{1};
      if (seen && deleted) last_seen_ = Clock::now();
      if (deleted && (!seen || over)) return;
      std::this_thread::yield();
    }
  }

  void Promote() {
    for (int i = 0; i < 3; ++i) Load(3);
    ++over_;
  }

  void Perform(const Operation& operation) {
    HistoryOperation record;
    PrepareRecord(operation, record);
    map_->Perform(operation, record);
  }
  std::optional<Value> Load(Key key) {
    HistoryOperation record;
    map_->Perform({OperationKind::kLoad, key}, record);
    return record.result;
  }

  const std::unique_ptr<AnyMap> map_;
  const Sequel sequel_;
  const uint32_t victim_;
  DelayAt hook_;
  std::atomic<uint32_t> ready_{0};
  // Set after deleted_at_, and read before the Load that is counted.
  std::atomic<bool> deleted_{false};
  std::atomic<uint32_t> over_{0};  // So many of the others are at their end.
  Clock::time_point deleted_at_;
  Clock::time_point last_seen_;
};

int64_t WidestWindow(const SubjectChoice& choice, int64_t delay) {
  int64_t widest = 0;
  for (const Sequel sequel : {Sequel::kPromotion, Sequel::kAnotherStore}) {
    for (uint32_t victim = 0; victim < kThreads; ++victim) {
      for (uint32_t point = 0; victim != kReader || point < kReaderPoints;
           ++point) {
        Run run(choice, sequel, victim, point, nanoseconds(delay));
        widest = std::max(widest, run.Measure());
        if (!run.held()) break;
      }
    }
  }
  return widest;
}

}  // namespace

Special WindowInTime(bool with_threads) {
  Paragraph recipe = {
      "`scripts/perf_sched --map read-dirty` records what the scheduler does "
      "to "
      "such a run (`perf sched`), and lines its events up with the calls and "
      "returns of the history, by one clock: which operations lost their "
      "processor, and for how long (docs/stress.md)."};
  if (!with_threads) return {{}, {std::move(recipe)}};
  Table table = {.title =
                     "The widest window on real threads, in ns, by the delay "
                     "in ns; delays of the system's own come on top",
                 .columns = {"map"}};
  for (const int64_t delay : kDelays) {
    table.columns.push_back(Grouped(static_cast<uint64_t>(delay)));
  }
  Plot plot = {.name = "c11-nanoseconds",
               .title = "How long a deleted key is seen, on real threads",
               .x_label = "delay, ns",
               .y_label = "window, ns",
               .series = {}};
  Special special;
  for (const absl::string_view map : kMaps) {
    const SubjectChoice choice = NamedNativeMap(map);
    std::vector<std::string> row = {std::string(map)};
    Plot::Series series = {std::string(map), {}};
    int64_t widest = 0;
    for (const int64_t delay : kDelays) {
      const int64_t window = WidestWindow(choice, delay);
      widest = std::max(widest, window);
      row.push_back(Grouped(static_cast<uint64_t>(window)));
      series.points.emplace_back(delay, window);
    }
    table.rows.push_back(std::move(row));
    plot.series.push_back(std::move(series));
    const bool faithful = choice.defect == nullptr;
    Evidence evidence = {
        .leg = faithful ? Leg::kThreads : Leg::kMeasured,
        .map = std::string(map),
        .bounds = absl::StrCat(
            "delays of 0 to ", kDelays.back() / 1'000'000,
            " ms before each access of the threads that delete and "
            "promote, and ",
            kReaderPoints, " of the one that reads"),
        .varies = true};
    if (faithful && widest > 0) {
      evidence.found = "a deleted key that is still seen";
    }
    evidence.note = absl::StrCat("the widest window was ",
                                 Grouped(static_cast<uint64_t>(widest)), " ns");
    special.evidence.push_back(std::move(evidence));
  }
  special.exhibits.emplace_back(std::move(table));
  special.exhibits.emplace_back(std::move(plot));
  special.exhibits.emplace_back(std::move(recipe));
  return special;
}

}  // namespace mortsafe
