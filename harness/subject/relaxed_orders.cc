#include "harness/subject/relaxed_orders.h"

#include <algorithm>
#include <cstddef>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace mortsafe {
namespace {

// From the folder of the maps on: where the project lies is nobody's business.
absl::string_view FileOf(const std::source_location& where) {
  const absl::string_view file = where.file_name();
  const size_t at = file.rfind("maps/");
  return at == absl::string_view::npos ? file : file.substr(at);
}

// "Fields ReadDirtyMap<…>::LoadRead() [Key = …]" is "LoadRead": what stands
// before the parameters, which begin where no template argument is open; no
// name stands before "(anonymous namespace)".
absl::string_view FunctionOf(const std::source_location& where) {
  const absl::string_view signature = where.function_name();
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i < signature.size(); ++i) {
    const char c = signature[i];
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (depth > 0) continue;
    if (c == '(' && i > begin) return signature.substr(begin, i - begin);
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) begin = i + 1;
  }
  return signature.substr(begin);
}

// "TryExpunge" is "try-expunge".
std::string Hyphenated(absl::string_view name) {
  std::string hyphenated;
  for (const char c : name) {
    const bool upper = absl::ascii_isupper(static_cast<unsigned char>(c));
    if (upper && !hyphenated.empty()) hyphenated += '-';
    hyphenated += c;
  }
  absl::AsciiStrToLower(&hyphenated);
  return hyphenated;
}

bool ComesBefore(const std::source_location& a, const std::source_location& b) {
  const int files = FileOf(a).compare(FileOf(b));
  if (files != 0) return files < 0;
  return a.line() != b.line() ? a.line() < b.line() : a.column() < b.column();
}

}  // namespace

std::vector<AtomicOperation> NameAtomicOperations(
    std::vector<std::source_location> places) {
  std::sort(places.begin(), places.end(), ComesBefore);
  const auto belong_together = [](const std::source_location& a,
                                  const std::source_location& b) {
    return FileOf(a) == FileOf(b) && FunctionOf(a) == FunctionOf(b);
  };
  std::vector<AtomicOperation> operations;
  for (size_t i = 0; i < places.size(); ++i) {
    const auto of_function = [&](const std::source_location& place) {
      return belong_together(place, places[i]);
    };
    const auto at = places.begin() + static_cast<std::ptrdiff_t>(i);
    std::string name = Hyphenated(FunctionOf(places[i]));
    if (std::count_if(places.begin(), places.end(), of_function) > 1) {
      absl::StrAppend(&name, "-",
                      std::count_if(places.begin(), at, of_function) + 1);
    }
    operations.push_back(
        {places[i], std::move(name),
         absl::StrCat(FileOf(places[i]), ":", places[i].line())});
  }
  return operations;
}

}  // namespace mortsafe
