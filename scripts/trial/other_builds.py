#!/usr/bin/python3
"""What builds other than `release`, Go and gdb have to say in the trial.

Usage: other_builds.py ROOT SECONDS

Prints the evidence for `mortsafe verdict --evidence` as JSON: hunts and real
threads under AddressSanitizer and ThreadSanitizer, recipes in Go on the real
sync.Map, whether the sanitizers see the defects that are theirs, and Go a map
without a lock, and whether gdb shows the state of a map as the map does itself.
What cannot run here says why.
"""

import json
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from trial import go_programs, processes  # pylint: disable=wrong-import-position

MAPS = ('read-dirty', 'read-dirty-epoch', 'read-dirty-hazard')
# scripts/gdb/state_test's: it cannot be tried.
SKIPPED = 77


# A run that takes so many seconds more than it was given is stuck.
PATIENCE = 600


def _run(command, seconds=0):
  """The process when it has ended, or None if it is stuck."""
  return processes.run(command, seconds + PATIENCE)


def _last_line(text):
  return (text.strip().splitlines() or ['no answer'])[-1]


def _driver(root, preset, command, map_name, *options, seconds=0):
  """The document of a driver's run, or None and why there is none."""
  program = root / 'build' / preset / 'bin' / 'mortsafe'
  if not program.exists():
    return None, f'the build {preset} is not there'
  done = _run([str(program), command, '--map', map_name, '--seed', '1',
               '--out', str(root / 'build' / 'verdict-findings'), '--json',
               *options], seconds)
  if done is None:
    return None, 'it was stuck'
  try:
    return json.loads(done.stdout), ''
  except ValueError:
    return None, _last_line(done.stderr)


def _evidence(claim, leg, map_name, bounds, document, why):
  """A driver's run as evidence."""
  evidence = {'claim': claim, 'leg': leg, 'map': map_name, 'bounds': bounds}
  if document is None:
    return {**evidence, 'not_run': why}
  findings = [finding['kind'].replace('-', ' ')
              for finding in document['findings']]
  undecided = document.get('undecided')
  if undecided and not findings:
    return {**evidence, 'not_run': f"undecided: {undecided['bound']}"}
  return {**evidence, 'found': ', '.join(findings),
          'executions': document['executions'],
          'operations': document.get('operations', 0),
          'seconds': document['seconds']}


def sanitizers(root, seconds):
  """Hunts and real threads under both sanitizers."""
  share = seconds / (4 * len(MAPS))
  given = ('--seconds', str(share))
  for preset in ('asan', 'tsan'):
    for map_name in MAPS:
      yield _evidence(
          '', 'generated programs', map_name,
          f'up to 3 threads x 3 operations x 2 keys, sc, build {preset}',
          *_driver(root, preset, 'hunt', map_name, *given, seconds=share))
      yield _evidence(
          '', 'real threads', map_name,
          f'4 threads x 4 keys, delays, all operations, build {preset}',
          *_driver(root, preset, 'stress', map_name, *given, '--threads', '4',
                   '--keys', '4', seconds=share))


# What the sanitizers are to see, beside what is seen without them.
DEFECTS = (
    ('C1', 'read-dirty:mark-by-plain-write', 'tsan'),
    ('C5', 'read-dirty:c5-relaxed-publication', 'tsan'),
    ('C8', 'read-dirty-epoch:c8-free', 'asan'),
    ('C8', 'read-dirty-hazard:c8-free', 'asan'),
    ('C14c', 'locked:c14-no-lock', 'tsan'),
)


def defects(root):
  """Hunts for defects that a sanitizer sees."""
  for claim, defect, preset in DEFECTS:
    yield _evidence(
        claim, 'the defect', defect, f'a hunt, build {preset}',
        *_driver(root, preset, 'hunt', defect, '--executions', '20000'))


def snapshot(root):
  """Whether gdb shows what the map says of itself."""
  evidence = {'claim': 'C13', 'leg': 'inside the map', 'map': 'read-dirty',
              'bounds': 'gdb, on a live process and on a core file, shows the '
                        'JSON that the map writes of itself'}
  # Without it the test would be skipped, too, but not say so here.
  if not shutil.which('gdb'):
    return {**evidence, 'not_run': 'gdb is not installed'}
  program = root / 'build' / 'release' / 'bin' / 'state_example_native'
  if not program.exists():
    return {**evidence, 'not_run': f'{program.name} is not built'}
  done = _run([str(root / 'scripts' / 'gdb' / 'state_test'), str(program)])
  if done is None:
    return {**evidence, 'not_run': 'gdb was stuck'}
  if done.returncode == SKIPPED:
    return {**evidence, 'not_run': done.stdout.strip()}
  return {**evidence, **_comparison(done)}


def _comparison(done):
  """What came of comparing, as members of evidence."""
  differences = [int(count) for count in re.findall(
      r'^\d+ comparisons, (\d+) differences$', done.stdout, flags=re.M)]
  # Once alive and once as a core file; a debugger that fails has shown nothing.
  if not any(differences) and (done.returncode != 0 or len(differences) != 2):
    return {'not_run': f'gdb failed: {_last_line(done.stderr or done.stdout)}'}
  both = [re.search(f'^{who}: (.*)$', done.stdout, flags=re.M)
          for who in ('the map says', 'gdb shows')]
  note = ''
  if all(both):
    note = (f'of one map, it says itself `{both[0][1]}`, and gdb shows '
            f'`{both[1][1]}`')
  return {'happens': not any(differences), 'note': note}


def main(arguments):
  if len(arguments) != 2:
    print('other_builds.py: expected ROOT SECONDS', file=sys.stderr)
    return 2
  root = pathlib.Path(arguments[0])
  try:
    seconds = float(arguments[1])
  except ValueError:
    print(f"other_builds.py: SECONDS: expected a number, found '{arguments[1]}'",
          file=sys.stderr)
    return 2
  programs = root / 'build' / 'release' / 'bin'
  print(json.dumps([*sanitizers(root, seconds),
                    *go_programs.recipes(programs, seconds / 4), *defects(root),
                    *go_programs.unlocked(programs), snapshot(root)], indent=1))
  return 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
