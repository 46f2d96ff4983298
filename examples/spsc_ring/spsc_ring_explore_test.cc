// Every interleaving of a producer and a consumer; and what Mortsafe says when
// the ring is used by two producers.

#include <mortsafe/explore.h>

#include <cstdio>
#include <optional>

#include "spsc_ring.h"

namespace {

using Ring = SpscRing<int, 2>;

int Push(Ring& ring, int from, int to) {
  int pushed = 0;
  for (int value = from; value <= to; ++value) pushed += ring.TryPush(value);
  return pushed;
}

// Whatever gets in comes out once, in order. Three pushes into two slots: the
// ring wraps round.
void ProducerAndConsumer() {
  Ring ring;
  int pushed = 0;
  int popped = 0;
  int last = 0;
  const auto pop = [&] {
    const std::optional<int> value = ring.TryPop();
    if (!value.has_value()) return false;
    MORTSAFE_CHECK(*value > last);
    last = *value;
    ++popped;
    return true;
  };
  mortsafe::thread producer([&] { pushed = Push(ring, 1, 3); });
  for (int i = 0; i < 3; ++i) pop();
  producer.join();
  while (pop()) {
  }
  MORTSAFE_CHECK(popped == pushed);
}

void TwoProducers() {
  Ring ring;
  mortsafe::thread other([&] { Push(ring, 1, 1); });
  Push(ring, 2, 2);
  other.join();
}

}  // namespace

int main() {
  const mortsafe::ExploreResult right =
      mortsafe::Explore({}, ProducerAndConsumer);
  if (right.failure.has_value()) {
    std::printf("%s\n%s", right.failure->message.c_str(),
                right.failure->trace.c_str());
    return 1;
  }
  std::printf("One producer: %llu executions, all there are, and all right.\n",
              static_cast<unsigned long long>(right.executions));

  const mortsafe::ExploreResult wrong = mortsafe::Explore({}, TwoProducers);
  if (!wrong.failure.has_value()) return 1;
  std::printf("Two producers: %s: %s\n%s", wrong.failure->kind.c_str(),
              wrong.failure->message.c_str(), wrong.failure->trace.c_str());
  return right.complete && wrong.failure->kind == "data-race" ? 0 : 1;
}
