// The part of Execution that keeps what reports and replays need: the schedule,
// the trace, and the names of objects in it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "harness/model/object_names.h"
#include "harness/model/strategy.h"
#include "harness/model/trace.h"
#include "harness/program/schedule.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// Says which store a stale value came from.
void AppendSource(const ValueSource& source, std::string& detail) {
  if (source.kind == ValueSource::Kind::kInitial) {
    absl::StrAppend(&detail, " (stale: the initial value)");
  } else if (source.kind == ValueSource::Kind::kStale) {
    absl::StrAppend(&detail, " (stale: write ", source.ordinal, " of thread ",
                    source.thread, ")");
  }
}

}  // namespace

Schedule ProgressLog::schedule() const {
  return {.switches = {switches.begin(), switches.begin() + switch_count},
          .memory = memory,
          .stale = {stale.begin(), stale.begin() + stale_count}};
}

void ProgressLog::Set(const Schedule& schedule, uint32_t step_count) {
  steps = step_count;
  memory = schedule.memory;
  switch_count = static_cast<uint32_t>(
      std::min<size_t>(schedule.switches.size(), kMaxSwitches));
  std::copy_n(schedule.switches.begin(), switch_count, switches.begin());
  stale_count = static_cast<uint32_t>(
      std::min<size_t>(schedule.stale.size(), kMaxSwitches));
  std::copy_n(schedule.stale.begin(), stale_count, stale.begin());
}

void Execution::RecordSwitch(const Switch& each) {
  const HarnessAllocations harness;
  if (options_.record) switches_.Append(each);
  ProgressLog* const progress = options_.progress;
  if (progress != nullptr &&
      progress->switch_count < ProgressLog::kMaxSwitches) {
    progress->switches[progress->switch_count++] = each;
  }
}

void Execution::RecordStale(uint32_t overlooked) {
  if (overlooked == 0) return;
  const StaleAccess access = {now_.running, threads_[now_.running].step - 1,
                              overlooked};
  const HarnessAllocations harness;
  if (options_.record) stale_.Append(access);
  ProgressLog* const progress = options_.progress;
  if (progress != nullptr &&
      progress->stale_count < ProgressLog::kMaxSwitches) {
    progress->stale[progress->stale_count++] = access;
  }
}

void Execution::RecordStep() {
  const HarnessAllocations harness;
  raw_trace_.Append({now_.running,
                     threads_[now_.running].step,
                     clock_,
                     next_[now_.running].access,
                     {},
                     {},
                     preempted_,
                     names_.KnownNow(memory_.records())});
}

void Execution::SetName(const volatile void* object, const char* name) {
  if (!options_.record) return;
  const HarnessAllocations harness;
  names_.Add(object, name, std::nullopt);
}

void Execution::SetName(const volatile void* object, const char* name,
                        uint64_t number) {
  if (!options_.record) return;
  const HarnessAllocations harness;
  names_.Add(object, name, number);
}

Trace Execution::trace() const {
  Trace trace;
  for (const RawStep& raw : raw_trace_) {
    TraceStep step;
    step.thread = raw.thread;
    step.thread_step = raw.step;
    step.time = raw.time;
    step.action = ActionText(raw.access);
    if (raw.access.object != nullptr) {
      step.object = names_.NameOf(raw.access.object, raw.known);
    }
    step.detail = DetailText(raw.access.kind, raw.result, names_, raw.known);
    AppendSource(raw.source, step.detail);
    step.preempts = raw.preempts;
    trace.steps.push_back(std::move(step));
  }
  return trace;
}

Schedule Execution::schedule() const {
  return {.switches = {switches_.begin(), switches_.end()},
          .memory =
              options_.memory != nullptr ? MemoryModel::kC11 : MemoryModel::kSc,
          .stale = {stale_.begin(), stale_.end()}};
}

}  // namespace mortsafe
