#!/usr/bin/python3
"""What builds other than `release`, Go and gdb have to say in the trial.

Usage: other_builds.py ROOT SECONDS

Prints the evidence for `mortsafe verdict --evidence` as JSON: hunts and real
threads under AddressSanitizer and ThreadSanitizer, recipes in Go on the real
sync.Map, whether ThreadSanitizer and Go catch a map without a lock, and whether
gdb shows the state of a map as the map does itself. What cannot run here says why.
"""

import json
import pathlib
import shutil
import subprocess
import sys

import go_programs

MAPS = ('read-dirty', 'read-dirty-epoch', 'read-dirty-hazard')
# scripts/gdb/state_test's: it cannot be tried.
SKIPPED = 77


def _run(command):
  return subprocess.run(command, check=False, capture_output=True, text=True)


def _driver(root, preset, command, map_name, *options):
  """The document of a driver's run, or None and why there is none."""
  program = root / 'build' / preset / 'bin' / 'mortsafe'
  if not program.exists():
    return None, f'the build {preset} is not there'
  done = _run([str(program), command, '--map', map_name, '--seed', '1',
               '--out', str(root / 'build' / 'verdict-findings'), '--json',
               *options])
  try:
    return json.loads(done.stdout), ''
  except ValueError:
    return None, (done.stderr.strip().splitlines() or ['no answer'])[-1]


def _evidence(claim, leg, map_name, bounds, document, why):
  """A driver's run as evidence."""
  evidence = {'claim': claim, 'leg': leg, 'map': map_name, 'bounds': bounds}
  if document is None:
    return {**evidence, 'not_run': why}
  findings = [finding['kind'].replace('-', ' ')
              for finding in document['findings']]
  return {**evidence, 'found': ', '.join(findings),
          'executions': document['executions'],
          'operations': document.get('operations', 0),
          'seconds': document['seconds']}


def sanitizers(root, seconds):
  """Hunts and real threads under both sanitizers."""
  share = str(seconds / (4 * len(MAPS)))
  for preset in ('asan', 'tsan'):
    for map_name in MAPS:
      yield _evidence(
          '', 'generated programs', map_name,
          f'up to 3 threads x 3 operations x 2 keys, sc, build {preset}',
          *_driver(root, preset, 'hunt', map_name, '--seconds', share))
      yield _evidence(
          '', 'real threads', map_name,
          f'4 threads x 4 keys, delays, all operations, build {preset}',
          *_driver(root, preset, 'stress', map_name, '--seconds', share,
                   '--threads', '4', '--keys', '4'))


def unlocked(root):
  """A hash table that threads use without a lock, under ThreadSanitizer."""
  return _evidence(
      'C14c', 'the defect', 'locked:c14-no-lock', 'a hunt, build tsan',
      *_driver(root, 'tsan', 'hunt', 'locked:c14-no-lock', '--executions',
               '20000'))


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
  if done.returncode == SKIPPED:
    return {**evidence, 'not_run': done.stdout.strip()}
  return {**evidence, 'happens': done.returncode == 0}


def main():
  root = pathlib.Path(sys.argv[1])
  seconds = float(sys.argv[2])
  programs = root / 'build' / 'release' / 'bin'
  print(json.dumps([*sanitizers(root, seconds),
                    *go_programs.recipes(programs, seconds / 4), unlocked(root),
                    *go_programs.unlocked(programs), snapshot(root)], indent=1))


if __name__ == '__main__':
  main()
