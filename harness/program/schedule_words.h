// Which schedule an input has, as people say it.

#ifndef MORTSAFE_HARNESS_PROGRAM_SCHEDULE_WORDS_H_
#define MORTSAFE_HARNESS_PROGRAM_SCHEDULE_WORDS_H_

#include <string>

#include "harness/program/input.h"

namespace mortsafe {

// One line: the mode, and the seed or the choices; of switches how many they
// are, as their text form says the rest.
std::string InWords(const ScheduleSpec& spec);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_SCHEDULE_WORDS_H_
