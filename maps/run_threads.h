// For tests: real threads that begin together.

#ifndef MORTSAFE_MAPS_RUN_THREADS_H_
#define MORTSAFE_MAPS_RUN_THREADS_H_

#include <latch>
#include <thread>
#include <vector>

namespace mortsafe {

// Runs body(0), …, body(threads - 1) at once, each on a thread of its own.
template <class Body>
void RunThreads(int threads, Body body) {
  std::latch all_have_started(threads);
  std::vector<std::thread> running;
  running.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      all_have_started.arrive_and_wait();
      body(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_RUN_THREADS_H_
