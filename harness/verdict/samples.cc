#include "harness/verdict/samples.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/report/text_layout.h"

namespace mortsafe {
namespace {

bool IsBetter(double a, double b, Better better) {
  return better == Better::kLess ? a < b : a > b;
}

// The most that there are for anything.
size_t RoundsOf(absl::Span<const Samples> all) {
  size_t rounds = 0;
  for (const Samples& samples : all) {
    rounds = std::max(rounds, samples.values.size());
  }
  return rounds;
}

// Three digits, or all before the point.
std::string NumberText(double number) {
  if (number < 1000) return absl::StrFormat("%.3g", number);
  return Grouped(static_cast<uint64_t>(std::llround(number)));
}

}  // namespace

double Samples::Median() const {
  std::vector<double> sorted = values;
  absl::c_sort(sorted);
  const size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

double Samples::Least() const { return *absl::c_min_element(values); }
double Samples::Most() const { return *absl::c_max_element(values); }

std::vector<std::pair<std::string, size_t>> RoundsWon(
    absl::Span<const Samples> all, Better better) {
  const size_t rounds = RoundsOf(all);
  std::vector<std::pair<std::string, size_t>> won;
  for (const Samples& samples : all) {
    if (samples.values.size() < rounds) continue;
    size_t count = 0;
    for (size_t round = 0; round < rounds; ++round) {
      const double value = samples.values[round];
      count +=
          absl::c_any_of(all,
                         [&](const Samples& other) {
                           return other.values.size() == rounds &&
                                  IsBetter(other.values[round], value, better);
                         })
              ? 0
              : 1;
    }
    if (count > 0) won.emplace_back(samples.name, count);
  }
  absl::c_sort(won, [](const auto& a, const auto& b) {
    return std::tie(b.second, a.first) < std::tie(a.second, b.first);
  });
  return won;
}

std::vector<std::string> AlwaysBetterThan(absl::string_view name,
                                          absl::Span<const Samples> all,
                                          Better better) {
  const size_t rounds = RoundsOf(all);
  std::vector<std::string> names;
  const auto* const other = absl::c_find_if(
      all, [&](const Samples& samples) { return samples.name == name; });
  if (other == all.end() || other->values.size() < rounds) return names;
  for (const Samples& samples : all) {
    if (samples.values.size() < rounds) continue;
    bool always = rounds > 0;
    for (size_t round = 0; round < rounds; ++round) {
      always = always &&
               IsBetter(samples.values[round], other->values[round], better);
    }
    if (always) names.push_back(samples.name);
  }
  return names;
}

std::string RangeText(const Samples& samples) {
  if (samples.values.empty()) return "not run";
  return absl::StrCat(NumberText(samples.Median()), " (",
                      NumberText(samples.Least()), " to ",
                      NumberText(samples.Most()), ")");
}

}  // namespace mortsafe
