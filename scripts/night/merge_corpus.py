"""Merges what the corpora of the project have with what grew elsewhere: what
scripts/corpus does.

Inputs that people named come first and stay, whatever they add: they say what
they are. Of the others, smaller first, those stay that add something to those
before them, on any map (selection.py); they are named by their content. What
fails is no input of a corpus: it is told, and left out unless somebody named it.

A corpus is put together in build/corpus and takes the place of the old one at
once.
"""

import contextlib
import dataclasses
import fcntl
import pathlib
import shutil

from night import given, inputs, line_coverage, plan, selection
from night.builds import BuildFailed

FAILED, BAD_USAGE, HARNESS_ERROR = 1, 2, 3
PRESET = 'fuzz-ubsan'
# These have neither an engine's program nor anything to add.
TARGETS = tuple(each for each in given.TARGETS
                if each not in ('canary', 'regressions'))


class BadUsage(Exception):
  """What was asked for cannot be done; in a line."""


@dataclasses.dataclass
class Corpus:
  """The inputs of a target, by their names, and what they reach."""
  paths: dict
  size: int = 0
  counts: tuple = (0, 0)
  reached: line_coverage.Reached = line_coverage.Reached()


@dataclasses.dataclass
class Change:
  """The corpus of a target as it is, and as it becomes."""
  target: str
  now: Corpus
  merged: Corpus
  failed: list

  def differs(self):
    """Whether anything is to be done."""
    return set(self.now.paths) != set(self.merged.paths)


def sources(folders, target, chosen):
  """The folders of a target's inputs among --from. Raises BadUsage."""
  found = []
  for folder in folders:
    path = pathlib.Path(folder).absolute()
    if path.name == target and path.is_dir():
      found.append(path)
    elif (path / target).is_dir():
      found.append(path / target)
    elif not any(path.name == each or (path / each).is_dir()
                 for each in chosen):
      raise BadUsage(f'--from {folder}: expected a folder of inputs named '
                     f'after a fuzz target, or with such folders in it: '
                     f'{", ".join(chosen)}')
  return found


def _in_order(names):
  """The paths as they are tried; `names` has the name of each."""
  return sorted(names, key=lambda path: (
      not inputs.is_named_by_hand(names[path]), path.stat().st_size,
      names[path]))


class Merger:
  """Merges corpora below the project's root.

  `maps` are those that programs are tried on; `coverage` measures lines.
  """

  def __init__(self, root, run, maps, coverage, scratch):
    self._root = root
    self._run = run
    self._maps = maps
    self._coverage = coverage
    self._scratch = scratch

  def _maps_of(self, target):
    return self._maps if target in plan.MAP_TARGETS else ['']

  def _here(self, target):
    return self._root / 'corpus' / target

  def _old(self, target):
    return self._scratch / f'{target}.old'

  def repair(self, target):
    """Puts right what a kill left."""
    inputs.repair(self._here(target), self._old(target))

  def _examine(self, target, paths):
    scratch = self._scratch / 'run'
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return selection.examine(self._run, f'build/{PRESET}/bin/{target}', paths,
                             self._maps_of(target), scratch)

  def _gathered(self, target, folders):
    """All inputs, by name: the project's first, none twice."""
    here = self._here(target)
    paths = {}
    seen = set()
    names = sorted(inputs.inputs(here),
                   key=lambda name: (not inputs.is_named_by_hand(name), name))
    everything = [here / name for name in names]
    for folder in folders:
      everything += [folder / name for name in sorted(inputs.inputs(folder))]
    for path in everything:
      digest = inputs.name_of(path.read_bytes())
      is_seed = path.parent == here and inputs.is_named_by_hand(path.name)
      if digest not in seen or is_seed:
        paths[path.name if is_seed else digest] = path
      seen.add(digest)
    return paths

  def change(self, target, folders):
    """What becomes of a target's corpus. Raises selection.Trouble, OSError."""
    here = self._here(target)
    now = Corpus({name: here / name for name in inputs.inputs(here)})
    names = {path: name for name, path in self._gathered(target,
                                                         folders).items()}
    in_order = _in_order(names)
    added = self._examine(target, in_order)
    merged = Corpus({names[path]: path for path in in_order
                     if path in added.useful or
                     inputs.is_named_by_hand(names[path])})
    for corpus in (now, merged):
      corpus.size = sum(path.stat().st_size for path in corpus.paths.values())
      corpus.counts = self._counts(target, corpus)
    self._stage(target, 'now', now, added.failed)
    self._stage(target, 'merged', merged, ())
    return Change(target, now, merged,
                  sorted(str(path) for path in added.failed))

  def _counts(self, target, corpus):
    added = self._examine(target, _in_order(
        {path: name for name, path in corpus.paths.items()}))
    return len(added.places), len(added.features)

  def _staged(self, target, which):
    return self._scratch / target / which

  def _stage(self, target, which, corpus, without):
    """Copies a corpus to a folder of its own."""
    folder = self._staged(target, which)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, path in corpus.paths.items():
      if path not in without:
        shutil.copyfile(path, folder / name)

  def measure(self, changes):
    """Lines and branches, of each and all together: (now, merged)."""
    totals = []
    for which in ('now', 'merged'):
      profiles = {}
      for change in changes:
        target = change.target
        folder = self._staged(target, which)
        if change.failed and which == 'merged':
          # One that fails ends the program before it has written anything.
          folder = self._without(change, folder)
        if inputs.inputs(folder):
          profiles[target] = self._coverage.profile(which, target, folder,
                                                    self._maps_of(target))
          getattr(change, which).reached = self._coverage.reached(
              profiles[target], [target])
      if not profiles:
        totals.append(line_coverage.Reached())
        continue
      together = self._scratch / f'{which}.profdata'
      self._coverage.merge(list(profiles.values()), together)
      totals.append(self._coverage.reached(together, list(profiles)))
    return totals

  def _without(self, change, folder):
    copied = folder.with_name('merged-that-runs')
    shutil.rmtree(copied, ignore_errors=True)
    copied.mkdir()
    for name, path in change.merged.paths.items():
      if str(path) not in change.failed:
        shutil.copyfile(path, copied / name)
    return copied

  def apply(self, change):
    """Puts the merged corpus in the place of the old one. Raises OSError."""
    if change.differs():
      inputs.replace(self._here(change.target),
                     self._staged(change.target, 'merged'),
                     self._old(change.target))


def _share(part, whole):
  return f'{part:,} of {whole:,}' if whole else '-'


def table(changes, totals):
  """Lines of a table: each target now and merged, and all together."""
  rows = [('target', '', 'inputs', 'bytes', 'cov', 'ft', 'lines', 'branches')]
  for change in changes:
    for which in ('now', 'merged'):
      corpus = getattr(change, which)
      rows.append((change.target if which == 'now' else '', which,
                   f'{len(corpus.paths):,}', f'{corpus.size:,}',
                   *(f'{each:,}' for each in corpus.counts),
                   _share(corpus.reached.lines, corpus.reached.all_lines),
                   _share(corpus.reached.branches,
                          corpus.reached.all_branches)))
  for which, reached in zip(('now', 'merged'), totals):
    rows.append(('all' if which == 'now' else '', which, '', '', '', '',
                 _share(reached.lines, reached.all_lines),
                 _share(reached.branches, reached.all_branches)))
  widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
  return ['  '.join(cell.ljust(width) if i < 2 else cell.rjust(width)
                    for i, (cell, width) in enumerate(zip(row, widths))
                    ).rstrip() for row in rows]


def told(change, applied):
  """What was done to a corpus, or would be, in lines."""
  now, merged = set(change.now.paths), set(change.merged.paths)
  verbs = ('added', 'dropped') if applied else ('would add', 'would drop')
  lines = [f'{change.target}: {verb} {name}' for verb, names in
           zip(verbs, (merged - now, now - merged)) for name in sorted(names)]
  return lines or [f'{change.target}: nothing to do']


@contextlib.contextmanager
def _alone(scratch):
  """One at a time. Raises BadUsage."""
  scratch.mkdir(parents=True, exist_ok=True)
  with (scratch / 'lock').open('w') as file:
    try:
      fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
      raise BadUsage('somebody else merges the corpora') from error
    yield


def main(options, root, builds, run, say):
  """Merges as the options have it; the exit status."""
  try:
    scratch = root / 'build' / 'corpus'
    with _alone(scratch):
      return _merge(options, root, builds, run, say, scratch)
  except BadUsage as error:
    say(f'corpus: {error}')
    return BAD_USAGE
  except (BuildFailed, selection.Trouble, line_coverage.Trouble,
          OSError) as error:
    say(f'corpus: {error}')
    return HARNESS_ERROR


def _merge(options, root, builds, run, say, scratch):
  chosen = list(dict.fromkeys(options.target)) or list(TARGETS)
  folders = {each: sources(options.source, each, chosen) for each in chosen}
  builds.build('release', 'mortsafe')
  for preset in (PRESET, line_coverage.PRESET):
    builds.build(preset, *chosen)
  maps = [each['name'] for each in builds.maps() if each['can_be_scheduled']]
  merger = Merger(root, run, maps, line_coverage.LineCoverage(
      root, run, scratch / 'coverage'), scratch)
  changes = []
  for target in chosen:
    merger.repair(target)
    say(f'{target} ...')
    changes.append(merger.change(target, folders[target]))
  say('lines and branches ...')
  totals = merger.measure(changes)
  for change in changes:
    if options.apply:
      merger.apply(change)
    for line in told(change, options.apply):
      print(line)
  for line in table(changes, totals):
    print(line)
  failed = [(change.target, path) for change in changes
            for path in change.failed]
  for target, path in failed:
    say(f'corpus: {path}: {target} fails on it; '
        f'scripts/minimize {path} --target {target}')
  return FAILED if failed else 0
