#include "harness/hunt/checkpoint.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/base/read_file.h"
#include "harness/base/replace_file.h"

namespace mortsafe {
namespace {

constexpr absl::string_view kTitle = "mortsafe verify, checkpoint 2";
constexpr absl::string_view kSeconds = "seconds ";

absl::Status Unexpected(absl::string_view source, size_t line,
                        absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, ":", line, ": expected ", expected));
}

bool ParseNamed(absl::string_view line, Checkpoint& checkpoint) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(": ", 1));
  if (!absl::StrContains(line, ": ")) return false;
  checkpoint.verification.emplace_back(parts.first, parts.second);
  return true;
}

bool ParseSeconds(absl::string_view line, Checkpoint& checkpoint) {
  return absl::ConsumePrefix(&line, kSeconds) &&
         absl::SimpleAtod(line, &checkpoint.seconds) &&
         std::isfinite(checkpoint.seconds) && checkpoint.seconds >= 0;
}

bool ParseChunk(absl::string_view line, Checkpoint& checkpoint) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  uint64_t numbers[6];
  if (words.size() != 7 || words[0] != "chunk") return false;
  for (size_t i = 0; i < 6; ++i) {
    if (!absl::SimpleAtoi(words[i + 1], &numbers[i])) return false;
  }
  const VerifyCounts counts = {numbers[1], numbers[2], numbers[3], numbers[4],
                               numbers[5]};
  return checkpoint.chunks.emplace(numbers[0], counts).second;
}

}  // namespace

std::string Difference(const VerificationName& expected,
                       const VerificationName& found) {
  const std::map<std::string, std::string> values(found.begin(), found.end());
  std::string difference;
  for (const auto& [name, value] : expected) {
    const auto at = values.find(name);
    if (at != values.end() && at->second == value) continue;
    absl::StrAppend(
        &difference, difference.empty() ? "" : "; ", name, ": expected '",
        value, "', found ",
        at == values.end() ? "nothing" : absl::StrCat("'", at->second, "'"));
  }
  return difference;
}

std::string ToText(const Checkpoint& checkpoint) {
  std::string text = absl::StrCat(kTitle, "\n");
  for (const auto& [name, value] : checkpoint.verification) {
    absl::StrAppend(&text, name, ": ", value, "\n");
  }
  absl::StrAppendFormat(&text, "%s%.3f\n", kSeconds, checkpoint.seconds);
  for (const auto& [chunk, counts] : checkpoint.chunks) {
    absl::StrAppend(&text, "chunk ", chunk, " ", counts.programs, " ",
                    counts.starts, " ", counts.executions, " ", counts.blocked,
                    " ", counts.endless, "\n");
  }
  return text;
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text,
                                           absl::string_view source) {
  const bool ends = absl::ConsumeSuffix(&text, "\n");
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines[0] != kTitle) {
    return Unexpected(source, 1, absl::StrCat("'", kTitle, "'"));
  }
  if (!ends) return Unexpected(source, lines.size(), "the end of the line");
  Checkpoint checkpoint;
  size_t i = 1;
  while (i < lines.size() && ParseNamed(lines[i], checkpoint)) ++i;
  if (i == lines.size() || !ParseSeconds(lines[i], checkpoint)) {
    return Unexpected(source, i + 1, "'seconds' and how many");
  }
  while (++i < lines.size()) {
    if (!ParseChunk(lines[i], checkpoint)) {
      return Unexpected(source, i + 1,
                        "'chunk' and six numbers, of a chunk not named before");
    }
  }
  return checkpoint;
}

absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return ParseCheckpoint(*text, path);
}

absl::Status WriteCheckpoint(const std::string& path,
                             const Checkpoint& checkpoint) {
  return ReplaceFile(path, ToText(checkpoint));
}

}  // namespace mortsafe
