#include "harness/cli/isolated_stress.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/isolation.h"
#include "harness/linearize/violation.h"
#include "harness/stress/record.h"

namespace mortsafe {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kGlance{100};

// What parent and child tell each other while the child runs.
struct SharedState {
  std::atomic<bool> stop{false};
  std::atomic<bool> waits{false};
  std::atomic<uint64_t> operations{0};
  std::atomic<uint64_t> maps{0};
  std::atomic<uint64_t> most_waiting{0};
};

// Where the child leaves its result.
class ResultFile {
 public:
  ResultFile() : file_(memfd_create("mortsafe-stress", MFD_CLOEXEC)) {
    Check(file_ >= 0, "no memory file for a child's result");
  }
  ~ResultFile() { close(file_); }
  ResultFile(const ResultFile&) = delete;
  ResultFile& operator=(const ResultFile&) = delete;

  void Write(const std::vector<uint8_t>& bytes) const {
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t size =
          write(file_, bytes.data() + done, bytes.size() - done);
      Check(size > 0, "a child's result cannot be written");
      done += static_cast<size_t>(size);
    }
  }

  std::vector<uint8_t> Read() const {
    struct stat status = {};
    Check(fstat(file_, &status) == 0, "a child's result got lost");
    std::vector<uint8_t> bytes(static_cast<size_t>(status.st_size));
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t size = pread(file_, bytes.data() + done,
                                 bytes.size() - done, static_cast<off_t>(done));
      Check(size > 0, "a child's result cannot be read");
      done += static_cast<size_t>(size);
    }
    return bytes;
  }

 private:
  const int file_;
};

Json ToJson(const History& history) {
  Json cells = Json::array();
  for (const HistoryOperation& operation : history.operations) {
    for (size_t i = 0; i < CellCount(operation); ++i) {
      cells.push_back(MakeCell(operation, i));
    }
  }
  return cells;
}

History HistoryFrom(const Json& cells) {
  History history;
  for (size_t at = 0; at < cells.size();) {
    HistoryOperation operation;
    ReadCell(cells[at].get<RecordCell>(), 0, operation);
    const size_t count = CellCount(operation);
    for (size_t i = 1; i < count; ++i) {
      ReadCell(cells[at + i].get<RecordCell>(), i, operation);
    }
    at += count;
    history.operations.push_back(std::move(operation));
  }
  return history;
}

Json ToJson(const Violation& violation) {
  Json constraints = Json::array();
  for (const Constraint& each : violation.constraints) {
    constraints.push_back({each.first, each.second, each.relation});
  }
  return {{"culprit", violation.culprit},
          {"witness", violation.witness},
          {"constraints", std::move(constraints)}};
}

Violation ViolationFrom(const Json& json, const Finding& finding) {
  Violation violation;
  violation.kind = finding.kind;
  violation.sentence = finding.sentence;
  violation.culprit = json["culprit"];
  violation.witness = json["witness"].get<std::vector<size_t>>();
  for (const Json& each : json["constraints"]) {
    violation.constraints.push_back(
        {each[0], each[1], each[2].get<Constraint::Relation>()});
  }
  return violation;
}

Json ToJson(const Timeline& timeline) {
  return {{"thread", timeline.thread},
          {"operations", ToJson(History{timeline.operations})}};
}

Timeline TimelineFrom(const Json& json) {
  Timeline timeline;
  timeline.thread = json["thread"];
  timeline.operations = HistoryFrom(json["operations"]).operations;
  return timeline;
}

Json ToJson(const StressResult& result) {
  Json json = {{"seconds", result.progress.seconds},
               {"operations", result.progress.operations},
               {"maps", result.progress.maps},
               {"most_waiting", result.progress.most_waiting},
               {"verdict_seconds", result.verdict_seconds},
               {"interrupted", result.interrupted},
               {"timelines", Json::array()}};
  for (const Timeline& timeline : result.timelines) {
    json["timelines"].push_back(ToJson(timeline));
  }
  if (result.undecided.has_value()) {
    json["undecided_time"] = result.undecided->time;
    json["undecided_bound"] = result.undecided->bound;
    if (result.undecided->key) json["undecided_key"] = *result.undecided->key;
  }
  if (!result.finding.has_value()) return json;
  const StressFinding& finding = *result.finding;
  json["kind"] = std::string(Slug(finding.kind));
  json["sentence"] = finding.sentence;
  json["history"] = ToJson(finding.history);
  json["operations_to_find"] = finding.operations_to_find;
  json["maps_to_find"] = finding.maps_to_find;
  if (finding.violation) json["violation"] = ToJson(*finding.violation);
  return json;
}

Finding FindingFrom(const Json& json) {
  Finding finding;
  finding.kind = *ViolationKindFromSlug(json["kind"].get<std::string>());
  finding.sentence = json["sentence"];
  finding.history = HistoryFrom(json["history"]);
  finding.executions_to_find = json["maps_to_find"];
  if (json.contains("violation")) {
    finding.violation = ViolationFrom(json["violation"], finding);
  }
  return finding;
}

IsolatedStress ResultFrom(const Json& json) {
  IsolatedStress result;
  result.progress.seconds = json["seconds"];
  result.progress.operations = json["operations"];
  result.progress.maps = json["maps"];
  result.progress.most_waiting = json["most_waiting"];
  result.verdict_seconds = json["verdict_seconds"];
  result.interrupted = json["interrupted"];
  for (const Json& timeline : json["timelines"]) {
    result.timelines.push_back(TimelineFrom(timeline));
  }
  if (json.contains("undecided_time")) {
    result.undecided =
        Decision{json["undecided_time"], std::nullopt, json["undecided_bound"]};
    if (json.contains("undecided_key")) {
      result.undecided->key = json["undecided_key"].get<Key>();
    }
  }
  if (json.contains("kind")) {
    result.finding = FindingFrom(json);
    result.operations_to_find = json["operations_to_find"];
  }
  return result;
}

// The child's work.
void StressAndTell(const StressOptions& options, SharedState& shared,
                   const ResultFile& file) {
  StressOptions own = options;
  own.stop = &shared.stop;
  own.on_progress = [&](const StressProgress& progress) {
    shared.operations = progress.operations;
    shared.maps = progress.maps;
    shared.most_waiting = progress.most_waiting;
    shared.waits = progress.waits;
  };
  // CBOR keeps whatever bytes a map's own sentences have.
  file.Write(Json::to_cbor(ToJson(Stress(own))));
}

// A map of which no operation returns while it should.
class StuckMapWatch {
 public:
  explicit StuckMapWatch(std::chrono::milliseconds patience)
      : patience_(patience) {}

  bool IsStuck(const SharedState& shared) {
    const uint64_t operations = shared.operations;
    if (operations != operations_ || !shared.waits) {
      operations_ = operations;
      since_ = Clock::now();
    }
    return Clock::now() - since_ > patience_;
  }

 private:
  const std::chrono::milliseconds patience_;
  uint64_t operations_ = 0;
  Clock::time_point since_ = Clock::now();
};

Finding CrashFinding(const Crash& crash, const StressProgress& progress,
                     std::chrono::milliseconds patience) {
  Finding finding;
  finding.kind = crash.kind;
  finding.sentence = crash.sentence;
  if (crash.kind == ViolationKind::kTimeOut) {
    finding.sentence = absl::StrFormat(
        "No operation returned for %g seconds: some thread waits for ever, or "
        "goes round in circles.",
        std::chrono::duration<double>(patience).count());
  }
  finding.crash_report = crash.report;
  finding.executions_to_find = progress.maps;
  return finding;
}

}  // namespace

IsolatedStress StressInChild(const StressOptions& options,
                             std::chrono::milliseconds patience) {
  const Shared<SharedState> shared;
  const ResultFile file;
  const Clock::time_point start = Clock::now();
  Child child([&] { StressAndTell(options, *shared, file); });
  StuckMapWatch watch(patience);
  StressProgress progress;
  const auto look = [&] {
    progress.seconds =
        std::chrono::duration<double>(Clock::now() - start).count();
    progress.operations = shared->operations;
    progress.maps = shared->maps;
    progress.most_waiting = shared->most_waiting;
    progress.waits = shared->waits;
  };
  while (!child.HasEnded(kGlance)) {
    if (options.stop != nullptr && *options.stop) shared->stop = true;
    look();
    if (options.on_progress) options.on_progress(progress);
    if (watch.IsStuck(*shared)) child.KillForTimeOut();
  }
  look();
  const std::optional<Crash> crash = child.crash();
  if (!crash.has_value()) return ResultFrom(Json::from_cbor(file.Read()));
  IsolatedStress result;
  result.progress = progress;
  result.finding = CrashFinding(*crash, progress, patience);
  result.operations_to_find = progress.operations;
  return result;
}

}  // namespace mortsafe
