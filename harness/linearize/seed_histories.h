// The histories that fuzzing of the checker starts from: one for each way in
// which a history can be wrong, and some that are right but only just.
//
// corpus/checker_vs_brute_force/NAME holds EncodeHistory(history) of each;
// history_codec_test checks that, and writes the files anew when it is run with
// MORTSAFE_WRITE_SEEDS set in its environment.

#ifndef MORTSAFE_HARNESS_LINEARIZE_SEED_HISTORIES_H_
#define MORTSAFE_HARNESS_LINEARIZE_SEED_HISTORIES_H_

#include <string>
#include <vector>

#include "harness/history/history.h"

namespace mortsafe {

struct SeedHistory {
  std::string name;
  History history;
};

std::vector<SeedHistory> SeedHistories();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_SEED_HISTORIES_H_
