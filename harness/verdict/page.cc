#include "harness/verdict/page.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/report/text_layout.h"
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

std::vector<Row> BoundsRows(const Trial& trial) {
  std::vector<Row> rows;
  const auto add = [&](absl::string_view claim,
                       const std::vector<Evidence>& evidence) {
    for (const Evidence& each : evidence) {
      if (!each.varies) rows.push_back(BoundsRow(claim, each));
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
  return absl::StrCat("mortsafe explore --map ", map, options, " --program '",
                      program, "'");
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

void AddChapter(const Chapter& chapter, Document& page) {
  const Claim& claim = *chapter.claim;
  page.emplace_back(Heading{
      2, absl::StrCat(claim.id, ": ", RulingName(chapter.verdict.ruling))});
  page.emplace_back(Paragraph{absl::StrCat("Claim: ", claim.sentence, ".")});
  page.emplace_back(
      Paragraph{absl::StrCat("Verdict: **", RulingName(chapter.verdict.ruling),
                             "**, because ", chapter.verdict.reason, ".")});
  AddPrograms(claim, page);
  if (!chapter.evidence.empty()) {
    page.emplace_back(FiguresTable(chapter.evidence));
  }
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
  for (const Row& row : known) {
    const Row* const found = FindRow(rows, row, 4);
    if (found == nullptr) {
      disagreements.push_back(
          absl::StrCat("the page has nothing of: ", RowText(row)));
    } else if (found->back() != row.back() && found->back() != kNotRun &&
               row.back() != kNotRun) {
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
      "showed, by the rules in `harness/verdict/ruling.h`; nothing here is "
      "written by hand."});
  page.emplace_back(CodeBlock{{origin.command}});
  page.emplace_back(Paragraph{absl::StrCat(
      "wrote this page (build ", origin.build, ", Mortsafe ", origin.version,
      "). `mortsafe verdict` runs the trial again and exits with 1 where "
      "claim, "
      "verdict or bounds differ from this page; figures may.")});
  Table verdicts = {.title = "",
                    .columns = {"claim", "what is claimed", "verdict"},
                    .mark = std::string(kVerdictsMark)};
  for (const Chapter& chapter : trial.chapters) {
    verdicts.rows.push_back(VerdictRow(chapter));
  }
  page.emplace_back(std::move(verdicts));
  page.emplace_back(Heading{2, "Bounds"});
  page.emplace_back(Paragraph{
      "What was tried completely, or is the same in every run. \"Every "
      "program\" is every client program of exactly so many threads and "
      "operations, and so every smaller one, from every state that one client "
      "can bring the map to. `sc` is sequentially consistent memory, as Go's "
      "is; `c11` adds what the memory orders in the port's code allow."});
  page.emplace_back(
      Table{.title = "",
            .columns = {"claim", "what", "map", "bounds", "outcome"},
            .rows = BoundsRows(trial),
            .mark = std::string(kBoundsMark)});
  page.emplace_back(Heading{2, "The maps, whatever the claim"});
  page.emplace_back(FiguresTable(trial.maps));
  for (const Chapter& chapter : trial.chapters) AddChapter(chapter, page);
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
  return text;
}

std::vector<std::string> Disagreements(const Trial& trial,
                                       const std::string& markdown) {
  std::vector<std::string> disagreements;
  CompareVerdicts(trial, markdown, disagreements);
  CompareBounds(trial, markdown, disagreements);
  ComparePrograms(trial, markdown, disagreements);
  return disagreements;
}

}  // namespace mortsafe
