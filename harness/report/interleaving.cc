#include "harness/report/interleaving.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/model/trace.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

using Kind = InterleavingRow::Kind;

// A row on its way into the interleaving. `ordinal` counts the client's
// operations, so that one client's rows keep their order when times are equal.
struct Event {
  InterleavingRow row;
  size_t ordinal = 0;
  size_t sequence = 0;
  bool preempts = false;
  bool hidden = false;
};

using EventsByClient = std::map<uint32_t, std::vector<Event>>;

std::string StepText(const TraceStep& step) {
  std::string text = step.action;
  for (const std::string* part : {&step.object, &step.detail}) {
    if (!part->empty()) absl::StrAppend(&text, " ", *part);
  }
  return PrintableLine(text);
}

// Indices of each client's operations, by call time.
std::map<uint32_t, std::vector<size_t>> OperationsByClient(
    const History& history) {
  const std::vector<HistoryOperation>& operations = history.operations;
  std::map<uint32_t, std::vector<size_t>> by_client;
  for (size_t i = 0; i < operations.size(); ++i) {
    by_client[operations[i].client].push_back(i);
  }
  const auto key = [&](size_t i) {
    return std::make_tuple(operations[i].call_time, operations[i].return_time,
                           i);
  };
  for (auto& [client, indices] : by_client) {
    std::sort(indices.begin(), indices.end(),
              [&](size_t a, size_t b) { return key(a) < key(b); });
  }
  return by_client;
}

void AddCallsAndReturns(const History& history,
                        const std::vector<size_t>& indices,
                        std::vector<Event>& events) {
  for (size_t ordinal = 0; ordinal < indices.size(); ++ordinal) {
    const size_t index = indices[ordinal];
    const HistoryOperation& operation = history.operations[index];
    Event event;
    event.ordinal = ordinal;
    event.row = {Kind::kCall,
                 operation.client,
                 operation.call_time,
                 CallText(operation),
                 index,
                 0};
    events.push_back(event);
    if (operation.return_time == kPending) continue;
    event.row = {Kind::kReturn,
                 operation.client,
                 operation.return_time,
                 AnswerText(operation),
                 index,
                 0};
    events.push_back(event);
  }
}

Event StepEvent(const TraceStep& step, const History& history,
                const std::vector<size_t>& indices) {
  Event event;
  event.row = {Kind::kStep,    step.thread,  step.time,
               StepText(step), std::nullopt, 0};
  event.preempts = step.preempts;
  const auto after =
      std::partition_point(indices.begin(), indices.end(), [&](size_t index) {
        return history.operations[index].call_time <= step.time;
      });
  if (after != indices.begin()) {
    const size_t index = *std::prev(after);
    event.ordinal = static_cast<size_t>(after - indices.begin()) - 1;
    if (step.time <= history.operations[index].return_time) {
      event.row.operation = index;
    }
  }
  event.hidden = step.thread == 0 && !event.row.operation.has_value() &&
                 !history.operations.empty();
  return event;
}

// Sorts one client's events, which keep their order where all else is equal.
void SortEvents(std::vector<Event>& events) {
  for (size_t i = 0; i < events.size(); ++i) events[i].sequence = i;
  const auto key = [](const Event& event) {
    return std::make_tuple(event.row.time, event.ordinal, event.row.kind,
                           event.sequence);
  };
  std::sort(events.begin(), events.end(),
            [&](const Event& a, const Event& b) { return key(a) < key(b); });
}

EventsByClient CollectEvents(const Finding& finding) {
  auto indices = OperationsByClient(finding.history);
  EventsByClient events;
  for (const auto& [client, own] : indices) {
    AddCallsAndReturns(finding.history, own, events[client]);
  }
  for (const TraceStep& step : finding.trace.steps) {
    events[step.thread].push_back(
        StepEvent(step, finding.history, indices[step.thread]));
  }
  for (auto& [client, own] : events) SortEvents(own);
  return events;
}

// Merges the clients' events without changing any client's own order.
std::vector<Event> Merge(EventsByClient by_client) {
  std::map<uint32_t, size_t> heads;
  std::vector<Event> merged;
  while (true) {
    Event* next = nullptr;
    for (auto& [client, events] : by_client) {
      if (heads[client] == events.size()) continue;
      Event& head = events[heads[client]];
      if (next == nullptr || std::tie(head.row.time, head.row.kind) <
                                 std::tie(next->row.time, next->row.kind)) {
        next = &head;
      }
    }
    if (next == nullptr) return merged;
    ++heads[next->row.client];
    merged.push_back(std::move(*next));
  }
}

// Tells, before row `at`, that the client of the row before it was put aside.
// Client 0 only starts the others: that it was put aside says nothing.
void InsertSwitch(size_t at, std::vector<InterleavingRow>& rows) {
  if (at == 0 || at == rows.size() || rows[at - 1].client == 0) return;
  const InterleavingRow& before = rows[at - 1];
  InterleavingRow row;
  row.kind = Kind::kSwitch;
  row.client = before.client;
  row.text = absl::StrCat("-> ", ClientName(rows[at].client));
  if (before.kind != Kind::kReturn) row.operation = before.operation;
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), std::move(row));
}

// Where the uninterrupted run of rows of the last row's client starts.
size_t RunStart(const std::vector<InterleavingRow>& rows) {
  size_t start = rows.size();
  while (start > 0 && rows[start - 1].client == rows.back().client &&
         rows[start - 1].kind != Kind::kSwitch) {
    --start;
  }
  return start;
}

// Whether a client is pre-empted in row `i`, or one that waits or has ended has
// made way for another.
bool IsSwitch(const std::vector<InterleavingRow>& rows, size_t i) {
  if (rows[i].kind == Kind::kSwitch) return true;
  if (i == 0 || rows[i - 1].kind == Kind::kSwitch) return false;
  return rows[i - 1].client != 0 && rows[i].client != rows[i - 1].client;
}

// Which rows are no more than three from a switch or from the end.
std::vector<bool> NearSwitches(const std::vector<InterleavingRow>& rows) {
  constexpr size_t kNear = 3;
  std::vector<bool> near(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!IsSwitch(rows, i) && i + 1 != rows.size()) continue;
    const size_t begin = i - std::min(i, kNear);
    const size_t end = std::min(i + kNear + 1, rows.size());
    std::fill(near.begin() + static_cast<std::ptrdiff_t>(begin),
              near.begin() + static_cast<std::ptrdiff_t>(end), true);
  }
  return near;
}

}  // namespace

std::vector<InterleavingRow> Interleaving(const Finding& finding) {
  std::vector<InterleavingRow> rows;
  bool hidden_preempts = false;
  for (Event& event : Merge(CollectEvents(finding))) {
    if (event.hidden) {
      hidden_preempts |= event.preempts;
      continue;
    }
    rows.push_back(std::move(event.row));
    // The switch came before the calls that stand right before the step.
    if (event.preempts || hidden_preempts) InsertSwitch(RunStart(rows), rows);
    hidden_preempts = false;
  }
  return rows;
}

std::vector<InterleavingRow> FoldSteps(std::vector<InterleavingRow> rows,
                                       Fold fold) {
  const std::vector<bool> near = NearSwitches(rows);
  std::vector<InterleavingRow> folded;
  for (size_t i = 0; i < rows.size(); ++i) {
    InterleavingRow& row = rows[i];
    const bool keeps = row.client != 0 && (fold == Fold::kInitial || near[i]);
    if (row.kind != Kind::kStep || keeps) {
      folded.push_back(std::move(row));
      continue;
    }
    const bool goes_on = !folded.empty() &&
                         folded.back().kind == Kind::kFolded &&
                         folded.back().client == row.client;
    if (!goes_on) {
      row.kind = Kind::kFolded;
      folded.push_back(std::move(row));
    }
    InterleavingRow& run = folded.back();
    run.text = absl::StrCat("... ", Counted(++run.steps, "step"));
  }
  return folded;
}

std::vector<InterleavingRow> CutMiddle(std::vector<InterleavingRow> rows,
                                       size_t max_rows) {
  if (rows.size() <= max_rows) return rows;
  const size_t head = max_rows / 2;
  const size_t tail = rows.size() - (max_rows - head);
  std::vector<InterleavingRow> kept;
  uint64_t left_out = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool keep = i < head || i >= tail || rows[i].kind == Kind::kCall ||
                      rows[i].kind == Kind::kReturn;
    if (!keep) {
      ++left_out;
      continue;
    }
    if (left_out > 0) {
      InterleavingRow gap;
      gap.kind = Kind::kGap;
      gap.text = absl::StrCat("... ", Counted(left_out, "row"), " left out");
      kept.push_back(std::move(gap));
      left_out = 0;
    }
    kept.push_back(std::move(rows[i]));
  }
  return kept;
}

std::vector<uint32_t> ClientsOf(const std::vector<InterleavingRow>& rows) {
  std::set<uint32_t> clients;
  for (const InterleavingRow& row : rows) {
    if (row.kind != Kind::kGap) clients.insert(row.client);
  }
  return {clients.begin(), clients.end()};
}

size_t StepCount(const std::vector<InterleavingRow>& rows) {
  return static_cast<size_t>(
      std::count_if(rows.begin(), rows.end(), [](const InterleavingRow& row) {
        return row.kind == Kind::kStep && row.client != 0;
      }));
}

}  // namespace mortsafe
