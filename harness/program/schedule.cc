#include "harness/program/schedule.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "harness/base/memory_model_name.h"
#include "harness/program/text_cursor.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

constexpr uint64_t kHighest = std::numeric_limits<uint32_t>::max();

// Reads lines until the text ends or is wrong, which `error_` then says.
class ScheduleParser {
 public:
  ScheduleParser(absl::string_view text, absl::string_view source,
                 uint32_t highest_thread)
      : cursor_(text, source), highest_thread_(highest_thread) {}

  absl::StatusOr<Schedule> Parse() {
    Schedule schedule;
    if (SkipEmptyLines() && cursor_.Take("memory") &&
        !ParseMemory(schedule.memory)) {
      return error_;
    }
    while (SkipEmptyLines()) {
      if (!ParseLine(schedule)) return error_;
    }
    return schedule;
  }

 private:
  // False at the end of the text.
  bool SkipEmptyLines() {
    while (cursor_.Take("\n")) {
    }
    return !cursor_.Peek().empty();
  }

  bool ParseMemory(MemoryModel& memory) {
    const std::optional<MemoryModel> named =
        MemoryModelFromName(cursor_.Peek());
    if (!named.has_value()) return Fail("sc or c11");
    memory = *named;
    cursor_.Advance();
    return ExpectEndOfLine();
  }

  bool ParseLine(Schedule& schedule) {
    uint32_t thread = 0;
    uint32_t step = 0;
    if (!ParseThread(thread) || !Expect("@") || !ParseStep(step)) return false;
    if (schedule.memory == MemoryModel::kC11 && cursor_.Take("overlooks")) {
      StaleAccess& access = schedule.stale.emplace_back();
      access = {.thread = thread, .step = step};
      return ParseDigits(cursor_.Peek(), kHighest,
                         "a number from 0 to 4294967295", access.overlooked) &&
             ExpectEndOfLine();
    }
    Switch& parsed = schedule.switches.emplace_back();
    parsed = {.thread = thread, .step = step};
    return Expect("->") && ParseThread(parsed.next) && ExpectEndOfLine();
  }

  bool ParseThread(uint32_t& thread) {
    const absl::string_view token = cursor_.Peek();
    if (token.empty() || token[0] != 'T') return Fail("a thread such as T1");
    return ParseDigits(token.substr(1), highest_thread_,
                       absl::StrCat("a thread from T0 to T", highest_thread_),
                       thread);
  }

  bool ParseStep(uint32_t& step) {
    return ParseDigits(cursor_.Peek(), kHighest, "a step from 0 to 4294967295",
                       step);
  }

  bool ParseDigits(absl::string_view digits, uint64_t highest,
                   absl::string_view what, uint32_t& result) {
    const std::optional<uint64_t> number = ParseNumber(digits, 0, highest);
    if (!number.has_value()) return Fail(what);
    result = static_cast<uint32_t>(*number);
    cursor_.Advance();
    return true;
  }

  bool Expect(absl::string_view token) {
    return cursor_.Take(token) || Fail(absl::StrCat("'", token, "'"));
  }

  bool ExpectEndOfLine() {
    return cursor_.Peek().empty() || cursor_.Take("\n") || Fail("end of line");
  }

  bool Fail(absl::string_view expected) {
    error_ = cursor_.Expected(expected);
    return false;
  }

  TextCursor cursor_;
  const uint32_t highest_thread_;
  absl::Status error_;
};

}  // namespace

uint32_t HighestThread(const Schedule& schedule) {
  uint32_t highest = 0;
  for (const Switch& s : schedule.switches) {
    highest = std::max({highest, s.thread, s.next});
  }
  for (const StaleAccess& s : schedule.stale) {
    highest = std::max(highest, s.thread);
  }
  return highest;
}

std::string ToText(const Schedule& schedule) {
  std::string text;
  if (schedule.memory != MemoryModel::kSc) {
    absl::StrAppend(&text, "memory ", Name(schedule.memory), "\n");
  }
  for (const Switch& s : schedule.switches) {
    absl::StrAppend(&text, "T", s.thread, "@", s.step, " -> T", s.next, "\n");
  }
  for (const StaleAccess& s : schedule.stale) {
    absl::StrAppend(&text, "T", s.thread, "@", s.step, " overlooks ",
                    s.overlooked, "\n");
  }
  return text;
}

absl::StatusOr<Schedule> ParseSchedule(absl::string_view text,
                                       absl::string_view source,
                                       uint32_t highest_thread) {
  return ScheduleParser(text, source, highest_thread).Parse();
}

}  // namespace mortsafe
