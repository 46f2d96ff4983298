#!/usr/bin/python3
"""What becomes of the answers of other builds and of gdb, tried on programs that
pretend to be them."""

import contextlib
import io
import json
import unittest
from unittest import mock

from trial import other_builds, pretenders

ALL_IS_WELL = {'findings': [], 'executions': 7, 'operations': 30, 'seconds': 0.5}
SHOWN = ('the map says: {"misses":1}\ngdb shows: {"misses":1}\n'
         '9 comparisons, 0 differences\n')


class OtherBuildsTest(pretenders.FolderTest):

  def write_driver(self, script):
    for preset in ('asan', 'tsan'):
      self.pretend(f'build/{preset}/bin/mortsafe', script)

  def sanitizers(self, document):
    self.write_driver(f"echo '{json.dumps(document)}'\n")
    return list(other_builds.sanitizers(self.folder, 0.1))

  def snapshot(self, script):
    self.pretend('build/release/bin/state_example_native', '')
    self.pretend('scripts/gdb/state_test', script)
    with mock.patch.object(other_builds.shutil, 'which', lambda name: name):
      return other_builds.snapshot(self.folder)

  def test_each_map_is_tried_in_both_builds(self):
    evidence = self.sanitizers(ALL_IS_WELL)
    self.assertEqual(len(evidence), 4 * len(other_builds.MAPS))
    for each in evidence:
      self.assertEqual((each['claim'], each['found']), ('', ''))
      self.assertEqual(each['executions'], 7)
      self.assertNotIn('not_run', each)

  def test_a_finding_is_told(self):
    for more in ({}, {'undecided': {'bound': 'too many orders', 'time': 3}}):
      for each in self.sanitizers(
          {**ALL_IS_WELL, 'findings': [{'kind': 'data-race'}], **more}):
        self.assertEqual(each['found'], 'data race')
        self.assertNotIn('not_run', each)

  def test_an_undecided_run_has_not_found_nothing(self):
    for each in self.sanitizers(
        {**ALL_IS_WELL, 'undecided': {'bound': 'too many orders', 'time': 3}}):
      self.assertEqual(each['not_run'], 'undecided: too many orders')
      self.assertNotIn('found', each)

  def test_what_does_not_run_says_why(self):
    for each in other_builds.sanitizers(self.folder, 0.1):
      self.assertIn('is not there', each['not_run'])
    self.write_driver('echo "mortsafe: no memory" >&2; exit 3\n')
    for each in other_builds.defects(self.folder):
      self.assertEqual(each['not_run'], 'mortsafe: no memory')
    self.write_driver('exec sleep 60\n')
    with mock.patch.object(other_builds, 'PATIENCE', 0.2):
      for each in other_builds.defects(self.folder):
        self.assertEqual(each['not_run'], 'it was stuck')

  def test_each_defect_is_its_claims(self):
    self.write_driver(f"echo '{json.dumps(ALL_IS_WELL)}'\n")
    told = list(other_builds.defects(self.folder))
    self.assertEqual({each['claim'] for each in told},
                     {'C1', 'C5', 'C8', 'C14c'})
    for each in told:
      self.assertEqual(each['leg'], 'the defect')
      self.assertEqual(each['found'], '')

  def test_a_snapshot_is_shown_in_both_forms(self):
    evidence = self.snapshot(f"printf '%s' '{SHOWN}{SHOWN}'\n")
    self.assertIs(evidence['happens'], True)
    self.assertEqual(evidence['claim'], 'C13')
    self.assertEqual(evidence['note'].count('`{"misses":1}`'), 2)

  def test_a_state_shown_otherwise_refutes(self):
    other = SHOWN.replace('0 diff', '2 diff')
    evidence = self.snapshot(f"printf '%s' '{SHOWN}{other}'; exit 1\n")
    self.assertIs(evidence['happens'], False)
    self.assertNotIn('not_run', evidence)

  def test_a_debugger_that_fails_refutes_nothing(self):
    for script, why in (
        ('echo "gdb: cannot run" >&2; exit 1\n', 'gdb: cannot run'),
        (f"printf '%s' '{SHOWN}'; exit 1\n", 'gdb failed'),
        (f"printf '%s' '{SHOWN}'\n", 'gdb failed'),
        ('echo "skipped: no Python"; exit 77\n', 'no Python'),
        ('exec sleep 60\n', 'stuck')):
      with self.subTest(why), mock.patch.object(other_builds, 'PATIENCE', 0.5):
        evidence = self.snapshot(script)
        self.assertIn(why, evidence['not_run'])
        self.assertNotIn('happens', evidence)

  def test_without_gdb_it_is_not_run(self):
    with mock.patch.object(other_builds.shutil, 'which', lambda name: None):
      self.assertIn('gdb', other_builds.snapshot(self.folder)['not_run'])

  def test_bad_usage_is_told(self):
    for arguments, where in (([], 'ROOT SECONDS'), (['x', 'soon'], "'soon'")):
      messages = io.StringIO()
      with contextlib.redirect_stderr(messages):
        self.assertEqual(other_builds.main(arguments), 2)
      self.assertIn(where, messages.getvalue())


if __name__ == '__main__':
  unittest.main()
