"""Builds what nights run, by scripts/lib.sh, and asks it what there is."""

import hashlib
import json
import os
import subprocess

from night import plan


class BuildFailed(Exception):
  """Something cannot be built, or what was built does not run."""


class Builds:
  """The builds of a project."""

  def __init__(self, root):
    self._root = root

  def commit(self):
    """The commit that is built."""
    return self._output(['git', 'rev-parse', 'HEAD']).strip()

  def build_all(self):
    """Builds what every night needs. Raises BuildFailed."""
    self._build('release', 'mortsafe', 'regressions_test')
    for preset in plan.FUZZ_PRESETS:
      self._build(preset, 'fuzz_targets')

  def build_mortsafe(self, preset):
    """Builds mortsafe of a preset; whether that was possible."""
    try:
      self.build(preset, 'mortsafe')
    except BuildFailed:
      return False
    return True

  def build(self, preset, *targets):
    """Builds targets of a preset. Raises BuildFailed."""
    self._build(preset, *targets)

  def fuzz_targets(self):
    """The names of the fuzz targets of each preset."""
    try:
      return {preset: (self._root / 'build' / preset / 'fuzz_targets.txt')
                      .read_text().split() for preset in plan.FUZZ_PRESETS}
    except OSError as error:
      raise BuildFailed(str(error)) from error

  def maps(self):
    """The maps that the program has."""
    return json.loads(self._output(
        [self._root / 'build/release/bin/mortsafe', 'maps', '--json']))['maps']

  def program_digest(self):
    """Changes whenever the program does."""
    code = (self._root / 'build/release/bin/mortsafe').read_bytes()
    return hashlib.sha1(code).hexdigest()[:12]

  def _build(self, preset, *targets):
    script = 'source scripts/lib.sh; bootstrap; build "$@"'
    done = subprocess.run(['bash', '-c', script, 'nightly', preset, *targets],
                          cwd=self._root, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
      raise BuildFailed(f'{preset} cannot be built')
    # As lib.sh has it: once is enough.
    os.environ['MORTSAFE_BOOTSTRAPPED'] = '1'

  def _output(self, command):
    try:
      return subprocess.run(command, cwd=self._root, stdout=subprocess.PIPE,
                            text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
      raise BuildFailed(str(error)) from error
