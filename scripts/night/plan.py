"""What a night runs, in what order, with which weights and seeds.

A night's turns are numbered. First come the opening's, one each: failures of
the night before, regressions, canaries. Then lanes, which are a fuzz target in a
build or a command of mortsafe, take turns without end: each lane one, in an
order that the seed determines, so that short nights differ in what they leave
out; then always the lane that is furthest behind its weight. What a turn is
follows from its number, the seed and the lists alone, never from time: a night
that was killed goes on as if nothing had happened.
"""

import dataclasses
import itertools

from night import seeds

FUZZ_PRESETS = {
    # Twice as slow as the others, and sees what they cannot.
    'fuzz-tsan': 3,
    'fuzz-asan': 2,
    # Undefined behaviour that is neither a race nor an error of memory is rare.
    'fuzz-ubsan': 1,
}

FUZZ_WEIGHTS = {
    # Any program under any schedule on any map: the widest of all.
    'program_schedule': 4,
    # Sees what rare schedules show, but hundreds of them an input.
    'program_interleavings': 3,
    # One client: shallower, and fast.
    'map_vs_specification': 2,
    # A wrong verdict would hide everything else.
    'checker_vs_brute_force': 2,
    # Forms that seldom change, whose corpora are all but complete.
    'codec_round_trip': 1,
    'history_readers': 1,
}
# A target that nobody has weighed yet.
NEW_TARGET = 2

COMMAND_WEIGHTS = {
    # Finds most of the catalogue's defects in the fewest executions (the exam).
    'hunt': 10,
    # Weak memory: nobody else looks for it.
    'hunt-c11': 6,
    # Proofs: slow, and each part is done once for a program that stays the same.
    'verify': 10,
    # Real threads: sees the machine's own orders; needs several cores at once.
    'stress': 6,
}

# Threads, operations and keys, in the order in which they are verified; the last
# ones take longer than a night.
BOUNDS = ('2x1x1', '2x1x2', '2x2x1', '2x2x2', '3x1x2', '3x2x1', '3x2x2')

# Targets of one map at a time; the others choose by themselves.
MAP_TARGETS = ('program_schedule', 'program_interleavings')


@dataclasses.dataclass(frozen=True)
class Canary:
  """What must be found, or the silence of a build means nothing.

  Attributes:
    target: the fuzz target.
    map: the broken map; of the target `canary`, its own.
    says: a regular expression for what is printed.
  """
  target: str
  map: str
  says: str


_HISTORY = Canary('canary', '',
                  'found key [0-9]+ absent|took|loaded|returned|did not show')
CANARIES = {
    'fuzz-tsan': (_HISTORY, Canary('program_schedule', 'read-dirty:c5',
                                   'ThreadSanitizer: data race')),
    'fuzz-asan': (_HISTORY,
                  Canary('program_schedule', 'read-dirty-epoch:retire-twice',
                         'AddressSanitizer: ')),
    'fuzz-ubsan': (_HISTORY,),
}


@dataclasses.dataclass(frozen=True)
class Turn:
  """One run of one program.

  Attributes:
    number: names the turn in its night.
    kind: as in the journal.
    target: the fuzz target, or the command of mortsafe.
    preset: the build.
    map: the map, or ''.
    seed: of the run.
    seconds: of the run; none for those that end by themselves.
    finding: of a replay, the finding's name.
    bounds: of verify, as in the journal.
    shard: of verify, "I/N".
    progress: of verify, the name of the file that it is kept in.
    says: of a canary, what it must print.
  """
  number: int
  kind: str
  target: str
  preset: str
  map: str = ''
  seed: int = 1
  seconds: int = 0
  finding: str = ''
  bounds: str = ''
  shard: str = ''
  progress: str = ''
  says: str = ''

  def __str__(self):
    words = [self.kind, self.finding or self.target]
    return ' '.join(words + [word for word in (self.preset, self.map) if word])


@dataclasses.dataclass(frozen=True)
class Lane:
  """What takes turns: a fuzz target in a build, or a command."""
  kind: str
  target: str
  preset: str
  weight: int

  def __str__(self):
    return f'{self.target} {self.preset}'


def lanes(fuzz_targets):
  """All lanes, of {preset: names of its targets}."""
  for preset, factor in FUZZ_PRESETS.items():
    for target in fuzz_targets[preset]:
      weight = FUZZ_WEIGHTS.get(target, NEW_TARGET)
      yield Lane('fuzz', target, preset, weight * factor)
  for target, weight in COMMAND_WEIGHTS.items():
    yield Lane(target.partition('-')[0], target, 'release', weight)


def _first_round(all_lanes, seed):
  """Every lane once, kinds and builds alternating."""
  ranks = {}
  for lane in seeds.shuffled(all_lanes, seed, 'lanes'):
    ranks.setdefault((lane.kind, lane.preset), []).append(lane)
  rounds = itertools.zip_longest(*ranks.values())
  return [lane for some in rounds for lane in some if lane]


def order(all_lanes, seed):
  """The lanes in the order of their turns, without end."""
  all_lanes = list(all_lanes)
  given = dict.fromkeys(all_lanes, 0)
  for lane in _first_round(all_lanes, seed):
    given[lane] += 1
    yield lane
  while True:
    lane = min(all_lanes, key=lambda each: (given[each] + 1) / each.weight)
    given[lane] += 1
    yield lane


class Plan:
  """The turns of a night.

  `maps` are those of `mortsafe maps --json`; `replays` are what finding.json
  says of each finding to look at first.
  """

  def __init__(self, seed, seconds, fuzz_targets, maps, replays=()):
    self._seed = seed
    self._seconds = seconds
    self._scheduled = [each['name'] for each in maps
                       if each['can_be_scheduled']]
    self._all_maps = [each['name'] for each in maps]
    self.lanes = list(lanes(fuzz_targets))
    self._opening = list(self._open(replays))
    self.opening_turns = len(self._opening)
    self._order = order(self.lanes, seed)
    self._given = dict.fromkeys(self.lanes, 0)

  def __iter__(self):
    """All turns, in order, without end. Once only."""
    yield from self._opening
    for number in itertools.count(len(self._opening)):
      lane = next(self._order)
      yield self._turn(number, lane, self._given[lane])
      self._given[lane] += 1

  def _maps_of(self, lane):
    if lane.kind == 'fuzz' and lane.target not in MAP_TARGETS:
      return ['']
    return self._all_maps if lane.kind == 'stress' else self._scheduled

  def _turn(self, number, lane, nth):
    maps = self._maps_of(lane)
    first = seeds.mix(self._seed, lane)
    return Turn(number, lane.kind, lane.target, lane.preset,
                maps[(first + nth) % len(maps)],
                seeds.turn_seed(self._seed, number), self._seconds)

  def _open(self, replays):
    """What a night begins with."""
    numbers = itertools.count()

    def turn(kind, target, preset, map_name='', **more):
      number = next(numbers)
      return Turn(number, kind, target, preset, map_name,
                  seeds.turn_seed(self._seed, number), **more)

    for about in replays:
      # Its own seed, for what has no input.
      yield dataclasses.replace(
          turn('replay', about['target'], about['preset'], about['map'],
               seconds=self._seconds, finding=about['name'],
               bounds=about.get('bounds', '')), seed=about['seed'])
    yield turn('regressions', 'regressions_test', 'release')
    for preset in FUZZ_PRESETS:
      for map_name in self._scheduled:
        yield turn('regressions', 'program_schedule', preset, map_name)
    for preset, canaries in CANARIES.items():
      for canary in canaries:
        yield turn('canary', canary.target, preset, canary.map,
                   says=canary.says)


def seconds_of_turns(night_seconds, number_of_lanes, cores):
  """How long a turn is: short enough for several of each lane in a night.

  Below five seconds a target does little but read its corpus; above two minutes
  nobody gains anything.
  """
  share = night_seconds * cores / (8 * number_of_lanes)
  return int(min(120, max(5, share)))
