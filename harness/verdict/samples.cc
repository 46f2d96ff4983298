#include "harness/verdict/samples.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace mortsafe {
namespace {

bool IsBetter(double a, double b, Better better) {
  return better == Better::kLess ? a < b : a > b;
}

double BestOf(const Samples& samples, Better better) {
  return better == Better::kLess ? samples.Least() : samples.Most();
}
double WorstOf(const Samples& samples, Better better) {
  return better == Better::kLess ? samples.Most() : samples.Least();
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

std::vector<std::string> Best(absl::Span<const Samples> all, Better better) {
  const Samples* first = nullptr;
  for (const Samples& samples : all) {
    if (samples.values.empty()) continue;
    if (first == nullptr ||
        IsBetter(samples.Median(), first->Median(), better)) {
      first = &samples;
    }
  }
  std::vector<std::string> best;
  for (const Samples& samples : all) {
    if (samples.values.empty()) continue;
    if (!IsBetter(WorstOf(*first, better), BestOf(samples, better), better)) {
      best.push_back(samples.name);
    }
  }
  return best;
}

std::vector<std::string> BetterThan(absl::string_view name,
                                    absl::Span<const Samples> all,
                                    Better better) {
  std::vector<std::string> names;
  const auto* const other = absl::c_find_if(
      all, [&](const Samples& samples) { return samples.name == name; });
  if (other == all.end() || other->values.empty()) return names;
  for (const Samples& samples : all) {
    if (!samples.values.empty() &&
        IsBetter(WorstOf(samples, better), BestOf(*other, better), better)) {
      names.push_back(samples.name);
    }
  }
  return names;
}

std::string RangeText(const Samples& samples) {
  if (samples.values.empty()) return "not run";
  return absl::StrFormat("%.3g (%.3g to %.3g)", samples.Median(),
                         samples.Least(), samples.Most());
}

}  // namespace mortsafe
