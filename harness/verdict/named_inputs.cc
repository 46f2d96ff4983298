#include "harness/verdict/named_inputs.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {

SubjectChoice NamedMap(absl::string_view map) {
  const absl::StatusOr<SubjectChoice> choice = FindScheduledSubject(map);
  Check(choice.ok(), "a map on trial is missing");
  return *choice;
}

SubjectChoice NamedNativeMap(absl::string_view map) {
  const absl::StatusOr<SubjectChoice> choice = FindSubject(map);
  Check(choice.ok(), "a map on trial is missing");
  return *choice;
}

Program NamedProgram(absl::string_view text) {
  absl::StatusOr<Program> program = ParseProgram(text, "trial");
  Check(program.ok(), "a program of the trial cannot be read");
  return *std::move(program);
}

}  // namespace mortsafe
