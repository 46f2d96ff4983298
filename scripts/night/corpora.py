"""The corpora of a folder, DIR/corpus/TARGET: grown, exchanged and merged.

libFuzzer writes there and names files by the SHA-1 of what is in them; the
project's own corpora are only read. At the end of a night each is merged: those
inputs are kept that cover something which no smaller one does, on any map. The
merged folder takes the place of the old one at once, so that a kill leaves one
of the two.

An exchange is a folder that several machines see, with the same layout. Whatever
is new on either side is copied to the other, under a name that nobody reads
first. What was taken over once is not taken over again: the merge may have had
its reasons.
"""

import shutil

from night import inputs as folders
from night.process import Limits

_TAKEN = 'taken-from-exchange.txt'


class Corpora:
  """The corpora below a folder. `run(command, log, limits)` runs a program."""

  def __init__(self, folder, targets, run, say):
    self.folder = folder
    self._targets = sorted(targets)
    self._run = run
    self._say = say

  def prepare(self):
    """Makes the folders, and puts right what a kill left. Raises OSError."""
    for target in self._targets:
      here, old = self.folder / target, self.folder / f'{target}.old'
      folders.repair(here, old)
      here.mkdir(parents=True, exist_ok=True)
      shutil.rmtree(self.folder / f'{target}.merged', ignore_errors=True)

  def sizes(self):
    """How many inputs each corpus has."""
    return {target: len(folders.inputs(self.folder / target))
            for target in self._targets}

  def exchange(self, folder):
    """Copies what is new in either direction; how many came and went."""
    came = went = 0
    for target in self._targets:
      here, there = self.folder / target, folder / target
      there.mkdir(parents=True, exist_ok=True)
      taken_file = self.folder / f'{target}.{_TAKEN}'
      taken = (set(taken_file.read_text().split()) if taken_file.exists()
               else set())
      ours, theirs = folders.inputs(here), folders.inputs(there)
      new = sorted(theirs - ours - taken)
      for name in new:
        # One whose name is not of its content was cut short, or is none.
        if folders.copy(there / name, here) == name:
          came += 1
      for name in sorted(ours - theirs):
        folders.copy(here / name, there)
        went += 1
      if new:
        with taken_file.open('a') as file:
          file.write(''.join(name + '\n' for name in new))
    return came, went

  def merge(self, target, program, maps, scratch, seconds):
    """Merges one corpus; whether that was possible. Raises OSError.

    `maps` are those that the inputs are tried on; the empty name is the
    target's own choice.
    """
    here = self.folder / target
    merged = self.folder / f'{target}.merged'
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir()
    before = folders.inputs(here)
    for name in maps:
      # What one map needs is there already when the next one looks for more.
      ended = self._run(
          [program, '-merge=1', *([f'--map={name}'] if name else []), merged,
           here], scratch / f'merge-{target}.log', Limits(seconds))
      if ended.status != 0 or ended.why:
        self._say(f'{target}: not merged'
                  f'{f" on {name}" if name else ""}, and kept as it is: '
                  f'{ended.why or f"status {ended.status}"}')
        shutil.rmtree(merged, ignore_errors=True)
        return False
    # Another process may have added to it.
    for name in folders.inputs(here) - before:
      folders.copy(here / name, merged)
    folders.replace(here, merged, self.folder / f'{target}.old')
    return True
