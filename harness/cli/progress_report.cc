#include "harness/cli/progress_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/cli/numbers.h"
#include "harness/hunt/progress.h"
#include "harness/hunt/progress_probe.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"

namespace mortsafe {
namespace {

using Kind = ProbedWait::Kind;
using Rows = absl::Span<const ProgressRow>;

// The rows of each operation, in turn.
std::vector<Rows> ByKind(const ProgressResult& result) {
  std::vector<Rows> groups;
  const Rows rows = result.rows;
  size_t begin = 0;
  for (size_t end = 1; end <= rows.size(); ++end) {
    if (end < rows.size() && rows[end].kind == rows[begin].kind) continue;
    groups.push_back(rows.subspan(begin, end - begin));
    begin = end;
  }
  return groups;
}

// The smallest row with a wait as grave as the gravest; null if none waits.
const ProgressRow* Example(Rows rows) {
  const ProgressRow* example = nullptr;
  for (const ProgressRow& row : rows) {
    if (!row.example.has_value()) continue;
    if (example == nullptr || (example->bounded && !row.bounded)) {
      example = &row;
    }
  }
  return example;
}

// "2 3 –", a number for each row.
template <class Number>
std::string Numbers(Rows rows, Number number) {
  return absl::StrJoin(rows, " ",
                       [&](std::string* text, const ProgressRow& row) {
                         absl::StrAppend(text, number(row));
                       });
}

std::string StepsText(const ProgressRow& row) {
  return row.bounded ? absl::StrFormat("%3d", row.most_steps) : "  *";
}

std::string StepsWithoutLockText(const ProgressRow& row) {
  if (!row.bounded) return "  *";
  if (!row.most_steps_without_lock.has_value()) return "  -";
  return absl::StrFormat("%3d", *row.most_steps_without_lock);
}

absl::string_view WhatFor(Kind kind) {
  switch (kind) {
    case Kind::kLock:
      return "for a lock";
    case Kind::kNotification:
      return "to be notified";
    case Kind::kChange:
      return "in a loop, for a change";
    case Kind::kNoEnd:
      return "has no end";
  }
  return "";
}

std::string WaitText(Rows rows) {
  const ProgressRow* const example = Example(rows);
  if (example == nullptr) return "never";
  const ProgressRow& widest = rows.back();
  return absl::StrCat(WhatFor(example->wait.kind), ", in ",
                      WithCommas(widest.with_waits), " of ",
                      WithCommas(widest.starts), " programs");
}

std::string StepCount(uint32_t steps) {
  return absl::StrCat(steps, steps == 1 ? " step" : " steps");
}

std::string OperationText(const Program& program, uint32_t client,
                          uint32_t operation) {
  Check(client > 0 && client <= program.threads.size() &&
            operation < program.threads[client - 1].size(),
        "a probe waits for an operation that is not there");
  return ToText(program.threads[client - 1][operation]);
}

// "Load(0) of client 1 waits for a lock after 1 step; client 2 holds it,
// stopped after 2 steps of Load(0)"
std::string PointText(const ProgressRow& row) {
  const ProbedWait& wait = row.wait;
  std::string text =
      absl::StrCat(OperationText(*row.example, 1, 0), " of client 1 ",
                   wait.kind == Kind::kNoEnd ? "" : "waits ",
                   WhatFor(wait.kind), " after ", StepCount(wait.own_steps));
  if (wait.client != 0) {
    absl::StrAppend(
        &text, "; client ", wait.client,
        wait.kind == Kind::kLock ? " holds it, stopped" : " has stopped",
        " after ", StepCount(wait.steps), " of ",
        OperationText(*row.example, wait.client, wait.operation));
  }
  return text;
}

std::string Counted(int count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

std::string KindsText(OperationKindSet kinds) {
  std::vector<absl::string_view> names;
  for (const OperationKind kind : kAllOperationKinds) {
    if (kinds.Has(kind)) names.push_back(ApiName(kind));
  }
  return absl::StrJoin(names, ", ");
}

absl::string_view WaitName(Kind kind) {
  switch (kind) {
    case Kind::kLock:
      return "lock";
    case Kind::kNotification:
      return "notification";
    case Kind::kChange:
      return "change";
    case Kind::kNoEnd:
      return "no-end";
  }
  return "";
}

nlohmann::ordered_json RowJson(const ProgressRow& row) {
  nlohmann::ordered_json json;
  json["operations"] = row.operations;
  json["programs"] = row.starts;
  json["waiting"] = row.with_waits;
  json["steps"] = nullptr;
  if (row.bounded) json["steps"] = row.most_steps;
  json["steps_without_lock"] = nullptr;
  if (row.bounded && row.most_steps_without_lock.has_value()) {
    json["steps_without_lock"] = *row.most_steps_without_lock;
  }
  return json;
}

nlohmann::ordered_json ExampleJson(const ProgressRow& row) {
  nlohmann::ordered_json json;
  json["program"] = ToOneLine(*row.example);
  json["own_steps"] = row.wait.own_steps;
  json["point"] = PointText(row);
  return json;
}

// A line of the table, whose columns of numbers have `width` characters.
std::string Line(size_t width, absl::string_view operation,
                 absl::string_view without_lock, absl::string_view at_most,
                 absl::string_view waits) {
  std::string line = absl::StrFormat("  %-17s  %-*s  %-*s  %s", operation,
                                     static_cast<int>(width), without_lock,
                                     static_cast<int>(width), at_most, waits);
  absl::StripTrailingAsciiWhitespace(&line);
  return absl::StrCat(line, "\n");
}

}  // namespace

std::string ProgressTable(const ProgressResult& result) {
  const std::vector<Rows> groups = ByKind(result);
  if (groups.empty()) return "";
  const size_t width = std::max<size_t>(20, 4 * groups[0].size());
  const std::string beside = Numbers(groups[0], [](const ProgressRow& row) {
    return absl::StrFormat("%3d", row.operations);
  });
  std::string text =
      absl::StrCat(Line(width, "", "steps without a lock", "steps at most", ""),
                   Line(width, "beside operations", beside, beside, "waits"));
  std::string points;
  for (const Rows rows : groups) {
    text +=
        Line(width, ApiName(rows[0].kind), Numbers(rows, StepsWithoutLockText),
             Numbers(rows, StepsText), WaitText(rows));
    if (const ProgressRow* const example = Example(rows)) {
      absl::StrAppend(&points, "  ", PointText(*example), ":\n      ",
                      ToOneLine(*example->example), "\n");
    }
  }
  if (std::any_of(result.rows.begin(), result.rows.end(),
                  [](const ProgressRow& row) { return !row.bounded; })) {
    absl::StrAppend(&text, "  * for ever, unless another thread goes on\n");
  }
  if (!points.empty()) absl::StrAppend(&text, "Where they wait\n", points);
  return text;
}

std::string ProgressSummary(const ProgressOptions& options,
                            const ProgressResult& result) {
  uint64_t starts = 0;
  uint64_t incomplete = 0;
  for (const ProgressRow& row : result.rows) {
    starts += row.starts;
    incomplete += row.incomplete;
  }
  std::string opening = "Shown";
  if (result.interrupted) {
    opening = "Interrupted, so that this holds for what was probed alone";
  } else if (incomplete > 0) {
    opening = absl::StrCat("Not shown for ", WithCommas(incomplete),
                           " programs in which the others have no end");
  }
  return absl::StrCat(
      opening, ": on ", options.subject.Name(),
      ", each operation takes at most so many steps of its own (accesses to "
      "shared atomics and locks) from its call to its return, and waits "
      "nowhere but where it says so, beside every program of ",
      Counted(options.others, "other thread"), " with up to ",
      Counted(options.operations, "operation"), " each on ",
      options.keys == 1 ? "one key"
                        : absl::StrCat("up to ", options.keys, " keys"),
      ", made of ", KindsText(result.kinds), ", from ",
      result.states_known ? "each of the " : "", result.states,
      " initial states", result.states_known ? "" : ", which need not be all",
      ", in every interleaving under sequentially consistent memory, wherever "
      "the others stop (",
      WithCommas(starts), " programs with initial states, ",
      WithCommas(result.executions), " executions).");
}

nlohmann::ordered_json ProgressJson(const ProgressResult& result) {
  nlohmann::ordered_json operations = nlohmann::ordered_json::array();
  for (const Rows rows : ByKind(result)) {
    nlohmann::ordered_json operation;
    operation["operation"] = HistoryName(rows[0].kind);
    operation["waits_for"] = nullptr;
    operation["beside"] = nlohmann::ordered_json::array();
    for (const ProgressRow& row : rows) {
      operation["beside"].push_back(RowJson(row));
    }
    if (const ProgressRow* const example = Example(rows)) {
      operation["waits_for"] = WaitName(example->wait.kind);
      operation["example"] = ExampleJson(*example);
    }
    operations.push_back(std::move(operation));
  }
  return operations;
}

}  // namespace mortsafe
