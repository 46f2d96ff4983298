// Fits text into columns of a terminal. Widths count code points, which is
// exact for what the reports print.

#ifndef MORTSAFE_HARNESS_REPORT_TEXT_LAYOUT_H_
#define MORTSAFE_HARNESS_REPORT_TEXT_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mortsafe {

// The columns that `text` takes. REQUIRES: `text` is printable, on one line.
size_t DisplayWidth(absl::string_view text);

// `text` with spaces after it up to `width` columns.
std::string PadRight(absl::string_view text, size_t width);

// Cuts `text` to `width` columns; a cut text ends in "...".
// REQUIRES: width > 3.
std::string Cut(absl::string_view text, size_t width);

// Breaks `text` at spaces into lines of at most `width` columns, and inside a
// word only where it alone is wider; at least one line. REQUIRES: width > 0.
std::vector<std::string> Wrap(absl::string_view text, size_t width);

// 1234567 as "1,234,567".
std::string Grouped(uint64_t number);

// "1 step", "2 steps", "2 switches".
std::string Counted(uint64_t count, absl::string_view noun);

// Adds ANSI styles, or nothing when colours are off.
class Painter {
 public:
  explicit Painter(bool color) : color_(color) {}

  std::string Strong(absl::string_view text) const { return Paint("1", text); }
  std::string Dim(absl::string_view text) const { return Paint("2", text); }
  // A call that proves the violation.
  std::string Witness(absl::string_view text) const {
    return Paint("1;33", text);
  }
  // What is wrong.
  std::string Culprit(absl::string_view text) const {
    return Paint("1;31", text);
  }
  std::string Switch(absl::string_view text) const { return Paint("36", text); }

 private:
  std::string Paint(absl::string_view style, absl::string_view text) const;

  bool color_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_TEXT_LAYOUT_H_
