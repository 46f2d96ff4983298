#include "harness/explore/trace_text.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/model/trace.h"

namespace mortsafe {
namespace {

// What a trace begins and ends with tells what went wrong.
constexpr size_t kFirstSteps = 100;
constexpr size_t kLastSteps = 200;
constexpr absl::string_view kGap = "  ";

std::string StepText(const TraceStep& step) {
  std::string text = step.action;
  if (!step.object.empty()) absl::StrAppend(&text, " ", step.object);
  if (!step.detail.empty()) absl::StrAppend(&text, " ", step.detail);
  return text;
}

// A column per thread, each with its heading.
std::vector<std::string> Headings(const Trace& trace) {
  std::vector<std::string> headings;
  for (const TraceStep& step : trace.steps) {
    while (headings.size() <= step.thread) {
      headings.push_back(absl::StrCat("thread ", headings.size()));
    }
  }
  return headings;
}

bool IsShown(size_t i, size_t count) {
  return i < kFirstSteps || i + kLastSteps >= count;
}

void AppendCell(std::string& line, absl::string_view cell, size_t width) {
  absl::StrAppend(&line, line.empty() ? "" : kGap, cell,
                  std::string(width - cell.size(), ' '));
}

void AppendLine(std::string& text, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  absl::StrAppend(&text, line, "\n");
}

}  // namespace

std::string TraceText(const Trace& trace) {
  const std::vector<std::string> headings = Headings(trace);
  const size_t count = trace.steps.size();
  std::vector<size_t> widths;
  widths.reserve(headings.size());
  for (const std::string& heading : headings) widths.push_back(heading.size());
  for (size_t i = 0; i < count; ++i) {
    if (!IsShown(i, count)) continue;
    size_t& width = widths[trace.steps[i].thread];
    width = std::max(width, StepText(trace.steps[i]).size());
  }

  std::string text;
  std::string line;
  for (size_t column = 0; column < headings.size(); ++column) {
    AppendCell(line, headings[column], widths[column]);
  }
  AppendLine(text, line);
  for (size_t i = 0; i < count; ++i) {
    if (!IsShown(i, count)) {
      if (i == kFirstSteps) {
        absl::StrAppend(&text, "… ", count - kFirstSteps - kLastSteps,
                        " steps …\n");
      }
      continue;
    }
    line.clear();
    for (size_t column = 0; column < trace.steps[i].thread; ++column) {
      AppendCell(line, "", widths[column]);
    }
    AppendCell(line, StepText(trace.steps[i]), widths[trace.steps[i].thread]);
    AppendLine(text, line);
  }
  return text;
}

}  // namespace mortsafe
