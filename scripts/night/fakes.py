"""For tests: a project whose programs pretend, and end at once; a turn's place.

`make` writes what a night looks for below a folder. Each target does what
behaviour.json says for it ("TARGET PRESET" or "TARGET"), and appends a line to
calls.txt when it has done it.
"""

import json
import os
import pathlib
import sys
import tempfile

from night import commands

TARGETS = ('program_schedule', 'map_vs_specification', 'codec_round_trip')
PRESETS = ('fuzz-asan', 'fuzz-ubsan', 'fuzz-tsan')
MORTSAFE_PRESETS = ('release', 'asan', 'tsan')
MAPS = [{'name': 'broad', 'can_be_scheduled': True},
        {'name': 'native', 'can_be_scheduled': False}]

_WRAPPER = f"""#!{sys.executable} -SE
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {str(pathlib.Path(__file__).parents[1])!r})
from night import fake_programs
fake_programs.main()
"""


class Built:
  """Stands for builds.Builds: everything is there already."""

  def __init__(self, root):
    self._root = root

  def commit(self):
    return 'c0ffee' * 6 + 'abcd'

  def build_all(self):
    pass

  def build_mortsafe(self, preset):
    return preset == 'release'

  def fuzz_targets(self):
    return {preset: list(TARGETS) for preset in PRESETS}

  def maps(self):
    return MAPS

  def program_digest(self):
    return 'd16e57'


def place_of(test):
  """A commands.Place in a folder of its own, which goes when the test ends."""
  folder = tempfile.TemporaryDirectory()
  test.addCleanup(folder.cleanup)
  root = pathlib.Path(folder.name)
  place = commands.Place(root, *(root / name for name in (
      'corpus', 'scratch', 'verify', 'findings')))
  place.artifacts.mkdir(parents=True)
  return place


def make(root, **behaviour):
  """Writes the project; `behaviour` as in behaviour.json."""
  for preset in (*PRESETS, *MORTSAFE_PRESETS):
    names = (('mortsafe', 'regressions_test') if preset in MORTSAFE_PRESETS else
             (*TARGETS, 'canary'))
    folder = root / 'build' / preset / 'bin'
    folder.mkdir(parents=True)
    for name in names:
      (folder / name).write_text(_WRAPPER)
      os.chmod(folder / name, 0o755)
  for target in (*TARGETS, 'regressions'):
    folder = root / 'corpus' / target
    folder.mkdir(parents=True)
    (folder / 'seed').write_text(target)
  behave(root, behaviour)


def behave(root, behaviour):
  """Changes what the programs do."""
  (root / 'behaviour.json').write_text(json.dumps(behaviour))
