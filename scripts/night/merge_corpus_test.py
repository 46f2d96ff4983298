"""Tests of scripts/corpus, on a project whose programs pretend (fakes.py: an
input's features are its letters), and once on the real one where it is built."""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import types
import unittest
from unittest import mock

from night import (fakes, inputs, line_coverage, merge_corpus, process,
                   selection)

ROOT = pathlib.Path(__file__).resolve().parents[2]
REAL_TARGET = 'codec_round_trip'
TARGET = 'codec_round_trip'


def named(text):
  return hashlib.sha1(text.encode()).hexdigest()


class FakeCoverage:
  """Counts letters for lines."""

  def __init__(self, *_):
    pass

  def profile(self, name, target, folder, maps):
    del name, target, maps
    return ''.join(path.read_text() for path in sorted(folder.iterdir()))

  def merge(self, profiles, merged):
    merged.write_text(''.join(profiles))

  def reached(self, profile, targets):
    del targets
    if isinstance(profile, pathlib.Path):
      profile = profile.read_text()
    return line_coverage.Reached(len(set(profile)), 26, 1, 2)


class Built(fakes.Built):

  def build(self, preset, *targets):
    pass


def run_merge(root, said, printed, **options):
  """Merges in the project that pretends; the exit status."""
  options = types.SimpleNamespace(**{'target': [TARGET], 'source': [],
                                     'apply': False, **options})
  stop = threading.Event()
  with (mock.patch.object(merge_corpus, 'print', printed.append, create=True),
        mock.patch.object(line_coverage, 'LineCoverage', FakeCoverage)):
    return merge_corpus.main(
        options, root, Built(root),
        lambda command, log, limits: process.run(command, log, limits, stop,
                                                 root), said.append)


class MergeCorpusTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name)
    fakes.make(self.root)
    self.here = self.root / 'corpus' / TARGET
    shutil.rmtree(self.here)
    self.grown = self.root / 'grown' / TARGET
    for path in (self.here, self.grown):
      path.mkdir(parents=True)
    self.said, self.printed = [], []

  def merge(self, **options):
    self.said.clear()
    self.printed.clear()
    return run_merge(self.root, self.said, self.printed, **options)

  def add(self, folder, *texts, name=None):
    for text in texts:
      (folder / (name or named(text))).write_text(text)

  def names(self):
    return sorted(path.name for path in self.here.iterdir())

  def test_what_adds_something_comes_and_what_does_not_goes(self):
    self.add(self.here, 'ab', name='seed')
    self.add(self.here, 'ba', 'abc')
    self.add(self.grown, 'c', 'cd', 'dcd')
    self.assertEqual(self.merge(source=[self.root / 'grown'], apply=True), 0,
                     self.said)
    self.assertEqual(self.names(), sorted(['seed', named('c'), named('cd')]))
    self.assertIn(f'{TARGET}: added {named("c")}', self.printed)
    self.assertIn(f'{TARGET}: dropped {named("abc")}', self.printed)

  def test_what_people_named_stays_under_its_name(self):
    self.add(self.here, 'x', name='first')
    self.add(self.here, 'x', name='second')
    self.add(self.grown, 'x')
    self.add(self.grown, 'y', name='hello')
    self.merge(source=[self.grown], apply=True)
    self.assertEqual(self.names(), sorted(['first', 'second', named('y')]))

  def test_nothing_changes_unless_told_to(self):
    self.add(self.here, 'a', name='seed')
    self.add(self.grown, 'b')
    self.assertEqual(self.merge(source=[self.grown]), 0)
    self.assertEqual(self.names(), ['seed'])
    self.assertIn(f'{TARGET}: would add {named("b")}', self.printed)

  def test_the_table_has_both_corpora(self):
    self.add(self.here, 'ab', name='seed')
    self.add(self.grown, 'c')
    self.merge(source=[self.grown])
    self.assertEqual([line.split() for line in self.printed[-4:]], [
        [TARGET, 'now', '1', '2', '1', '2', '2', 'of', '26', '1', 'of', '2'],
        ['merged', '2', '3', '2', '3', '3', 'of', '26', '1', 'of', '2'],
        ['all', 'now', '2', 'of', '26', '1', 'of', '2'],
        ['merged', '3', 'of', '26', '1', 'of', '2']])

  def test_the_same_inputs_give_the_same_corpus(self):
    texts = ['ab', 'ba', 'bc', 'cb', 'c', 'abc', 'd']
    results = set()
    for order in (texts, texts[::-1]):
      shutil.rmtree(self.here)
      shutil.rmtree(self.grown)
      self.here.mkdir()
      self.grown.mkdir()
      self.add(self.grown, *order)
      self.merge(source=[self.grown], apply=True)
      results.add(tuple(self.names()))
      self.merge(source=[self.grown], apply=True)
      results.add(tuple(self.names()))
    self.assertEqual(len(results), 1)

  def test_what_fails_is_told_and_left_out(self):
    self.add(self.here, 'a!', name='seed')
    self.add(self.grown, 'b!', 'c')
    self.assertEqual(self.merge(source=[self.grown], apply=True),
                     merge_corpus.FAILED)
    self.assertEqual(self.names(), sorted(['seed', named('c')]))
    self.assertEqual(len([line for line in self.said
                          if 'scripts/minimize' in line]), 2)

  def test_each_map_counts(self):
    self.add(self.root / 'corpus' / 'program_schedule', 'a', name='seed')
    self.merge(target=['program_schedule'])
    commands = (self.root / 'commands.txt').read_text()
    self.assertIn('program_schedule --map=broad -merge_inner=1', commands)
    self.assertNotIn('--map=native', commands)

  def test_folders_that_are_none_are_refused(self):
    for folder in (self.root / 'nowhere', self.root / 'corpus' / '..'):
      self.assertEqual(self.merge(source=[folder]), merge_corpus.BAD_USAGE)
      self.assertEqual(len(self.said), 1)

  def test_a_target_that_does_not_run_is_our_own_error(self):
    self.add(self.here, 'a', name='seed')
    (self.root / 'build/fuzz-ubsan/bin' / TARGET).unlink()
    self.assertEqual(self.merge(apply=True), merge_corpus.HARNESS_ERROR)
    self.assertEqual(self.names(), ['seed'])

  def test_a_kill_at_any_rename_leaves_one_of_the_two(self):
    self.add(self.grown, 'b')
    really_rename = pathlib.Path.rename
    for renames in (0, 1):
      with self.subTest(renames=renames):
        shutil.rmtree(self.here)
        self.here.mkdir()
        self.add(self.here, 'a', name='seed')
        left = [renames]

        def rename(path, *arguments, left=left):
          if not left[0]:
            raise KeyboardInterrupt
          left[0] -= 1
          return really_rename(path, *arguments)

        with (mock.patch.object(inputs, 'exchange', return_value=False),
              mock.patch.object(pathlib.Path, 'rename', rename),
              self.assertRaises(KeyboardInterrupt)):
          self.merge(source=[self.grown], apply=True)
        self.assertEqual(self.merge(), 0)
        self.assertEqual(self.names(), ['seed'])

  def test_a_kill_at_any_moment_leaves_one_of_the_two(self):
    self.add(self.here, 'a', name='seed')
    self.add(self.grown, *'bcdefg')
    whole = sorted(['seed', *map(named, 'bcdefg')])
    for delay in (0.1, 0.2, 0.3, 0.4):
      with subprocess.Popen(
          [sys.executable, '-B', '-m', 'night.merge_corpus_test', self.root],
          cwd=ROOT / 'scripts') as child:
        # Which moment it hits does not matter.
        try:
          child.wait(delay)
        except subprocess.TimeoutExpired:
          child.kill()
      self.assertIn(self.names(), (['seed'], whole))
    self.merge(source=[self.grown], apply=True)
    self.assertEqual(self.names(), whole)


class LineCoverageTest(unittest.TestCase):

  def test_counts_the_rooms_alone(self):
    def file(name):
      return {'filename': name, 'summary': {
          'lines': {'covered': 3, 'count': 5},
          'branches': {'covered': 1, 'count': 2}}}
    document = {'data': [{'files': [
        file('/p/harness/a/b.cc'), file('/p/maps/c.h'),
        file('/p/fuzzers/d.cc'), file('/usr/include/harness/e.h'),
        file('/p/harness/a/b_test.cc')]}]}
    self.assertEqual(line_coverage.total(document, pathlib.Path('/p')),
                     line_coverage.Reached(6, 10, 2, 4))


class SelectionTest(unittest.TestCase):

  def test_a_target_that_ends_too_early_is_trouble(self):
    with tempfile.TemporaryDirectory() as folder:
      scratch = pathlib.Path(folder)
      path = scratch / 'input'
      path.write_text('x')
      with self.assertRaises(selection.Trouble):
        selection.examine(
            lambda *_: process.Ended(127, '', 0, 0, 'no such program'),
            'program', [path], [''], scratch)


  def test_what_fails_on_one_map_is_of_no_use_to_another(self):
    with tempfile.TemporaryDirectory() as folder:
      scratch = pathlib.Path(folder)
      path = scratch / 'input'
      path.write_text('x')

      def run(command, log, limits):
        del log, limits
        with (scratch / 'control').open('r+') as control:
          has_begun = 'STARTED' in control.read()
          if '--map=good' in command:
            control.write('STARTED 0 1\nFT 0 7\nCOV 0 8\n')
          elif not has_begun:
            control.write('STARTED 0 1\n')
            return process.Ended(77, '', 0, 0, '')
        return process.Ended(0, '', 0, 0, '')

      added = selection.examine(run, 'program', [path], ['good', 'bad'],
                                scratch)
      self.assertEqual((added.useful, added.failed), (set(), {path}))
      self.assertEqual((added.places, added.features), ({'8'}, {('good', '7')}))


def _is_built():
  return all((ROOT / 'build' / preset / 'bin' / REAL_TARGET).exists()
             for preset in (merge_corpus.PRESET, line_coverage.PRESET))


@unittest.skipUnless(_is_built(), 'the fuzz targets are not built')
class RealMergeTest(unittest.TestCase):
  """On the real programs, and a copy of a real corpus."""

  def test_grown_inputs_are_merged_and_measured(self):
    with tempfile.TemporaryDirectory() as folder:
      root = pathlib.Path(folder)
      (root / 'build').mkdir()
      for preset in (merge_corpus.PRESET, line_coverage.PRESET):
        (root / 'build' / preset).symlink_to(ROOT / 'build' / preset)
      here = root / 'corpus' / REAL_TARGET
      shutil.copytree(ROOT / 'corpus' / REAL_TARGET, here)
      [seed, *others] = sorted(here.iterdir())
      grown = root / 'grown' / REAL_TARGET
      grown.mkdir(parents=True)
      for path in others:
        path.rename(grown / path.name)
      stop = threading.Event()
      scratch = root / 'build' / 'corpus'
      run = lambda command, log, limits: process.run(command, log, limits, stop,
                                                     root)
      merger = merge_corpus.Merger(
          root, run, [''],
          line_coverage.LineCoverage(ROOT, run, scratch / 'coverage'), scratch)
      change = merger.change(REAL_TARGET, [grown])
      [now, merged] = merger.measure([change])
      self.assertGreater(change.merged.counts, change.now.counts)
      self.assertGreater(merged.lines, now.lines)
      self.assertEqual(merged.all_lines, now.all_lines)
      self.assertGreater(now.branches, 0)
      merger.apply(change)
      self.assertIn(seed.name, inputs.inputs(here))
      self.assertEqual(inputs.inputs(here), set(change.merged.paths))


if __name__ == '__main__':
  # As the child of a test that kills it.
  where = pathlib.Path(sys.argv[1])
  sys.exit(run_merge(where, [], [], source=[where / 'grown' / TARGET],
                     apply=True))
