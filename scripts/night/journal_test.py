"""Tests of night.journal."""

import errno
import os
import pathlib
import tempfile
import unittest
from unittest import mock

from night.journal import CannotWrite, Journal


def turn(number, **more):
  return {'record': 'turn', 'night': 'a', 'turn': number, 'findings': [],
          **more}


class JournalTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.path = pathlib.Path(folder.name) / 'nightly.jsonl'
    self.said = []

  def open(self):
    return Journal(self.path, self.said.append)

  def numbers(self):
    return [each['turn'] for each in self.open().of('turn')]

  def test_what_was_appended_is_there_again(self):
    self.open().append(turn(1, executions=7))
    self.assertEqual(self.open().of('turn', 'a'), [turn(1, executions=7)])
    self.assertEqual(self.open().of('turn', 'b'), [])

  def test_a_line_cut_short_anywhere_is_dropped_with_a_word(self):
    journal = self.open()
    for number in (1, 2, 3):
      journal.append(turn(number))
    whole = self.path.read_bytes()
    last = whole.rindex(b'\n', 0, -1) + 1
    for length in range(last + 1, len(whole)):
      self.path.write_bytes(whole[:length])
      self.said.clear()
      self.assertEqual(self.numbers(), [1, 2])
      self.assertEqual(len(self.said), 1)
      # What comes next stands on a line of its own.
      self.open().append(turn(9))
      self.assertEqual(self.numbers(), [1, 2, 9])

  def test_a_turn_counts_once(self):
    journal = self.open()
    journal.append(turn(1))
    journal.append(turn(1))
    self.assertEqual(len(journal.of('turn')), 1)
    self.assertEqual(self.numbers(), [1])

  def test_a_line_that_is_no_record_is_skipped_with_a_word(self):
    self.open().append(turn(1))
    with self.path.open('a') as file:
      file.write('{"turn": 2}\n[]\nhello\n')
    self.open().append(turn(3))
    self.said.clear()
    self.assertEqual(self.numbers(), [1, 3])
    self.assertEqual(len(self.said), 3)

  def test_a_full_disk_leaves_the_journal_as_it_was(self):
    journal = self.open()
    journal.append(turn(1))
    before = self.path.read_bytes()
    really_write = os.write

    def half(file, data):
      """Takes half of a record, then nothing."""
      if len(data) < 40:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
      return really_write(file, data[:len(data) - 30])

    with mock.patch('os.write', half):
      with self.assertRaisesRegex(CannotWrite, 'No space left'):
        journal.append(turn(2))
    self.assertEqual(self.path.read_bytes(), before)
    self.assertFalse(journal.has_turn('a', 2))
    journal.append(turn(2))
    self.assertEqual(self.numbers(), [1, 2])

  def test_a_night_is_unfinished_until_it_is_recorded(self):
    journal = self.open()
    self.assertIsNone(journal.unfinished())
    begin = {'record': 'begin', 'night': 'a'}
    journal.append(begin)
    journal.append(turn(1))
    self.assertEqual(self.open().unfinished(), begin)
    journal.append({'record': 'night', 'night': 'a'})
    self.assertIsNone(self.open().unfinished())


if __name__ == '__main__':
  unittest.main()
