// A cursor over hand-written text, for the parsers of programs and schedules:
// it finds tokens and says where the text is wrong, on one printable line.

#ifndef MORTSAFE_HARNESS_PROGRAM_TEXT_CURSOR_H_
#define MORTSAFE_HARNESS_PROGRAM_TEXT_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

// A place in a text; both count from 1, columns in bytes.
struct TextPlace {
  size_t line = 1;
  size_t column = 1;
};

// Walks a text from token to token. A token is a run of letters, digits and
// underscores (with a minus sign in front of digits), "->", the end of a line
// ("\n"), a run of bytes that are not printable ASCII, or any other single
// character. Blanks, and comments from `#` to the end of the line, part tokens.
class TextCursor {
 public:
  // `source` names the text in errors. Both must outlive the cursor.
  TextCursor(absl::string_view text, absl::string_view source)
      : text_(text), source_(source) {}

  // The next token, which stays the next one; empty at the end of the text.
  absl::string_view Peek();

  // Steps over the next token.
  void Advance();

  // Steps over the next token if it is `token`; says whether it was.
  bool Take(absl::string_view token);

  // Where the next token starts.
  TextPlace Place();

  // "SOURCE:LINE:COLUMN: expected `what`, found NEXT TOKEN", InvalidArgument.
  // The token is escaped, and cut if it is long.
  absl::Status Expected(absl::string_view what);

 private:
  void SkipBlanks();

  absl::string_view text_;
  absl::string_view source_;
  size_t position_ = 0;
  size_t line_ = 1;
  size_t line_start_ = 0;
};

// The number that `token` writes in decimal, if it is one within the bounds.
std::optional<uint64_t> ParseNumber(absl::string_view token, uint64_t lowest,
                                    uint64_t highest);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_TEXT_CURSOR_H_
