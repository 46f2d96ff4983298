// Checks of what users give as options, beyond what CLI11 checks: attach them
// with Option::check().

#ifndef MORTSAFE_HARNESS_CLI_VALIDATORS_H_
#define MORTSAFE_HARNESS_CLI_VALIDATORS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace mortsafe {

// A whole number from 0 to 2^64 - 1: no sign, nothing that wraps around.
inline CLI::Validator WholeNumber() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        uint64_t number = 0;
        const bool starts_well =
            !text.empty() &&
            absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
        if (starts_well && absl::SimpleAtoi(text, &number)) return "";
        return absl::StrCat("expected a whole number below 2^64, found '", text,
                            "'");
      },
      "");
}

// A number of seconds, not less than 0; not a number is none.
inline CLI::Validator Seconds() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        double seconds = 0;
        if (absl::SimpleAtod(text, &seconds) && seconds >= 0 &&
            seconds <= 1e9) {
          return "";
        }
        return absl::StrCat("expected a number from 0 to 1e9, found '", text,
                            "'");
      },
      "");
}

inline CLI::Validator NotEmpty() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        return text.empty() ? "expected something, found nothing" : "";
      },
      "");
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_VALIDATORS_H_
