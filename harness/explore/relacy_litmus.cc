#include "harness/explore/relacy_litmus.h"

#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <relacy/relacy.hpp>

namespace mortsafe {
namespace {

constexpr auto kOrder = rl::mo_seq_cst;

struct Counter : rl::test_suite<Counter, 3> {
  rl::atomic<int> counter;

  void before() { counter(RL_INFO).store(0, kOrder); }
  void thread(unsigned) { counter(RL_INFO).fetch_add(1, kOrder); }
};

struct StoreBuffering : rl::test_suite<StoreBuffering, 2> {
  rl::atomic<int> x;
  rl::atomic<int> y;

  void before() {
    x(RL_INFO).store(0, kOrder);
    y(RL_INFO).store(0, kOrder);
  }
  void thread(unsigned i) {
    if (i == 0) {
      x(RL_INFO).store(1, kOrder);
      y(RL_INFO).load(kOrder);
    } else {
      y(RL_INFO).store(1, kOrder);
      x(RL_INFO).load(kOrder);
    }
  }
};

template <unsigned threads, bool with_lock>
struct Litmus : rl::test_suite<Litmus<threads, with_lock>, threads> {
  rl::atomic<int> x;
  rl::atomic<int> y;
  rl::mutex m;

  void before() {
    x(RL_INFO).store(0, kOrder);
    y(RL_INFO).store(0, kOrder);
  }
  void thread(unsigned number) {
    const int i = static_cast<int>(number);
    x(RL_INFO).store(i + 1, kOrder);
    int r = y(RL_INFO).load(kOrder);
    x(RL_INFO).compare_exchange_strong(r, i + 10, kOrder, kOrder);
    if (with_lock) {
      m.lock(RL_INFO);
      const int v = y(RL_INFO).load(kOrder);
      y(RL_INFO).store(v + 1, kOrder);
      m.unlock(RL_INFO);
    }
    y(RL_INFO).load(kOrder);
  }
};

template <class Program>
uint64_t Run(uint64_t count) {
  std::ostream nowhere(nullptr);
  rl::test_params parameters;
  parameters.output_stream = &nowhere;
  parameters.progress_stream = &nowhere;
  if (count == 0) {
    parameters.search_type = rl::fair_full_search_scheduler_type;
  } else {
    parameters.search_type = rl::random_scheduler_type;
    parameters.iteration_count = count;
  }
  if (!rl::simulate<Program>(parameters)) std::abort();
  return parameters.stop_iteration;
}

}  // namespace

uint64_t RunInRelacy(LitmusProgram program, uint64_t count) {
  switch (program) {
    case LitmusProgram::kCounter:
      return Run<Counter>(count);
    case LitmusProgram::kStoreBuffering:
      return Run<StoreBuffering>(count);
    case LitmusProgram::kL2WithoutLock:
      return Run<Litmus<2, false>>(count);
    case LitmusProgram::kL3WithoutLock:
      return Run<Litmus<3, false>>(count);
    case LitmusProgram::kL2:
      return Run<Litmus<2, true>>(count);
    case LitmusProgram::kL3:
      return Run<Litmus<3, true>>(count);
  }
  return 0;
}

}  // namespace mortsafe
