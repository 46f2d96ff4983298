"""Tests of night.corpora."""

import hashlib
import pathlib
import tempfile
import unittest
from unittest import mock

from night import inputs
from night.corpora import Corpora
from night.process import Ended


def named(text):
  return hashlib.sha1(text.encode()).hexdigest()


class CorporaTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = pathlib.Path(folder.name)
    self.commands = []
    self.said = []
    self.status = 0

  def make(self, name='one'):
    corpora = Corpora(self.folder / name, ['target'], self.run_merge,
                      self.said.append)
    corpora.prepare()
    return corpora

  def run_merge(self, command, log, limits):
    """Stands for libFuzzer: keeps the inputs that begin with a."""
    del log, limits
    self.commands.append(command)
    into, source = command[-2:]
    for path in source.iterdir():
      if path.read_text().startswith('a'):
        (into / path.name).write_text(path.read_text())
    return Ended(self.status, '', 0, 0, '')

  def add(self, name, *texts):
    for text in texts:
      (self.folder / name / 'target' / named(text)).write_text(text)

  def texts(self, name):
    folder = self.folder / name
    folder = folder / 'target' if (folder / 'target').exists() else folder
    return sorted(path.read_text() for path in folder.iterdir())

  def merge(self, corpora, maps=('',)):
    return corpora.merge('target', 'program', maps, self.folder, 5)

  def test_merging_keeps_what_libfuzzer_keeps(self):
    corpora = self.make()
    self.add('one', 'a1', 'a2', 'b')
    self.assertTrue(self.merge(corpora))
    self.assertEqual(self.texts('one'), ['a1', 'a2'])
    self.assertEqual(corpora.sizes(), {'target': 2})

  def test_merging_tries_every_map(self):
    self.merge(self.make(), ['broad', 'narrow'])
    self.assertEqual([command[2] for command in self.commands],
                     ['--map=broad', '--map=narrow'])

  def test_a_merge_that_fails_changes_nothing(self):
    corpora = self.make()
    self.add('one', 'a', 'b')
    self.status = 1
    self.assertFalse(self.merge(corpora))
    self.assertEqual(self.texts('one'), ['a', 'b'])
    self.assertEqual(len(self.said), 1)

  def test_a_merged_corpus_takes_the_place_of_the_old_one_at_once(self):
    corpora = self.make()
    self.add('one', 'a', 'b')
    with mock.patch.object(pathlib.Path, 'rename', side_effect=AssertionError):
      self.merge(corpora)
    self.assertEqual(self.texts('one'), ['a'])
    self.assertEqual([path.name for path in (self.folder / 'one').iterdir()],
                     ['target'])

  def test_what_is_added_during_a_merge_stays(self):
    corpora = self.make()
    self.add('one', 'a')
    really_run = self.run_merge

    def run(*arguments):
      self.add('one', 'late')
      return really_run(*arguments)

    with mock.patch.object(corpora, '_run', run):
      self.merge(corpora)
    self.assertEqual(self.texts('one'), ['a', 'late'])

  def test_a_kill_at_any_rename_of_a_merge_loses_nothing(self):
    # Where names can be exchanged there is one moment, and no half.
    patch = mock.patch.object(inputs, 'exchange', return_value=False)
    patch.start()
    self.addCleanup(patch.stop)
    for renames in (0, 1):
      with self.subTest(renames=renames):
        name = f'killed{renames}'
        corpora = self.make(name)
        self.add(name, 'a', 'b')
        really_rename = pathlib.Path.rename
        left = [renames]

        def rename(path, *arguments, left=left, really=really_rename):
          if path.name in ('target', 'target.merged'):
            if not left[0]:
              raise InterruptedError
            left[0] -= 1
          return really(path, *arguments)

        with mock.patch.object(pathlib.Path, 'rename', rename):
          with self.assertRaises(InterruptedError):
            self.merge(corpora)
        self.make(name)
        self.assertEqual(self.texts(name), ['a', 'b'])
        self.assertEqual([path.name for path in (self.folder / name).iterdir()],
                         ['target'])

  def test_machines_exchange_what_the_other_lacks(self):
    first, second = self.make('one'), self.make('two')
    shared = self.folder / 'shared'
    self.add('one', 'x', 'both')
    self.add('two', 'y', 'both')
    self.assertEqual(first.exchange(shared), (0, 2))
    self.assertEqual(second.exchange(shared), (1, 1))
    self.assertEqual(first.exchange(shared), (1, 0))
    for name in ('one', 'two', 'shared'):
      self.assertEqual(self.texts(name), ['both', 'x', 'y'])

  def test_what_a_merge_dropped_does_not_come_back(self):
    first, second = self.make('one'), self.make('two')
    shared = self.folder / 'shared'
    self.add('one', 'b')
    first.exchange(shared)
    second.exchange(shared)
    self.merge(second)
    self.assertEqual(second.exchange(shared), (0, 0))
    self.assertEqual(self.texts('two'), [])

  def test_inputs_are_named_by_their_content(self):
    corpora = self.make()
    shared = self.folder / 'shared'
    (self.folder / 'one' / 'target' / 'by-hand').write_text('x')
    corpora.exchange(shared)
    self.assertEqual([path.name for path in (shared / 'target').iterdir()],
                     [named('x')])


if __name__ == '__main__':
  unittest.main()
