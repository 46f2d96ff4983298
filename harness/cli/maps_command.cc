// `mortsafe maps`: what can be tried, and the ways in which it can be broken.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using nlohmann::ordered_json;

ordered_json ToJson(const DefectInfo& defect) {
  return {{"name", defect.name},
          {"summary", defect.summary},
          {"origin", defect.origin},
          {"violation", std::string(Slug(defect.violation))},
          {"seen_by", defect.seen_by},
          {"equivalent", defect.equivalent}};
}

absl::Status Usable(const SubjectInfo& subject) {
  return subject.usable ? subject.usable() : absl::OkStatus();
}

ordered_json ToJson(const SubjectInfo& subject) {
  ordered_json operations = ordered_json::array();
  for (OperationKind kind : kAllOperationKinds) {
    if (subject.operations.Has(kind)) {
      operations.push_back(std::string(HistoryName(kind)));
    }
  }
  ordered_json defects = ordered_json::array();
  for (const DefectInfo& defect : subject.defects) {
    defects.push_back(ToJson(defect));
  }
  ordered_json json = {{"name", subject.name},
                       {"summary", subject.summary},
                       {"operations", operations},
                       {"defects", defects},
                       {"can_be_scheduled", subject.can_be_scheduled}};
  if (!subject.version.empty()) json["version"] = subject.version;
  if (const absl::Status usable = Usable(subject); !usable.ok()) {
    json["cannot_be_used"] = std::string(usable.message());
  }
  return json;
}

std::string JsonDocument() {
  ordered_json maps = ordered_json::array();
  for (const SubjectInfo& subject : Subjects()) maps.push_back(ToJson(subject));
  return ordered_json({{"maps", maps}}).dump(2) + "\n";
}

std::string WhatComesOf(const DefectInfo& defect) {
  if (defect.equivalent)
    return "makes no difference that clients on one clock can see";
  return absl::StrCat("typically: ", Title(defect.violation), "; seen by ",
                      absl::StrJoin(defect.seen_by, ", "));
}

std::string OfferedText(const SubjectInfo& subject) {
  std::vector<absl::string_view> names;
  for (OperationKind kind : kAllOperationKinds) {
    if (subject.operations.Has(kind)) names.push_back(ApiName(kind));
  }
  return absl::StrJoin(names, ", ");
}

std::string Text() {
  std::string text;
  for (const SubjectInfo& subject : Subjects()) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", subject.name, "\n  ",
                    subject.summary, "\n");
    if (!subject.can_be_scheduled) {
      absl::StrAppend(&text, "  ", subject.version,
                      "; on real threads alone: for mortsafe stress\n  offers ",
                      OfferedText(subject), "\n");
    }
    if (const absl::Status usable = Usable(subject); !usable.ok()) {
      absl::StrAppend(&text, "  ", usable.message(), "\n");
    }
    for (const DefectInfo& defect : subject.defects) {
      absl::StrAppendFormat(&text, "  :%s\n      %s\n      %s; %s\n",
                            defect.name, defect.summary, defect.origin,
                            WhatComesOf(defect));
    }
  }
  return text;
}

}  // namespace

void AddMapsCommand(CLI::App& app, int& status) {
  CLI::App* const command =
      app.add_subcommand("maps", "Lists the maps and their defects");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "One JSON document on standard output");
  command->callback([json, &status] {
    std::fputs((*json ? JsonDocument() : Text()).c_str(), stdout);
    status = kNothingFound;
  });
}

}  // namespace mortsafe
