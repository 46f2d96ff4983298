// Hash functions for trying maps: they bring about, with few and small keys,
// what good hash functions make rare.

#ifndef MORTSAFE_MAPS_TEST_HASHES_H_
#define MORTSAFE_MAPS_TEST_HASHES_H_

#include <cstddef>
#include <functional>
#include <limits>

namespace mortsafe {

// All keys collide.
template <class Key>
struct CollidingHash {
  size_t operator()(const Key&) const { return 0; }
};

// Four bits of the key's hash, in the hash's highest four: a map that looks at
// a hash from its lowest bits on tells keys apart at its last look only, and
// more than sixteen keys always collide.
template <class Key>
struct FourBitHash {
  size_t operator()(const Key& key) const {
    return std::hash<Key>()(key) << (std::numeric_limits<size_t>::digits - 4);
  }
};

// The lowest four bits of all hashes are the same: keys that are small numbers
// meet at a map's first look at four bits, and part at its second.
template <class Key>
struct SecondNibbleHash {
  size_t operator()(const Key& key) const { return std::hash<Key>()(key) << 4; }
};

// The same with the lowest eight bits: they meet twice, and part at the third.
template <class Key>
struct ThirdNibbleHash {
  size_t operator()(const Key& key) const { return std::hash<Key>()(key) << 8; }
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_TEST_HASHES_H_
