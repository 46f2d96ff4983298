#include "harness/report/regression_test_writer.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

constexpr size_t kCommentWidth = 77;

// `text` as `//` comments; a backslash at the end of a line would continue it.
std::string Comment(absl::string_view text) {
  std::string comment;
  for (const std::string& line : Wrap(PrintableLine(text), kCommentWidth)) {
    absl::StrAppend(&comment, line.empty() ? "//" : "// ", line,
                    absl::EndsWith(line, "\\") ? "." : "", "\n");
  }
  return comment;
}

// "stale-value-after-delete" as "StaleValueAfterDelete".
std::string TestName(ViolationKind kind) {
  std::string name;
  for (absl::string_view word : absl::StrSplit(Slug(kind), '-')) {
    name += absl::ascii_toupper(static_cast<unsigned char>(word[0]));
    absl::StrAppend(&name, word.substr(1));
  }
  return name;
}

// A raw string literal, with the first delimiter that `text` does not hold.
std::string RawString(absl::string_view text) {
  std::string delimiter;
  for (int i = 1; absl::StrContains(text, absl::StrCat(")", delimiter, "\""));
       ++i) {
    delimiter = absl::StrCat("text", i);
  }
  return absl::StrCat("R\"", delimiter, "(", text, ")", delimiter, "\"");
}

// A plain string literal.
std::string Quoted(absl::string_view text) {
  std::string literal = "\"";
  for (char c : PrintableLine(text)) {
    if (c == '"' || c == '\\') literal += '\\';
    literal += c;
  }
  return literal + "\"";
}

std::string HeadComment(const Finding& finding) {
  return absl::StrCat(
      Comment(absl::StrCat(Headline(finding), ".")), "//\n",
      Comment(finding.sentence), "//\n",
      Comment("Fails until the map is mended, the same way each time. To run "
              "it, add this file to a GoogleTest program that links the "
              "harness (CMake: mortsafe_hunt and GTest::gtest_main), and "
              "run that program with --gtest_filter='RegressionTest.*'."),
      finding.build.empty()
          ? ""
          : absl::StrCat("//\n", Comment(absl::StrCat(
                                     "Found by the build ", finding.build,
                                     " (cmake --preset ", finding.build,
                                     "); another may not see it."))),
      finding.memory == "sc" || finding.memory.empty()
          ? ""
          : absl::StrCat("//\n", Comment(absl::StrCat("Found under --memory ",
                                                      finding.memory, "."))));
}

// Brings a user's map along, which the harness does not know.
std::string Registration(const Finding& finding) {
  if (finding.map_header.empty()) return "";
  return absl::StrCat("[[maybe_unused]] const bool registered =\n",
                      "    mortsafe::RegisterMap<", PrintableLine(finding.map),
                      ">(", Quoted(finding.map), ");\n\n");
}

std::string Includes(const Finding& finding) {
  std::string includes = "\n#include \"gtest/gtest.h\"\n";
  absl::StrAppend(&includes, "#include \"harness/hunt/replay.h\"\n");
  if (!finding.map_header.empty()) {
    absl::StrAppend(&includes, "#include \"harness/subject/registry.h\"\n",
                    "#include \"", PrintableLine(finding.map_header), "\"\n");
  }
  return includes + "\n";
}

// The last argument of ReplayText(): most maps start no threads of their own.
std::string OwnThreadsArgument(const Input& input) {
  const uint32_t highest = HighestThread(input.schedule.schedule);
  const size_t clients = input.program.threads.size();
  return highest > clients ? absl::StrCat(",\n      ", highest - clients) : "";
}

}  // namespace

std::string RegressionTest(const Finding& finding) {
  return absl::StrCat(
      HeadComment(finding), Includes(finding), "namespace {\n\n",
      Registration(finding), "TEST(RegressionTest, ", TestName(finding.kind),
      ") {\n",
      "  const mortsafe::ReplayResult result = mortsafe::ReplayText(\n      ",
      Quoted(MapName(finding)), ",\n      ",
      RawString(absl::StrCat("\n", ToText(finding.input.program))), ",\n      ",
      RawString(absl::StrCat("\n", ToText(finding.input.schedule.schedule))),
      OwnThreadsArgument(finding.input), ");\n",
      "  EXPECT_EQ(result.violation, \"\") << result.report;\n", "}\n\n",
      "}  // namespace\n");
}

}  // namespace mortsafe
