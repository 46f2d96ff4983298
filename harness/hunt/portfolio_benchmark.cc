// How many executions each strategy, and the portfolio, needs to its first
// finding: the median over some seeds, for every defect that a plain build can
// see and for two kernels whose bug hides behind a chain of forced switches.
//
// Usage: portfolio_benchmark [SEEDS [EXECUTIONS [NAME]]]. Writes a table for
// docs/explorer.md to standard output. EXECUTIONS bounds each hunt; NAME picks
// the subjects whose names begin with it.

#include <mortsafe/sync.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// Load(0) and Load(1) take turns on one atomic; whoever comes when it is not
// its turn gives up. Whoever comes to the end, after kSwitches switches,
// returns what nobody stored.
template <int kSwitches>
class Chain {
 public:
  std::optional<Value> Load(Key key) {
    for (int turn = static_cast<int>(key % 2); turn <= kSwitches; turn += 2) {
      if (turn_.load() != turn) return std::nullopt;
      turn_.store(turn + 1);
      if (turn == kSwitches) return Value{1};
    }
    return std::nullopt;
  }
  // Keeps nothing: the kernel's program has loads only.
  void Store(Key, Value) {}
  void Delete(Key) {}

 private:
  atomic<int> turn_{0};
};

constexpr absl::string_view kChains = "chain-of-";
constexpr absl::string_view kChainProgram =
    "initial: | thread 1: Load(0) | thread 2: Load(1)";

[[maybe_unused]] const bool kRegistered = RegisterMap<Chain<7>>("chain-of-7") &&
                                          RegisterMap<Chain<14>>("chain-of-14");

struct Settings {
  uint64_t seeds = 20;
  uint64_t executions = 1'000'000;
  std::string name;
};

constexpr uint64_t kNotFound = std::numeric_limits<uint64_t>::max();

HuntOptions OptionsFor(const SubjectChoice& subject, const Settings& settings) {
  HuntOptions options;
  options.subject = subject;
  options.bounds = {.threads = 3,
                    .operations = 3,
                    .keys = 2,
                    .initial = 3,
                    .operations_offered = subject.subject->operations};
  if (absl::StartsWith(subject.subject->name, kChains)) {
    options.program = ParseProgram(kChainProgram, "kernel").value();
  }
  options.executions = settings.executions;
  options.workers =
      static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  return options;
}

// Over all seeds; kNotFound where most find nothing.
uint64_t MedianToFinding(HuntOptions& options, uint64_t seeds) {
  std::vector<uint64_t> executions;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    options.seed = seed;
    const HuntResult result = Hunt(options);
    executions.push_back(result.finding.has_value() ? result.finding->index + 1
                                                    : kNotFound);
  }
  std::sort(executions.begin(), executions.end());
  return executions[(executions.size() - 1) / 2];
}

std::string Cell(uint64_t median) {
  return median == kNotFound ? "–" : absl::StrCat(median);
}

void PrintRow(const SubjectChoice& subject, const Settings& settings) {
  HuntOptions options = OptionsFor(subject, settings);
  std::string row = absl::StrCat("| ", subject.Name(), " |");
  uint64_t best = kNotFound;
  for (const ScheduleMode strategy : kPortfolio) {
    options.strategy = strategy;
    const uint64_t median = MedianToFinding(options, settings.seeds);
    best = std::min(best, median);
    absl::StrAppend(&row, " ", Cell(median), " |");
  }
  options.strategy.reset();
  const uint64_t portfolio = MedianToFinding(options, settings.seeds);
  absl::StrAppend(&row, " ", Cell(portfolio), " |");
  if (best == kNotFound || portfolio == kNotFound) {
    absl::StrAppend(&row, " – |");
  } else {
    absl::StrAppendFormat(
        &row, " %.1f |",
        static_cast<double>(portfolio) / static_cast<double>(best));
  }
  std::printf("%s\n", row.c_str());
  std::fflush(stdout);
}

// Executions that are drawn show no race: only a sweep looks for them.
bool IsSeenInSamples(const DefectInfo& defect) {
  return defect.violation != ViolationKind::kDataRace;
}

void PrintTable(const Settings& settings) {
  std::string head = "| subject |";
  std::string rule = "|---|";
  for (const ScheduleMode strategy : kPortfolio) {
    absl::StrAppend(&head, " ", StrategyName(strategy), " |");
    absl::StrAppend(&rule, "---|");
  }
  std::printf("%s portfolio | portfolio / best |\n%s---|---|\n", head.c_str(),
              rule.c_str());
  for (const SubjectInfo& subject : Subjects()) {
    if (absl::StartsWith(subject.name, kChains) &&
        absl::StartsWith(subject.name, settings.name)) {
      PrintRow({&subject, nullptr}, settings);
    }
    for (const DefectInfo& defect : subject.defects) {
      const SubjectChoice choice = {&subject, &defect};
      if (IsSeenInSamples(defect) &&
          absl::StartsWith(choice.Name(), settings.name)) {
        PrintRow(choice, settings);
      }
    }
  }
}

}  // namespace
}  // namespace mortsafe

int main(int argument_count, char** arguments) {
  mortsafe::Settings settings;
  const std::vector<absl::string_view> given(arguments + 1,
                                             arguments + argument_count);
  const bool understood =
      given.size() <= 3 &&
      (given.empty() || absl::SimpleAtoi(given[0], &settings.seeds)) &&
      (given.size() < 2 || absl::SimpleAtoi(given[1], &settings.executions)) &&
      settings.seeds > 0;
  if (!understood) {
    std::fprintf(stderr, "usage: %s [SEEDS [EXECUTIONS [NAME]]]\n",
                 arguments[0]);
    return 2;
  }
  if (given.size() == 3) settings.name = std::string(given[2]);
  mortsafe::PrintTable(settings);
  return 0;
}
