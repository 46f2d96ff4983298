"""The command line of each kind of turn, and its limits.

Knows the flags of libFuzzer and of mortsafe; what they answer is outputs.py's.
"""

import dataclasses
import pathlib
import shlex

from night import plan
from night.process import Limits

# An input takes milliseconds; even under ThreadSanitizer on a loaded machine.
INPUT_SECONDS = 25
# Of a process of ours at its worst, a tenth of this.
FUZZ_RSS_MB = 2048
# Time to start, to read a corpus and to end, on a loaded machine; what goes on
# for longer hangs.
SLACK_SECONDS = 120
# What canaries and their like may take; they need a second.
CANARY_RUNS = 200_000


@dataclasses.dataclass(frozen=True)
class Place:
  """Where a turn runs.

  Attributes:
    root: of the project.
    corpora: the folder with a growing corpus for each target.
    scratch: the turn's own folder.
    verify: the folder with the progress of verifications.
    findings: the folder with what was found.
  """
  root: pathlib.Path
  corpora: pathlib.Path
  scratch: pathlib.Path
  verify: pathlib.Path
  findings: pathlib.Path

  def program(self, preset, name):
    """The path of a program, as seen from the root."""
    return f'build/{preset}/bin/{name}'

  @property
  def artifacts(self):
    """Where libFuzzer and mortsafe write what they find."""
    return self.scratch / 'found'


def fuzz_command(turn, place):
  """libFuzzer for some seconds, from the corpora."""
  dictionary = pathlib.Path('fuzzers') / f'{turn.target}.dict'
  command = [place.program(turn.preset, turn.target),
             str(place.corpora / turn.target), f'corpus/{turn.target}']
  if turn.map:
    command.append(f'--map={turn.map}')
  if (place.root / dictionary).exists():
    command.append(f'-dict={dictionary}')
  return command + [f'-seed={turn.seed}', f'-max_total_time={turn.seconds}',
                    *_fuzz_limits(place)]


def _fuzz_limits(place):
  return [f'-timeout={INPUT_SECONDS}', f'-rss_limit_mb={FUZZ_RSS_MB}',
          '-print_final_stats=1', f'-artifact_prefix={place.artifacts}/']


def canary_command(turn, place):
  """libFuzzer from nothing, until it finds what it must."""
  flags = [f'--map={turn.map}'] if turn.map else []
  return [place.program(turn.preset, turn.target), *flags,
          f'-seed={turn.seed}', f'-runs={CANARY_RUNS}', *_fuzz_limits(place)]


def regressions_command(turn, place):
  """The test of all regressions, or a target on each of their inputs."""
  if turn.target == 'regressions_test':
    return [place.program(turn.preset, turn.target), '--gtest_brief=1']
  return [place.program(turn.preset, turn.target), 'corpus/regressions',
          f'--map={turn.map}', '-runs=0', *_fuzz_limits(place)]


def replay_command(turn, place):
  """What was found before, again: its input, else the turn that found it."""
  saved = place.findings / turn.finding / 'input'
  if turn.target == 'regressions_test':
    return regressions_command(turn, place)
  if is_mortsafe(turn):
    if saved.exists():
      return [place.program(turn.preset, 'mortsafe'), 'replay',
              str(saved.parent)]
    return mortsafe_command(turn, place)
  if not saved.exists():
    return fuzz_command(turn, place)
  return input_command(turn, place, saved)


def input_command(turn, place, path):
  """A fuzz target on one input."""
  flags = [f'--map={turn.map}'] if turn.map else []
  return [place.program(turn.preset, turn.target), *flags,
          *_fuzz_limits(place), str(path)]


def is_mortsafe(turn):
  """Whether the turn is of a command of mortsafe, not of a fuzz target."""
  return turn.target in plan.COMMAND_WEIGHTS


def mortsafe_command(turn, place):
  """A command of mortsafe on a map, one core's worth of it."""
  name, _, memory = turn.target.partition('-')
  command = [place.program(turn.preset, 'mortsafe'), name, '--map', turn.map]
  if name == 'verify':
    threads, operations, keys = turn.bounds.split('x')
    command += ['--threads', threads, '--ops', operations, '--keys', keys]
    if turn.shard and not turn.shard.endswith('/1'):
      command += ['--shard', turn.shard]
    if turn.progress:
      command += ['--resume', str(place.verify / turn.progress)]
  else:
    command += ['--seconds', str(turn.seconds), '--seed', str(turn.seed)]
  if memory:
    command += ['--memory', memory]
  if name != 'stress':
    command += ['--workers', '1']
  return command + ['--json', '--out', str(place.artifacts)]


def limits(turn):
  """What ends a turn that does not end by itself."""
  seconds = turn.seconds + SLACK_SECONDS
  if turn.kind == 'regressions':
    seconds = 5 * SLACK_SECONDS
  # libFuzzer's own limit comes first, as it keeps the input.
  return Limits(seconds + INPUT_SECONDS, rss_mb=2 * FUZZ_RSS_MB,
                stop_after=turn.seconds if turn.kind == 'verify' else 0)


def command(turn, place):
  """The command line of a turn, as run in the root."""
  makers = {'fuzz': fuzz_command, 'canary': canary_command,
            'regressions': regressions_command, 'replay': replay_command}
  return makers.get(turn.kind, mortsafe_command)(turn, place)


def repeated(words):
  """A command line as people repeat it: less where it wrote for the night."""
  kept = []
  words = iter(map(str, words))
  for word in words:
    if word == '--out':
      next(words)
    elif word != '--json' and not word.startswith('-artifact_prefix='):
      kept.append(word)
  return shlex.join(kept)


def bounds_left(first, maps, finished, busy):
  """The next (map, bounds) to verify, from a map on, or None.

  `finished` and `busy` are sets of them; of a map that is busy nothing is.
  """
  at = maps.index(first)
  for name in maps[at:] + maps[:at]:
    left = [bounds for bounds in plan.BOUNDS if (name, bounds) not in finished]
    if left and (name, left[0]) not in busy:
      return name, left[0]
  return None
