#include "harness/report/finding_metadata.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "nlohmann/json.hpp"

namespace mortsafe {
namespace {

using Json = nlohmann::ordered_json;

// Notes where a document stops being JSON; accepts everything else.
class ErrorFinder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    position_ = position;
    return false;
  }

  // Counts bytes from 1.
  size_t position() const { return position_; }

 private:
  size_t position_ = 0;
};

absl::Status NotJson(absl::string_view text, absl::string_view source) {
  ErrorFinder finder;
  Json::sax_parse(text.begin(), text.end(), &finder);
  const absl::string_view before =
      text.substr(0, std::max<size_t>(finder.position(), 1) - 1);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  // One past the last newline, or the start where there is none (npos + 1).
  const size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  return absl::InvalidArgumentError(absl::StrCat(
      source, ":", line, ":", column, ": expected JSON, found something else",
      before.size() >= text.size() ? " (cut short?)" : ""));
}

// Takes members out of the document; remembers the first thing that is wrong.
class MemberReader {
 public:
  MemberReader(const Json& document, absl::string_view source)
      : document_(document), source_(source) {}

  std::string Text(const char* name) {
    const Json* member = Find(name, "a string");
    if (member == nullptr) return "";
    if (member->is_string()) return member->get<std::string>();
    Fail("a string", name);
    return "";
  }

  uint64_t Number(const char* name) {
    const Json* member = Find(name, "a whole number");
    if (member == nullptr) return 0;
    if (member->is_number_unsigned()) return member->get<uint64_t>();
    Fail("a whole number", name);
    return 0;
  }

  void Fail(absl::string_view expected, absl::string_view name) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(
        source_, ": expected ", expected, " as member \"", name, "\""));
  }

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  const Json* Find(const char* name, absl::string_view expected) {
    const auto at = document_.find(name);
    if (at != document_.end()) return &*at;
    Fail(expected, name);
    return nullptr;
  }

  const Json& document_;
  absl::string_view source_;
  absl::Status status_;
};

}  // namespace

std::string FindingMetadata(const Finding& finding) {
  Json document;
  document["format_version"] = kFindingFormatVersion;
  document["map"] = finding.map;
  document["defect"] = finding.defect;
  document["kind"] = std::string(Slug(finding.kind));
  document["sentence"] = finding.sentence;
  document["seed"] = finding.seed;
  document["executions_to_find"] = finding.executions_to_find;
  document["strategy"] = finding.strategy;
  document["memory"] = finding.memory;
  document["build"] = finding.build;
  document["version"] = finding.version;
  document["operations"] = OperationCount(finding.input.program);
  const Schedule& schedule = finding.input.schedule.schedule;
  document["switches"] = schedule.switches.size();
  document["stale_accesses"] = schedule.stale.size();
  document["highest_thread"] = HighestThread(schedule);
  document["original_operations"] = finding.original_operations;
  document["original_switches"] = finding.original_switches;
  document["replay"] = finding.replay_command;
  document["crash_report"] = finding.crash_report;
  // A crash report may hold any bytes; what is not UTF-8 is replaced.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::Status ReadFindingMetadata(absl::string_view text,
                                 absl::string_view source, Finding& finding,
                                 InputSizes& sizes) {
  const Json document = Json::parse(text.begin(), text.end(), nullptr,
                                    /*allow_exceptions=*/false);
  if (document.is_discarded()) return NotJson(text, source);
  if (!document.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": expected a JSON object"));
  }
  MemberReader reader(document, source);
  const uint64_t format_version = reader.Number("format_version");
  if (reader.ok() && format_version != kFindingFormatVersion) {
    return absl::InvalidArgumentError(absl::StrCat(
        source, ": expected format_version ", kFindingFormatVersion, ", found ",
        format_version, ", which this version of Mortsafe cannot read"));
  }
  finding.map = reader.Text("map");
  finding.defect = reader.Text("defect");
  const std::string slug = reader.Text("kind");
  const std::optional<ViolationKind> kind = ViolationKindFromSlug(slug);
  if (!kind.has_value() && reader.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": expected a kind of violation, found \"",
                     PrintableLine(slug), "\""));
  }
  finding.kind = kind.value_or(ViolationKind::kCrash);
  finding.sentence = reader.Text("sentence");
  finding.seed = reader.Number("seed");
  finding.executions_to_find = reader.Number("executions_to_find");
  finding.strategy = reader.Text("strategy");
  finding.memory = reader.Text("memory");
  finding.build = reader.Text("build");
  finding.version = reader.Text("version");
  sizes.operations = reader.Number("operations");
  sizes.switches = reader.Number("switches");
  if (document.contains("stale_accesses")) {
    sizes.stale_accesses = reader.Number("stale_accesses");
  }
  if (document.contains("highest_thread")) {
    sizes.highest_thread = static_cast<uint32_t>(
        std::min<uint64_t>(reader.Number("highest_thread"), UINT32_MAX));
  }
  finding.original_operations = reader.Number("original_operations");
  finding.original_switches = reader.Number("original_switches");
  finding.replay_command = reader.Text("replay");
  finding.crash_report = reader.Text("crash_report");
  return reader.status();
}

}  // namespace mortsafe
