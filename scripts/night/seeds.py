"""Numbers that are the same in every process and on every machine."""

import hashlib


def mix(*parts):
  """A number below 2**63 that the parts, numbers and texts, determine."""
  text = '/'.join(str(part) for part in parts)
  return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def turn_seed(night_seed, turn):
  """The seed of a turn, from 1 on: libFuzzer draws one itself for 0."""
  return mix(night_seed, turn) % (2**31 - 1) + 1


def shuffled(things, *parts):
  """The things in an order that the parts determine."""
  return sorted(things, key=lambda thing: mix(*parts, thing))
