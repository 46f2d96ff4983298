// Makes text that came from outside (a sanitizer's report, a map's name) safe
// to show on a terminal and in a page.

#ifndef MORTSAFE_HARNESS_REPORT_ESCAPE_H_
#define MORTSAFE_HARNESS_REPORT_ESCAPE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace mortsafe {

// `text` as valid UTF-8 without control characters: newlines stay, tabs become
// two spaces, and every other control character or ill-formed byte is spelled
// out as "\x1b".
std::string Printable(absl::string_view text);

// Printable(text), on one line: newlines become spaces.
std::string PrintableLine(absl::string_view text);

// Printable(text) for the content of an HTML element or a quoted attribute.
std::string EscapeHtml(absl::string_view text);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_ESCAPE_H_
