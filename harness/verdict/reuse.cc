// C9: Loads that hit a deleted entry, and stores that give one a value again:
// how many there are, and whether any of them is answered wrong, in every
// execution of the claim's programs and under load; in the map as it should be,
// and in maps in which they go wrong.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/program_runner.h"
#include "harness/report/text_layout.h"
#include "harness/stress/client.h"
#include "harness/stress/client_threads.h"
#include "harness/stress/merger.h"
#include "harness/stress/record.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/judged_events.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/noted_events.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {
namespace {

using enum ReadDirtyEvent;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Kind {
  absl::string_view name;
  ReadDirtyDefect defect;
  // What goes wrong in it.
  ReadDirtyEvent event = kReadHitStale;
  // Under load: it takes other keys for entries to be expunged.
  uint64_t keys = 1;
};

constexpr Kind kFaithful = {"read-dirty", ReadDirtyDefect::kNone};
constexpr std::array<Kind, 2> kBroken = {{
    {"read-dirty:c1-value-before-mark",
     ReadDirtyDefect::kLoadTakesValueBeforeMark, kReadHitStale, 1},
    {"read-dirty:c9-publishes-before-reviving",
     ReadDirtyDefect::kStorePublishesBeforeReviving, kStaleReused, 4},
}};

// More than all operations of a program could cause.
constexpr size_t kMostEventsOfProgram = 256;

constexpr uint64_t kClients = 8;
constexpr uint64_t kOperationsOfClient = 50;
// An operation causes one of each kind at most.
constexpr size_t kMostEventsOfLoad = 2 * kClients * kOperationsOfClient;

std::string NameOf(ReadDirtyEvent event) {
  return std::string(kReadDirtyEventNames[static_cast<size_t>(event)]);
}

// Judges the events of each execution of a program.
class JudgingVisitor final : public ExecutionVisitor {
 public:
  JudgingVisitor(const ProgramRunner& runner, const EventNotes& notes)
      : runner_(runner), notes_(notes) {
    BeginAnew();
  }

  void Visit(const RunResult&) override {
    History history = runner_.history();
    SortByCall(history);
    judge_->Judge(history, notes_.all());
  }
  void BeginAnew() override { judge_ = std::make_unique<EventJudge>(); }

  const EventTally& tally() const { return judge_->tally(); }

 private:
  const ProgramRunner& runner_;
  const EventNotes& notes_;
  std::unique_ptr<EventJudge> judge_;
};

// All that came of the claim's programs, or of load.
struct Judged {
  EventTally events;
  // Why it was not tried; empty if it was.
  std::string not_run;
  bool complete = true;
  uint64_t programs = 0;
  uint64_t executions = 0;
  uint64_t operations = 0;
  double seconds = 0;
  // How often a process with the map ended before its time, and how the first
  // one did.
  uint64_t crashes = 0;
  std::string crash;
};

// In every execution of the claim's programs.
void JudgePrograms(const Claim& claim, const Kind& kind, Judged& judged) {
  const absl::Status offered = ExhaustiveIsOffered();
  if (!offered.ok()) {
    judged.not_run = std::string(offered.message());
    return;
  }
  EventNotes notes(kMostEventsOfProgram);
  const SubjectInfo subject = NotingSubject(kind.defect, &notes);
  ProgramRunner runner({&subject, nullptr});
  for (const std::string& text : claim.scenario) {
    JudgingVisitor visitor(runner, notes);
    const ExploredProgram explored =
        ExploreProgram(runner, NamedProgram(text), {.visitor = &visitor});
    ++judged.programs;
    judged.executions += explored.executions;
    judged.complete = judged.complete && explored.complete;
    judged.events.Add(visitor.tally());
  }
}

std::vector<ClientOptions> ClientsOn(const SubjectInfo& subject, uint64_t keys,
                                     uint64_t seed) {
  // One delay before so many accesses.
  constexpr uint64_t kDelay = 20;
  std::vector<ClientOptions> clients(kClients);
  for (uint64_t i = 0; i < kClients; ++i) {
    ClientOptions& client = clients[i];
    client.number = static_cast<uint32_t>(i + 1);
    client.mix = {.operations = subject.operations,
                  .keys = keys,
                  .seed = DeriveSeed(seed, i),
                  .first_value = i + 1,
                  .value_step = kClients};
    client.delay = kDelay;
    client.operations = kOperationsOfClient;
  }
  return clients;
}

// What clients of their own see of the map.
History LoadMap(AnyMap& map, const std::vector<ClientOptions>& options) {
  ClientThreads clients(options);
  Merger merger(clients.queues());
  History history;
  history.has_initial_client = false;
  merger.Open(clients.Now());
  clients.Begin(map);
  for (;;) {
    const Merger::State state = merger.Look();
    if (state == Merger::State::kOver) return history;
    if (state == Merger::State::kReady) {
      merger.Take(history.operations.emplace_back(), [](const RecordCell&) {});
    } else {
      std::this_thread::yield();
    }
  }
}

// What a process tells of the load on its maps, which may crash.
struct LoadProgress {
  EventTally events;
  uint64_t operations = 0;
  std::atomic<uint64_t> maps{0};
};

// On real threads, one map after the other. Histories are short: in one that is
// wrong few events can be told apart.
void LoadMaps(const Kind& kind, uint64_t keys, uint64_t seed, double seconds,
              LoadProgress& progress) {
  EventNotes notes(kMostEventsOfLoad);
  const SubjectInfo subject = NotingSubject(kind.defect, &notes);
  EventJudge judge;
  const Clock::time_point start = Clock::now();
  do {
    const std::unique_ptr<AnyMap> map = subject.create(nullptr);
    const History history =
        LoadMap(*map, ClientsOn(subject, keys, seed + progress.maps));
    judge.Judge(history, notes.all());
    progress.events = judge.tally();
    progress.operations += history.operations.size();
    ++progress.maps;
  } while (SecondsSince(start) < seconds);
}

// Waits for a process that loads maps, and ends one in which a map hangs. False
// if it was interrupted.
bool AwaitLoad(Child& child, const LoadProgress& progress,
               const std::atomic<bool>* stop) {
  constexpr std::chrono::milliseconds kGlance{20};
  constexpr double kPatience = 10;
  uint64_t maps = 0;
  Clock::time_point latest = Clock::now();
  while (!child.HasEnded(kGlance)) {
    if (stop != nullptr && *stop) return false;
    if (progress.maps != maps) {
      maps = progress.maps;
      latest = Clock::now();
    } else if (SecondsSince(latest) > kPatience) {
      child.KillForTimeOut();
    }
  }
  return true;
}

// In processes of their own; where one ends early another goes on.
void JudgeLoad(const Kind& kind, uint64_t keys, double seconds,
               const std::atomic<bool>* stop, Judged& judged) {
  const Clock::time_point start = Clock::now();
  do {
    const Shared<LoadProgress> progress;
    const uint64_t seed = judged.executions + judged.crashes;
    const double left = seconds - SecondsSince(start);
    Child child([&] { LoadMaps(kind, keys, seed, left, *progress); });
    if (!AwaitLoad(child, *progress, stop)) {
      judged.not_run = "interrupted";
      return;
    }
    if (const std::optional<Crash> crash = child.crash()) {
      if (judged.crashes++ == 0) judged.crash = std::string(Title(crash->kind));
    }
    judged.events.Add(progress->events);
    judged.executions += progress->maps;
    judged.operations += progress->operations;
    judged.seconds = SecondsSince(start);
  } while (judged.seconds < seconds);
}

Evidence EvidenceOf(const Judged& judged, Leg leg, const Kind& kind,
                    absl::string_view bounds) {
  return {.leg = leg,
          .map = std::string(kind.name),
          .bounds = std::string(bounds),
          .not_run = judged.events.unknown_histories() > 0
                         ? "the checker hit a bound"
                         : judged.not_run,
          .complete = judged.complete,
          .programs = judged.programs,
          .executions = judged.executions,
          .operations = judged.operations,
          .seconds = judged.seconds};
}

std::string InPrograms(absl::string_view what) {
  return absl::StrCat(what, ", in every execution of the claim's programs, sc");
}

// What is wrong in a map that should be right.
std::string FoundIn(const Judged& judged) {
  if (judged.crashes > 0) return judged.crash;
  if (judged.events.wrong_histories() == 0) return "";
  return "a history that is not linearizable";
}

// Whether the event happens.
Evidence Sighting(const Claim& claim, ReadDirtyEvent event,
                  absl::string_view what) {
  Judged judged;
  JudgePrograms(claim, kFaithful, judged);
  Evidence evidence =
      EvidenceOf(judged, Leg::kMechanism, kFaithful, InPrograms(what));
  evidence.found = FoundIn(judged);
  evidence.happens = judged.events.Of(event).all() > 0;
  evidence.times = judged.events.HistoriesWith(event);
  return evidence;
}

constexpr absl::string_view kWrong =
    "an operation that met or took up a deleted entry answers wrong";

// Whether an answer to blame is one of these operations', in a map as it should
// be.
Evidence BlameIn(const Judged& judged) {
  Evidence evidence =
      EvidenceOf(judged, Leg::kMechanism, kFaithful, InPrograms(kWrong));
  evidence.found = FoundIn(judged);
  evidence.happens = judged.events.Of(kReadHitStale).wrong > 0 ||
                     judged.events.Of(kStaleReused).wrong > 0;
  return evidence;
}

// The same of one in which it is.
Evidence BlameInBroken(const Judged& judged, const Kind& kind) {
  Evidence evidence =
      EvidenceOf(judged, Leg::kDefect, kind, InPrograms(kWrong));
  if (judged.events.Of(kind.event).wrong > 0) {
    evidence.found = absl::StrCat("wrong answers with ", NameOf(kind.event));
  }
  return evidence;
}

std::string LoadText(uint64_t keys) {
  return absl::StrCat(kClients, " threads on ", keys,
                      keys == 1 ? " key" : " keys", ", delays, all operations");
}

void AddRows(const Kind& kind, absl::string_view where, const Judged& judged,
             Table& table) {
  if (!judged.not_run.empty()) return;
  for (const ReadDirtyEvent event : {kReadHitStale, kStaleReused}) {
    const EventCounts& counts = judged.events.Of(event);
    table.rows.push_back({std::string(kind.name), std::string(where),
                          NameOf(event), Grouped(counts.right),
                          Grouped(counts.wrong), Grouped(counts.undecided)});
  }
}

// Each on one key, and on as many as it takes for what goes wrong elsewhere.
void AddLoad(const Kind& kind, uint64_t keys, double seconds,
             const LegOptions& options, Special& special, Table& table) {
  Judged judged;
  JudgeLoad(kind, keys, seconds, options.stop, judged);
  const bool faithful = kind.defect == ReadDirtyDefect::kNone;
  // What a broken map shows on real threads is up to the system.
  Evidence evidence = EvidenceOf(
      judged, faithful ? Leg::kThreads : Leg::kMeasured, kind, LoadText(keys));
  evidence.complete = false;
  evidence.varies = true;
  if (faithful) evidence.found = FoundIn(judged);
  std::string where = evidence.bounds;
  if (judged.crashes > 0) {
    absl::StrAppend(&where, "; its process ended early ",
                    Counted(judged.crashes, "time"),
                    ", the first: ", judged.crash);
  }
  AddRows(kind, where, judged, table);
  special.evidence.push_back(std::move(evidence));
}

}  // namespace

Special HitsOfDeletedEntries(const Claim& claim) {
  return {{Sighting(claim, kReadHitStale,
                    "a Load hits a deleted entry (readHitStale)")},
          {}};
}

Special ReuseOfEntries(const Claim& claim) {
  return {{Sighting(claim, kStaleReused,
                    "a store takes up a deleted entry (staleReused)")},
          {}};
}

Special AnswersOfDeletedEntries(const Claim& claim, double seconds,
                                const LegOptions& options) {
  constexpr absl::string_view kPrograms = "the claim's programs";
  Table table = {
      .title =
          "Events, each judged by the operation that caused it: **right** if "
          "what all clients saw is linearizable; **wrong** if it is not, and "
          "is once nothing is known of what that operation did and answered; "
          "undecided if that alone does not help",
      .columns = {"map", "where", "event", "right", "wrong", "undecided"}};
  Special special;
  Judged faithful;
  JudgePrograms(claim, kFaithful, faithful);
  AddRows(kFaithful, kPrograms, faithful, table);
  special.evidence.push_back(BlameIn(faithful));
  for (const Kind& kind : kBroken) {
    Judged judged;
    JudgePrograms(claim, kind, judged);
    AddRows(kind, kPrograms, judged, table);
    special.evidence.push_back(BlameInBroken(judged, kind));
  }
  if (seconds > 0) {
    const double each = seconds / (2 * kBroken.size());
    for (const Kind& kind : kBroken) {
      AddLoad(kFaithful, kind.keys, each, options, special, table);
      AddLoad(kind, kind.keys, each, options, special, table);
    }
  }
  special.exhibits.emplace_back(std::move(table));
  return special;
}

}  // namespace mortsafe
