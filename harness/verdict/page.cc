#include "harness/verdict/page.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/report/text_layout.h"
#include "harness/subject/registry.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ruling.h"
#include "harness/verdict/trial.h"

namespace mortsafe {
namespace {

constexpr absl::string_view kVerdictsMark = "mortsafe verdict verdicts";
constexpr absl::string_view kBoundsMark = "mortsafe verdict bounds";
constexpr absl::string_view kNotRun = "not run";
constexpr absl::string_view kAllClaims = "all";

using Row = std::vector<std::string>;

Row VerdictRow(const Chapter& chapter) {
  return {chapter.claim->id, chapter.claim->sentence,
          std::string(RulingName(chapter.verdict.ruling))};
}

// Of one piece of evidence that bounds a verdict: whose it is, what was tried,
// and the outcome.
Row BoundsRow(absl::string_view claim, const Evidence& evidence) {
  return {std::string(claim), std::string(LegName(evidence.leg)), evidence.map,
          evidence.bounds, OutcomeText(evidence)};
}

// All of them, or of what a full trial alone has.
std::vector<Row> BoundsRows(const Trial& trial, bool of_full_trials = false) {
  std::vector<Row> rows;
  const auto add = [&](absl::string_view claim,
                       const std::vector<Evidence>& evidence) {
    for (const Evidence& each : evidence) {
      if (each.varies || (of_full_trials && !each.left_out)) continue;
      rows.push_back(BoundsRow(claim, each));
    }
  };
  add(kAllClaims, trial.maps);
  for (const Chapter& chapter : trial.chapters) {
    add(chapter.claim->id, chapter.evidence);
  }
  return rows;
}

Row FiguresRow(const Evidence& evidence) {
  return {
      std::string(LegName(evidence.leg)),
      evidence.map,
      evidence.bounds,
      OutcomeText(evidence),
      evidence.ran() ? FiguresText(evidence) : evidence.not_run,
  };
}

Table FiguresTable(const std::vector<Evidence>& evidence) {
  Table table = {.title = "",
                 .columns = {"what", "map", "bounds", "outcome", "figures"}};
  for (const Evidence& each : evidence) table.rows.push_back(FiguresRow(each));
  return table;
}

// A program that anybody can run again.
std::string CommandLine(absl::string_view map, absl::string_view program,
                        absl::string_view options = "") {
  return absl::StrCat("build/release/bin/mortsafe explore --map ", map, options,
                      " --program '", program, "'");
}

void AddPrograms(const Claim& claim, Document& page) {
  if (claim.scenario.empty()) return;
  page.emplace_back(Paragraph{
      "Its programs, of which every execution is tried, on the map as it "
      "should be and on the broken one:"});
  CodeBlock code;
  for (const std::string& program : claim.scenario) {
    code.lines.push_back(CommandLine(claim.maps.front(), program));
  }
  page.emplace_back(std::move(code));
}

void AddCounterexample(const Evidence& evidence, absl::string_view what,
                       Document& page) {
  const Counterexample& shown = *evidence.counterexample;
  std::string text =
      absl::StrCat("`", evidence.map, "`, ", what, ": ", shown.found, ".");
  if (!shown.sentence.empty()) {
    absl::StrAppend(&text, " ", shown.sentence,
                    absl::EndsWith(shown.sentence, ".") ? "" : ".");
  }
  page.emplace_back(Paragraph{std::move(text)});
  page.emplace_back(
      CodeBlock{{CommandLine(evidence.map, shown.program, shown.options)}});
}

// What a claim's own program shows of a map, by several clients.
const Evidence* FoundInProgram(const std::vector<Evidence>& evidence,
                               absl::string_view map) {
  for (const Evidence& each : evidence) {
    if (each.map == map && each.counterexample.has_value() &&
        !each.counterexample->smallest && each.counterexample->clients > 1 &&
        !absl::StrContains(each.counterexample->sentence, "by one client")) {
      return &each;
    }
  }
  return nullptr;
}

// Where one client is enough, which a claim of concurrency does not say, with a
// program of several, too.
void AddCounterexamples(const std::vector<Evidence>& evidence, Document& page) {
  for (const Evidence& each : evidence) {
    if (!each.counterexample.has_value() || !each.counterexample->smallest) {
      continue;
    }
    if (each.counterexample->clients > 1) {
      AddCounterexample(each, "as small as it gets", page);
      continue;
    }
    AddCounterexample(
        each, "as small as it gets, already wrong with one client", page);
    if (const Evidence* const several = FoundInProgram(evidence, each.map)) {
      AddCounterexample(
          *several,
          absl::StrCat("with ", several->counterexample->clients, " clients"),
          page);
    }
  }
}

// What was seen inside the map, or by whoever looked into it, in words.
void AddNotes(const std::vector<Evidence>& evidence, Document& page) {
  for (const Evidence& each : evidence) {
    if (each.leg != Leg::kMechanism || !each.ran() || each.note.empty()) {
      continue;
    }
    page.emplace_back(Paragraph{
        absl::StrCat("`", each.map, "`, ", each.bounds, ": ", each.note, ".")});
  }
}

// Some of the legs, in one sentence.
struct Part {
  absl::string_view name;
  std::vector<Leg> legs;
};

// "Exhaustive: 3 programs, 112 executions, nothing wrong.", or nothing where
// there is no such leg.
std::string PartText(const Part& part, const std::vector<Evidence>& evidence) {
  Evidence sum;
  int ran = 0;
  int all = 0;
  int found = 0;
  for (const Evidence& each : evidence) {
    if (!absl::c_linear_search(part.legs, each.leg)) continue;
    if (each.left_out && !each.ran()) continue;
    ++all;
    if (!each.ran()) continue;
    ++ran;
    found += each.found.empty() ? 0 : 1;
    sum.programs += each.programs;
    sum.executions += each.executions;
    sum.operations += each.operations;
  }
  if (all == 0) return "";
  if (ran == 0) return absl::StrCat(part.name, ": not run.");
  std::string text = absl::StrCat(part.name, ": ");
  if (part.legs.front() == Leg::kDefect) {
    absl::StrAppend(&text, "found in ", found, " of ", ran, " runs");
  } else {
    const std::string figures = FiguresText(sum);
    absl::StrAppend(&text, figures, figures.empty() ? "" : ", ");
    if (found == 0) {
      text += "nothing found";
    } else {
      absl::StrAppend(&text, "something wrong in ", found, " of ", ran,
                      " runs");
    }
  }
  if (ran < all) absl::StrAppend(&text, " (", all - ran, " more not run)");
  return text + ".";
}

// All that bears on a claim, its maps' evidence too, in one line.
std::string SummaryText(const std::vector<Evidence>& evidence) {
  const std::vector<Part> parts = {
      {"Exhaustive", {Leg::kPrograms, Leg::kScenario}},
      {"Sampled, and real threads", {Leg::kSampled, Leg::kThreads}},
      {"The real sync.Map", {Leg::kGo}},
      {"The defect", {Leg::kDefect}}};
  std::vector<std::string> texts;
  for (const Part& part : parts) {
    std::string text = PartText(part, evidence);
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return absl::StrJoin(texts, " ");
}

std::string ChapterHeading(absl::string_view id, absl::string_view ruling) {
  return absl::StrCat(id, ": ", ruling);
}

std::string VerdictText(absl::string_view ruling) {
  return absl::StrCat("Verdict: **", ruling, "**");
}

void AddChapter(const Chapter& chapter, const std::vector<Evidence>& of_maps,
                Document& page) {
  const Claim& claim = *chapter.claim;
  const absl::string_view ruling = RulingName(chapter.verdict.ruling);
  page.emplace_back(Heading{2, ChapterHeading(claim.id, ruling)});
  page.emplace_back(Paragraph{absl::StrCat("Claim: ", claim.sentence, ".")});
  page.emplace_back(Paragraph{absl::StrCat(VerdictText(ruling), ", because ",
                                           chapter.verdict.reason, ".")});
  std::string summary =
      SummaryText(EvidenceFor(claim, of_maps, chapter.evidence));
  if (!summary.empty() && claim.nature != ClaimNature::kNotCorrectness) {
    page.emplace_back(Paragraph{std::move(summary)});
  }
  AddPrograms(claim, page);
  if (!chapter.evidence.empty()) {
    page.emplace_back(FiguresTable(chapter.evidence));
  }
  AddNotes(chapter.evidence, page);
  AddCounterexamples(chapter.evidence, page);
  page.insert(page.end(), chapter.exhibits.begin(), chapter.exhibits.end());
}

// The row that begins with the same `cells` cells; null if there is none.
const Row* FindRow(const std::vector<Row>& rows, const Row& row, size_t cells) {
  for (const Row& each : rows) {
    if (each.size() < cells || each.size() != row.size()) continue;
    bool same = true;
    for (size_t i = 0; i < cells; ++i) same = same && each[i] == row[i];
    if (same) return &each;
  }
  return nullptr;
}

// Whether what a row of a page speaks of is part of the trial.
bool IsTried(const Trial& trial, const Row& row) {
  if (!trial.is_of_some_claims) return true;
  if (row[0] == kAllClaims) {
    return row.size() > 2 &&
           absl::c_any_of(trial.maps, [&](const Evidence& evidence) {
             return evidence.map == row[2];
           });
  }
  return absl::c_any_of(trial.chapters, [&](const Chapter& chapter) {
    return chapter.claim->id == row[0];
  });
}

std::string RowText(const Row& row) { return absl::StrJoin(row, ", "); }

size_t CountRows(const std::vector<Row>& rows, const Row& row, size_t cells) {
  return absl::c_count_if(rows, [&](const Row& each) {
    return FindRow({each}, row, cells) != nullptr;
  });
}

// Of two rows that begin with the same `cells` cells, one could be hidden by
// the other.
void RefuseDuplicates(const std::vector<Row>& rows,
                      const std::vector<Row>& known, size_t cells,
                      std::vector<std::string>& disagreements) {
  for (const Row& row : known) {
    if (CountRows(rows, row, cells) > CountRows(known, row, cells)) {
      disagreements.push_back(
          absl::StrCat("the page has more than once: ", RowText(row)));
    }
  }
}

// The first line that begins so, from a chapter's heading on; empty if it has
// none.
std::string LineAfter(const std::vector<std::string>& lines, size_t from,
                      absl::string_view beginning) {
  for (size_t i = from; i < lines.size(); ++i) {
    if (absl::StartsWith(lines[i], beginning)) return lines[i];
    if (i > from && absl::StartsWith(lines[i], "## ")) break;
  }
  return "";
}

// Whether the one chapter of a row of the table says the same as that.
void CompareChapter(const Row& row, const std::vector<std::string>& lines,
                    std::vector<std::string>& disagreements) {
  const std::string& id = row[0];
  const std::string& ruling = row.back();
  int chapters = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!absl::StartsWith(lines[i], absl::StrCat("## ", id, ":"))) continue;
    ++chapters;
    const std::string verdict = LineAfter(lines, i, "Verdict: ");
    if (lines[i] == absl::StrCat("## ", ChapterHeading(id, ruling)) &&
        absl::StartsWith(verdict, VerdictText(ruling))) {
      continue;
    }
    disagreements.push_back(absl::StrCat(id, ": the page's table says ", ruling,
                                         ", its chapter: ", lines[i].substr(3),
                                         "; ", verdict));
  }
  if (chapters == 1) return;
  disagreements.push_back(
      absl::StrCat(id, ": the page has ", chapters, " chapters of it"));
}

void CompareChapters(const Trial& trial, const std::string& markdown,
                     std::vector<std::string>& disagreements) {
  const std::vector<Row> rows =
      RowsOfTable(markdown, std::string(kVerdictsMark));
  const std::vector<std::string> lines = absl::StrSplit(markdown, '\n');
  for (const Row& row : rows) {
    if (IsTried(trial, row)) CompareChapter(row, lines, disagreements);
  }
}

void CompareVerdicts(const Trial& trial, const std::string& markdown,
                     std::vector<std::string>& disagreements) {
  const std::vector<Row> rows =
      RowsOfTable(markdown, std::string(kVerdictsMark));
  std::vector<Row> known;
  for (const Chapter& chapter : trial.chapters) {
    const Row row = VerdictRow(chapter);
    known.push_back(row);
    const Row* const found = FindRow(rows, row, 2);
    if (found == nullptr) {
      disagreements.push_back(
          absl::StrCat("the page has no claim \"", row[0], ", ", row[1], "\""));
    } else if (found->back() != row.back() && !chapter.verdict.missing) {
      disagreements.push_back(absl::StrCat(row[0], ": ", row.back(), " (",
                                           chapter.verdict.reason,
                                           "); the page says ", found->back()));
    }
  }
  RefuseDuplicates(rows, known, 1, disagreements);
  for (const Row& row : rows) {
    if (IsTried(trial, row) && FindRow(known, row, 2) == nullptr) {
      disagreements.push_back(
          absl::StrCat("nobody claims what the page has: ", RowText(row)));
    }
  }
}

void CompareBounds(const Trial& trial, const std::string& markdown,
                   std::vector<std::string>& disagreements) {
  const std::vector<Row> rows = RowsOfTable(markdown, std::string(kBoundsMark));
  const std::vector<Row> known = BoundsRows(trial);
  RefuseDuplicates(rows, known, 4, disagreements);
  const std::vector<Row> of_full_trials = BoundsRows(trial, true);
  for (const Row& row : known) {
    const Row* const found = FindRow(rows, row, 4);
    if (found == nullptr) {
      disagreements.push_back(
          absl::StrCat("the page has nothing of: ", RowText(row)));
    } else if (found->back() != row.back() && row.back() != kNotRun &&
               (found->back() != kNotRun ||
                FindRow(of_full_trials, row, 4) == nullptr)) {
      disagreements.push_back(
          absl::StrCat(RowText(row), "; the page says ", found->back()));
    }
  }
  for (const Row& row : rows) {
    if (IsTried(trial, row) && FindRow(known, row, 4) == nullptr) {
      disagreements.push_back(
          absl::StrCat("nothing tries what the page has: ", RowText(row)));
    }
  }
}

void ComparePrograms(const Trial& trial, const std::string& markdown,
                     std::vector<std::string>& disagreements) {
  for (const Chapter& chapter : trial.chapters) {
    for (const std::string& program : chapter.claim->scenario) {
      if (absl::StrContains(
              markdown, CommandLine(chapter.claim->maps.front(), program))) {
        continue;
      }
      disagreements.push_back(absl::StrCat(
          chapter.claim->id, ": the page has not the program ", program));
    }
  }
}

// What "every program" need not have.
std::string CoveredText() {
  constexpr absl::string_view kAlike =
      "Programs that differ in the names of threads or values, or of keys "
      "where "
      "the map treats all alike, are tried once; `mortsafe verify` says all of "
      "it of its bounds.";
  const absl::StatusOr<SubjectChoice> choice =
      FindScheduledSubject("read-dirty");
  if (!choice.ok() || choice->subject->covered.empty()) {
    return std::string(kAlike);
  }
  const std::string covered =
      absl::StrJoin(choice->subject->covered, " and ",
                    [](std::string* text, const CoveredOperation& each) {
                      absl::StrAppend(text, ApiName(each.operation), " by ",
                                      ApiName(each.by));
                    });
  return absl::StrCat(
      "Where the code of two operations is the same but for a result, the "
      "stronger stands for both: ",
      covered, ", on `read-dirty`. ", kAlike);
}

// Which Go the real map is of, and what it offers.
std::string GoText(const std::vector<Evidence>& of_maps) {
  constexpr absl::string_view kGo = "go-sync-map";
  std::string text = "The article speaks of Go 1.20 to 1.22; ";
  const auto ran = absl::c_find_if(of_maps, [](const Evidence& evidence) {
    return evidence.leg == Leg::kGo && evidence.ran();
  });
  const absl::StatusOr<SubjectChoice> choice = FindSubject(kGo);
  if (ran == of_maps.end() || !choice.ok()) {
    return absl::StrCat(text, "the real sync.Map did not run.");
  }
  std::vector<absl::string_view> names;
  for (const OperationKind kind : kAllOperationKinds) {
    if (choice->subject->operations.Has(kind)) names.push_back(ApiName(kind));
  }
  return absl::StrCat(text, "what ran as the real sync.Map is ", ran->map,
                      ", which offers ", absl::StrJoin(names, ", "), ".");
}

// The legs of which nothing ran, or not all, on one line; empty if all ran.
std::string NotRunText(const Trial& trial) {
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    if (!absl::c_linear_search(names, name)) names.push_back(std::move(name));
  };
  const auto add_all = [&](absl::string_view claim,
                           const std::vector<Evidence>& evidence) {
    for (const Evidence& each : evidence) {
      if (each.ran()) continue;
      add(absl::StrCat(claim, claim.empty() ? "" : " ", LegName(each.leg), " (",
                       each.left_out ? "wider bounds" : each.map, ")"));
    }
  };
  add_all("", trial.maps);
  for (const Leg leg : {Leg::kSampled, Leg::kThreads, Leg::kGo}) {
    const bool tried = absl::c_any_of(
        trial.maps,
        [&](const Evidence& evidence) { return evidence.leg == leg; });
    if (!tried && !trial.maps.empty()) add(std::string(LegName(leg)));
  }
  for (const Chapter& chapter : trial.chapters) {
    add_all(chapter.claim->id, chapter.evidence);
    if (chapter.verdict.missing) {
      add(absl::StrCat("what would settle ", chapter.claim->id));
    }
  }
  if (names.empty()) return "";
  return absl::StrCat(kNotRun, ": ", absl::StrJoin(names, "; "), "\n");
}

}  // namespace

Document MakePage(const Trial& trial, const PageOrigin& origin) {
  Document page;
  page.emplace_back(Heading{1, "The trial"});
  page.emplace_back(Paragraph{
      "A widely read article says of Go's `sync.Map` that Load can return a "
      "stale value after Delete, and names how. Each of its claims was put to "
      "the faithful port, in every execution of every program within bounds, "
      "to the real map on real threads, and to a map that is broken as the "
      "claim says, which must be found out. Verdicts follow from what the runs "
      "showed, by the rules in `harness/verdict/ruling.h`; what no run could "
      "settle is said to be classified. Nothing here is written by hand."});
  page.emplace_back(CodeBlock{{origin.command}});
  page.emplace_back(Paragraph{absl::StrCat(
      "wrote this page (build ", origin.build, ", Mortsafe ", origin.version,
      "). `build/release/bin/mortsafe verdict` runs the trial again and exits "
      "with 1 where claim, verdict or bounds differ from this page; figures "
      "may. All commands here run in the project's folder, once it is "
      "built:")});
  page.emplace_back(
      CodeBlock{{"scripts/bootstrap",
                 "cmake --preset release && cmake --build --preset release"}});
  page.emplace_back(Paragraph{
      "The words: `read` is the table that is read without a lock; `dirty` has "
      "all keys, under the lock, while `read` is **amended**, which is to lack "
      "some of them; a **miss** is an operation that had to look into `dirty`. "
      "After as many misses as `dirty` has keys, it takes the place of `read`: "
      "its **promotion**. An entry without a value is nil, or **expunged** "
      "once `dirty` was made without it."});
  Table verdicts = {.title = "",
                    .columns = {"claim", "what is claimed", "verdict"},
                    .mark = std::string(kVerdictsMark)};
  for (const Chapter& chapter : trial.chapters) {
    verdicts.rows.push_back(VerdictRow(chapter));
  }
  page.emplace_back(std::move(verdicts));
  page.emplace_back(Heading{2, "The maps, whatever the claim"});
  page.emplace_back(FiguresTable(trial.maps));
  page.emplace_back(Paragraph{GoText(trial.maps)});
  for (const Chapter& chapter : trial.chapters) {
    AddChapter(chapter, trial.maps, page);
  }
  page.emplace_back(Heading{2, "Bounds"});
  page.emplace_back(Paragraph{
      "What was tried completely, or is the same in every run. \"Every "
      "program\" is every client program of exactly so many threads and "
      "operations, and so every smaller one, from every state that one client "
      "can bring the map to. `sc` is sequentially consistent memory, as Go's "
      "is; `c11` adds what the memory orders in the port's code allow."});
  page.emplace_back(Paragraph{CoveredText()});
  page.emplace_back(
      Table{.title = "",
            .columns = {"claim", "what", "map", "bounds", "outcome"},
            .rows = BoundsRows(trial),
            .mark = std::string(kBoundsMark)});
  return page;
}

std::string TerminalTable(const Trial& trial, int width) {
  constexpr size_t kIdWidth = 6;
  constexpr size_t kRulingWidth = 36;
  const size_t sentence_width =
      static_cast<size_t>(width) > kIdWidth + kRulingWidth + 20
          ? static_cast<size_t>(width) - kIdWidth - kRulingWidth
          : 20;
  std::string text;
  for (const Chapter& chapter : trial.chapters) {
    const Row row = VerdictRow(chapter);
    const std::vector<std::string> lines = Wrap(row[1], sentence_width - 2);
    for (size_t i = 0; i < lines.size(); ++i) {
      absl::StrAppend(&text, PadRight(i == 0 ? row[0] : "", kIdWidth),
                      PadRight(lines[i], sentence_width), i == 0 ? row[2] : "");
      absl::StripTrailingAsciiWhitespace(&text);
      text += '\n';
    }
  }
  return text + NotRunText(trial);
}

std::vector<std::string> Disagreements(const Trial& trial,
                                       const std::string& markdown) {
  std::vector<std::string> disagreements;
  CompareVerdicts(trial, markdown, disagreements);
  CompareChapters(trial, markdown, disagreements);
  CompareBounds(trial, markdown, disagreements);
  ComparePrograms(trial, markdown, disagreements);
  return disagreements;
}

}  // namespace mortsafe
