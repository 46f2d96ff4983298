// C12: what the maps cost, measured by the program that is made for it
// (maps/maps_costs.cc): maps are to be measured without scheduling points,
// which this program has.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/samples.h"
#include "harness/verdict/specials.h"

namespace mortsafe {
namespace {

namespace fs = std::filesystem;

using Clock = std::chrono::steady_clock;

constexpr absl::string_view kGoMap = "go-sync-map";
// Fewer samples say nothing of how far they are apart.
constexpr size_t kFewestSamples = 3;

struct Measure {
  absl::string_view name;  // As maps_costs calls it.
  int parts;               // It does a part of its work.
  double unit;             // What the column counts in.
  Better better;
  absl::string_view column;
};
constexpr std::array<Measure, 5> kMeasures = {{
    {"writes", 2, 1e6, Better::kMore, "writes, million a second"},
    {"reads", 1, 1e6, Better::kMore, "reads, million a second"},
    {"memory", 10, 16, Better::kLess, "memory, times key and value"},
    {"garbage", 4, 1, Better::kLess, "kept per overwrite, bytes"},
    {"start-up", 40, 1000, Better::kLess, "start-up, microseconds"},
}};

// The folder of this program.
fs::path Folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return self.parent_path();
}

// The lines that a program prints.
std::vector<std::string> LinesFrom(const std::string& command) {
  std::vector<std::string> lines;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(
      // The command is our own.
      // NOLINTNEXTLINE(bugprone-command-processor)
      popen(command.c_str(), "r"), pclose);
  std::array<char, 128> line = {};
  while (output != nullptr &&
         std::fgets(line.data(), line.size(), output.get()) != nullptr) {
    lines.emplace_back(absl::StripAsciiWhitespace(line.data()));
  }
  return lines;
}

std::string Program(absl::string_view name) {
  return absl::StrCat("'", (Folder() / std::string(name)).string(), "'");
}

bool IsBuilt(absl::string_view name) {
  std::error_code error;
  return fs::exists(Folder() / std::string(name), error);
}

// Every map that can be measured here; none without `maps_costs`.
std::vector<std::string> Maps() {
  std::vector<std::string> maps;
  if (!IsBuilt("maps_costs")) return maps;
  if (IsBuilt("go_maps_benchmark")) maps.emplace_back(kGoMap);
  absl::c_move(LinesFrom(Program("maps_costs")), std::back_inserter(maps));
  return maps;
}

// One sample, if the program prints a number.
void Sample(absl::string_view map, const Measure& measure, Samples& samples) {
  const std::vector<std::string> lines = LinesFrom(absl::StrCat(
      map == kGoMap ? absl::StrCat(Program("go_maps_benchmark"), " costs")
                    : absl::StrCat(Program("maps_costs"), " ", map),
      " ", measure.name, " ", measure.parts, " 2>/dev/null"));
  double number = 0;
  if (lines.size() == 1 && absl::SimpleAtod(lines.front(), &number)) {
    samples.values.push_back(number / measure.unit);
  }
}

// By measure, the samples of each map.
using AllSamples = std::array<std::vector<Samples>, kMeasures.size()>;

// In rounds, each of which has a sample of everything, so that what else the
// machine does meanwhile is much the same for all. How many there were.
size_t MeasureInRounds(absl::Span<const std::string> maps, double seconds,
                       const std::atomic<bool>* stop, AllSamples& all) {
  for (std::vector<Samples>& of_measure : all) {
    for (const std::string& map : maps) of_measure.push_back({map, {}});
  }
  const Clock::time_point start = Clock::now();
  size_t rounds = 0;
  while (rounds < kFewestSamples ||
         std::chrono::duration<double>(Clock::now() - start).count() <
             seconds) {
    for (size_t map = 0; map < maps.size(); ++map) {
      for (size_t i = 0; i < kMeasures.size(); ++i) {
        if (stop != nullptr && *stop) return rounds;
        Sample(maps[map], kMeasures[i], all[i][map]);
      }
    }
    ++rounds;
  }
  return rounds;
}

std::string NamesText(const std::vector<std::string>& names) {
  return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

std::string WinnersText(const std::vector<Samples>& of_measure, Better better) {
  return absl::StrJoin(RoundsWon(of_measure, better), ", ",
                       [](std::string* text, const auto& won) {
                         absl::StrAppend(text, won.first, " in ", won.second);
                       });
}

Table CostsTable(const AllSamples& all, size_t rounds) {
  Table table = {
      .title =
          "Measured in this run, by processes of their own, in turns: the "
          "median, and the least and the most. Overwrites and Loads of 1,024 "
          "keys by two threads; growth for each of 100,000 keys, and of "
          "500,000 overwrites, in which what a map takes once weighs more than "
          "in ten times as many (`scripts/maps`); an empty map, made, used and "
          "destroyed",
      .columns = {"map"}};
  for (const Measure& measure : kMeasures) {
    table.columns.emplace_back(measure.column);
  }
  for (size_t map = 0; map < all.front().size(); ++map) {
    std::vector<std::string> row = {all.front()[map].name};
    for (const std::vector<Samples>& of_measure : all) {
      row.push_back(RangeText(of_measure[map]));
    }
    table.rows.push_back(std::move(row));
  }
  std::vector<std::string> best = {
      absl::StrCat("**best** of all, in so many of ", rounds, " rounds")};
  std::vector<std::string> ahead = {
      absl::StrCat("better than ", kGoMap, " in every round")};
  for (size_t i = 0; i < kMeasures.size(); ++i) {
    best.push_back(WinnersText(all[i], kMeasures[i].better));
    ahead.push_back(
        NamesText(AlwaysBetterThan(kGoMap, all[i], kMeasures[i].better)));
  }
  table.rows.push_back(std::move(best));
  if (all.front().front().name == kGoMap) {
    table.rows.push_back(std::move(ahead));
  }
  return table;
}

}  // namespace

Special Costs(double seconds, const std::atomic<bool>* stop) {
  Special special;
  Evidence evidence = {.leg = Leg::kMeasured,
                       .map = "locked",
                       .bounds = "what the maps cost beside each other",
                       .varies = true};
  const std::vector<std::string> maps = Maps();
  if (maps.empty()) {
    evidence.not_run = "maps_costs beside this program names no map";
    special.evidence.push_back(std::move(evidence));
    return special;
  }
  AllSamples samples;
  const size_t rounds = MeasureInRounds(maps, seconds, stop, samples);
  if (rounds < kFewestSamples) {
    evidence.not_run = "interrupted";
  } else {
    evidence.executions = rounds;
    special.exhibits.emplace_back(CostsTable(samples, rounds));
  }
  special.evidence.push_back(std::move(evidence));
  return special;
}

}  // namespace mortsafe
