// Every form of programs, schedules and histories against itself. The input is
// decoded as bytes of a fuzzer's input and of a small history, and read as the
// text of a program and of a schedule: what is understood must be the same
// after it was written, in each of its forms, and read again. If not, what was
// lost is named, and the target aborts.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/linearize/history_codec.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"

namespace mortsafe {
namespace {

void Require(bool holds, const char* what, const std::string& of) {
  if (holds) return;
  std::fprintf(stderr, "%s is not the same when it is read again:\n%s\n", what,
               of.c_str());
  std::abort();
}

template <class Form>
bool ReadsAs(const absl::StatusOr<Form>& read, const Form& written) {
  return read.ok() && *read == written;
}

void CheckProgramTexts(const Program& program) {
  const std::string text = ToText(program);
  Require(ReadsAs(ParseProgram(text, "text"), program), "a program", text);
  const std::string line = ToOneLine(program);
  Require(ReadsAs(ParseProgram(line, "line"), program), "a program on a line",
          line);
}

void CheckScheduleText(const Schedule& schedule) {
  const std::string text = ToText(schedule);
  Require(ReadsAs(ParseSchedule(text, "text"), schedule), "a schedule", text);
}

void CheckInput(absl::Span<const uint8_t> bytes) {
  const Input input = DecodeInput(bytes);
  const std::string text = ToText(input.program);
  Require(Validate(input.program).ok(), "a decoded program's validity", text);
  Require(DecodeInput(EncodeInput(input)) == input, "an input", text);
  CheckProgramTexts(input.program);
  CheckScheduleText(input.schedule.schedule);
}

void CheckHistory(absl::Span<const uint8_t> bytes) {
  const History history = DecodeHistory(bytes);
  Require(DecodeHistory(EncodeHistory(history)) == history, "a history",
          ToJsonLines(history));
}

void CheckTexts(absl::string_view text) {
  const absl::StatusOr<Program> program = ParseProgram(text, "input");
  if (program.ok()) CheckProgramTexts(*program);
  const absl::StatusOr<Schedule> schedule = ParseSchedule(text, "input");
  if (schedule.ok()) CheckScheduleText(*schedule);
}

}  // namespace
}  // namespace mortsafe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = absl::MakeConstSpan(data, size);
  mortsafe::CheckInput(bytes);
  mortsafe::CheckHistory(bytes);
  mortsafe::CheckTexts({reinterpret_cast<const char*>(data), size});
  return 0;
}
