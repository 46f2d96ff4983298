// C12: what the maps cost, measured by the program that is made for it
// (maps/maps_costs.cc): maps are to be measured without scheduling points,
// which this program has.

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/specials.h"

namespace mortsafe {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kGoMap = "go-sync-map";
constexpr std::array<absl::string_view, 5> kMaps = {
    kGoMap, "read-dirty", "read-dirty-epoch", "locked", "sharded"};

struct Measure {
  absl::string_view name;  // As maps_costs calls it.
  absl::string_view column;
};
constexpr std::array<Measure, 4> kMeasures = {{
    {"writes", "writes per second"},
    {"memory", "bytes per key"},
    {"garbage", "bytes kept per overwrite"},
    {"start-up", "start-up, ns"},
}};

// The folder of this program.
fs::path Folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return self.parent_path();
}

// The number that a program prints; nothing if it prints none.
std::optional<double> NumberFrom(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(
      // The command is our own.
      // NOLINTNEXTLINE(bugprone-command-processor)
      popen(command.c_str(), "r"), pclose);
  if (output == nullptr) return std::nullopt;
  std::array<char, 64> line = {};
  if (std::fgets(line.data(), line.size(), output.get()) == nullptr) {
    return std::nullopt;
  }
  double number = 0;
  if (!absl::SimpleAtod(line.data(), &number)) return std::nullopt;
  return number;
}

std::string CommandOf(absl::string_view map, absl::string_view measure) {
  const bool go = map == kGoMap;
  return absl::StrCat(
      "'", (Folder() / (go ? "go_maps_benchmark" : "maps_costs")).string(),
      "' ", go ? "costs" : map, " ", measure, " 2>/dev/null");
}

}  // namespace

Special Costs() {
  Special special;
  Evidence evidence = {.leg = Leg::kMeasured,
                       .map = "locked",
                       .bounds = "what the maps cost beside each other",
                       .varies = true};
  std::error_code error;
  if (!fs::exists(Folder() / "maps_costs", error)) {
    evidence.not_run = "maps_costs is not built beside this program";
    special.evidence.push_back(std::move(evidence));
    return special;
  }
  Table table = {.title =
                     "Measured in this run, by processes of their own: "
                     "overwrites of 1,024 keys by two threads; growth for "
                     "each of a million keys, and of two million "
                     "overwrites; an empty map, made, used and destroyed",
                 .columns = {"map"}};
  for (const Measure& measure : kMeasures) {
    table.columns.emplace_back(measure.column);
  }
  for (const absl::string_view map : kMaps) {
    std::vector<std::string> row = {std::string(map)};
    for (const Measure& measure : kMeasures) {
      const std::optional<double> number =
          NumberFrom(CommandOf(map, measure.name));
      row.push_back(number.has_value() ? absl::StrFormat("%.4g", *number)
                                       : "not run");
    }
    table.rows.push_back(std::move(row));
  }
  special.evidence.push_back(std::move(evidence));
  special.exhibits.emplace_back(std::move(table));
  return special;
}

}  // namespace mortsafe
