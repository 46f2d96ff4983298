#include "harness/hunt/exploration_checkpoint.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/base/bytes.h"
#include "harness/base/fnv1a.h"
#include "harness/base/read_file.h"
#include "harness/base/replace_file.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/checkpoint.h"
#include "harness/program/schedule.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

constexpr absl::string_view kTitle = "mortsafe explore, checkpoint 1";

// What is left of a search has no bound that is known in advance.
constexpr uint64_t kMostBytes = uint64_t{1} << 40;

std::string ToBytes(const ExplorationCheckpoint::Symptom& symptom) {
  ByteWriter writer;
  writer.Put(symptom.kind);
  writer.Put(symptom.steps);
  writer.Put(symptom.execution);
  writer.Put(symptom.schedule.memory);
  writer.PutAll(symptom.schedule.switches);
  writer.PutAll(symptom.schedule.stale);
  return writer.Take();
}

ExplorationCheckpoint::Symptom SymptomOf(absl::string_view bytes) {
  ByteReader reader(bytes);
  ExplorationCheckpoint::Symptom symptom;
  reader.Get(symptom.kind);
  reader.Get(symptom.steps);
  reader.Get(symptom.execution);
  reader.Get(symptom.schedule.memory);
  reader.GetAll(symptom.schedule.switches);
  reader.GetAll(symptom.schedule.stale);
  return symptom;
}

bool ParseSeconds(absl::string_view text, double& seconds) {
  return absl::SimpleAtod(text, &seconds) && std::isfinite(seconds) &&
         seconds >= 0;
}

// Reads lines "NAME: VALUE" one after the other.
class Lines {
 public:
  Lines(absl::string_view text, absl::string_view source)
      : lines_(absl::StrSplit(text, '\n')), source_(source) {}

  // The value of the next line if that has this name.
  std::optional<absl::string_view> Take(absl::string_view name) {
    latest_ = next_;
    absl::string_view line = next_ < lines_.size() ? lines_[next_] : "";
    if (!absl::ConsumePrefix(&line, name) || !absl::ConsumePrefix(&line, ": "))
      return std::nullopt;
    ++next_;
    return line;
  }
  // Its name and value, whatever the name is, up to the line named `end`.
  std::optional<std::pair<std::string, std::string>> TakeBefore(
      absl::string_view end) {
    if (next_ >= lines_.size() ||
        absl::StartsWith(lines_[next_], absl::StrCat(end, ": ")) ||
        !absl::StrContains(lines_[next_], ": ")) {
      return std::nullopt;
    }
    return absl::StrSplit(lines_[next_++], absl::MaxSplits(": ", 1));
  }
  // Of the line that was to be taken last.
  absl::Status Unexpected(absl::string_view expected) const {
    return absl::InvalidArgumentError(
        absl::StrCat(source_, ":", latest_ + 1, ": expected ", expected));
  }
  void Skip() { ++next_; }
  bool AtEnd() const { return next_ == lines_.size(); }

 private:
  std::vector<absl::string_view> lines_;
  absl::string_view source_;
  size_t next_ = 0;
  size_t latest_ = 0;
};

}  // namespace

std::string ToText(const ExplorationCheckpoint& checkpoint) {
  std::string text = absl::StrCat(kTitle, "\n");
  for (const auto& [name, value] : checkpoint.exploration) {
    absl::StrAppend(&text, name, ": ", value, "\n");
  }
  absl::StrAppendFormat(&text, "seconds: %.3f\n", checkpoint.seconds);
  absl::StrAppend(&text, "executions: ", checkpoint.executions,
                  "\nblocked: ", checkpoint.blocked, "\n");
  if (checkpoint.symptom.has_value()) {
    absl::StrAppend(&text, "symptom: ",
                    absl::Base64Escape(ToBytes(*checkpoint.symptom)), "\n");
  }
  absl::StrAppend(&text, "left: ", absl::Base64Escape(checkpoint.frontier),
                  "\n");
  absl::StrAppendFormat(&text, "digest: %016x\n", Fnv1a(text));
  return text;
}

absl::StatusOr<ExplorationCheckpoint> ParseExplorationCheckpoint(
    absl::string_view text, absl::string_view source) {
  const size_t last = text.rfind("digest: ");
  Lines lines(absl::StripSuffix(text, "\n"), source);
  if (!absl::StartsWith(text, absl::StrCat(kTitle, "\n"))) {
    return lines.Unexpected(absl::StrCat("'", kTitle, "'"));
  }
  lines.Skip();
  ExplorationCheckpoint checkpoint;
  while (auto named = lines.TakeBefore("seconds")) {
    checkpoint.exploration.push_back(*std::move(named));
  }
  const auto seconds = lines.Take("seconds");
  if (!seconds.has_value() || !ParseSeconds(*seconds, checkpoint.seconds)) {
    return lines.Unexpected("'seconds: ' and how many");
  }
  const auto executions = lines.Take("executions");
  if (!executions.has_value() ||
      !absl::SimpleAtoi(*executions, &checkpoint.executions)) {
    return lines.Unexpected("'executions: ' and how many");
  }
  const auto blocked = lines.Take("blocked");
  if (!blocked.has_value() ||
      !absl::SimpleAtoi(*blocked, &checkpoint.blocked)) {
    return lines.Unexpected("'blocked: ' and how many");
  }
  const auto symptom = lines.Take("symptom");
  const auto left = lines.Take("left");
  if (!left.has_value()) {
    return lines.Unexpected("'left: ' and what is left, in base 64");
  }
  const auto digest = lines.Take("digest");
  if (!digest.has_value() || !lines.AtEnd() || text.back() != '\n' ||
      *digest != absl::StrFormat("%016x", Fnv1a(text.substr(0, last)))) {
    return lines.Unexpected(
        "the digest of all lines before, and the end: it was changed or cut");
  }
  std::string bytes;
  if (!absl::Base64Unescape(*left, &checkpoint.frontier) ||
      (symptom.has_value() && !absl::Base64Unescape(*symptom, &bytes))) {
    return lines.Unexpected("base 64 in the lines before");
  }
  if (symptom.has_value()) checkpoint.symptom = SymptomOf(bytes);
  return checkpoint;
}

absl::StatusOr<ExplorationCheckpoint> ReadExplorationCheckpoint(
    const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path, kMostBytes);
  if (!text.ok()) return text.status();
  return ParseExplorationCheckpoint(*text, path);
}

absl::Status WriteExplorationCheckpoint(
    const std::string& path, const ExplorationCheckpoint& checkpoint) {
  return ReplaceFile(path, ToText(checkpoint));
}

}  // namespace mortsafe
