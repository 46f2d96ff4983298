"""What each input of a fuzz target adds to those before it, as libFuzzer counts.

libFuzzer's -merge=1 sorts inputs by size alone, in the order in which a folder
happens to list them, so two machines may keep others of the same size. Here the
order is given: the inner step of a merge runs the inputs of its control file in
turn, and notes for each the features and places that none before it had.
"""

import dataclasses

from night import commands, outputs
from night.process import Limits

SECONDS = 3600


class Trouble(Exception):
  """A target ended as nobody expects; in a line."""


@dataclasses.dataclass
class Added:
  """What inputs add.

  Attributes:
    useful: the paths of those that add something, on any map.
    failed: of those on which the target fails.
    places: numbers of places in the code: libFuzzer's cov.
    features: pairs of map and feature; how many they are is libFuzzer's ft,
      summed over the maps.
  """
  useful: set
  failed: set
  places: set
  features: set


def _write_control(path, inputs):
  """The head of a control file: how many inputs, of the first corpus, which."""
  lines = [str(len(inputs)), '0', *map(str, inputs)]
  path.write_text('\n'.join(lines) + '\n')


def _read_control(path, inputs, name, added):
  """Takes over what a control file notes; how many inputs are dealt with."""
  dealt_with = 0
  running = None
  for line in path.read_text().splitlines()[2 + len(inputs):]:
    marker, number, *rest = line.split()
    if marker == 'STARTED':
      if running is not None:
        added.failed.add(inputs[running])
      running = int(number)
      dealt_with = running + 1
    elif marker == 'FT':
      running = None
      if rest:
        added.useful.add(inputs[int(number)])
      added.features.update((name, feature) for feature in rest)
    elif marker == 'COV':
      added.places.update(rest)
  if running is not None:
    added.failed.add(inputs[running])
  return dealt_with


def examine(run, program, inputs, maps, scratch):
  """What the inputs, paths in this order, add. Raises Trouble, OSError.

  `run(command, log, limits)` runs a program; `maps` are those that the inputs
  are tried on, and the empty name is the target's own choice.
  """
  added = Added(set(), set(), set(), set())
  for name in maps:
    if inputs:
      _examine_on(run, program, inputs, name, scratch, added)
  added.useful -= added.failed
  return added


def _examine_on(run, program, inputs, name, scratch, added):
  control = scratch / 'control'
  _write_control(control, inputs)
  command = [program, *([f'--map={name}'] if name else []), '-merge_inner=1',
             f'-merge_control_file={control}', f'-artifact_prefix={scratch}/',
             f'-timeout={commands.INPUT_SECONDS}',
             f'-rss_limit_mb={commands.FUZZ_RSS_MB}']
  before = -1
  while True:
    ended = run(command, scratch / 'merge.log', Limits(SECONDS))
    dealt_with = _read_control(control, inputs, name, added)
    if ended.status == 0 and dealt_with == len(inputs):
      return
    # An input on which it fails ends it, and it goes on after that one.
    if ended.why or dealt_with == before:
      raise Trouble(f'{program}: {ended.why or outputs.unknown_end(ended)}')
    before = dealt_with
