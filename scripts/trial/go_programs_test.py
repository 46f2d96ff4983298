#!/usr/bin/python3
"""What becomes of the answers of programs in Go, tried on some that pretend."""

import json
import unittest
from unittest import mock

from trial import go_programs, pretenders

ALL_IS_WELL = {'go': 'go1.99', 'rounds': 2, 'operations': 30, 'seconds': 0.5,
               'findings': []}


class GoProgramsTest(pretenders.FolderTest):

  def write_trial(self, document, status=0):
    self.pretend('go_trial', f"echo '{json.dumps(document)}'\nexit {status}\n")

  def recipes(self):
    return list(go_programs.recipes(self.folder, 0.1))

  def unlocked(self):
    return list(go_programs.unlocked(self.folder))

  def test_each_recipe_speaks_of_the_real_map_in_every_claim(self):
    self.write_trial(ALL_IS_WELL)
    evidence = self.recipes()
    self.assertEqual(len(evidence), len(go_programs.RECIPES))
    for each in evidence:
      self.assertEqual(each['claim'], '')
      self.assertEqual(each['leg'], 'the real sync.Map')
      self.assertEqual(each['map'], 'go-sync-map (go1.99)')
      self.assertEqual(each['found'], '')
      self.assertEqual(each['operations'], 30)
      self.assertNotIn('not_run', each)

  def test_a_finding_is_told(self):
    self.write_trial({**ALL_IS_WELL, 'findings': [
        {'kind': 'stale-value-after-delete', 'count': 3, 'sentence': 'It is'}]},
                     status=1)
    for each in self.recipes():
      self.assertEqual(each['found'], 'stale value after delete')
      self.assertEqual(each['note'], 'It is.')

  def test_a_crash_is_a_finding_and_bad_usage_is_none(self):
    self.pretend('go_trial', 'echo "fatal error: all is lost" >&2\nexit 2\n')
    self.assertEqual(self.recipes()[0]['found'], 'crash')
    self.pretend('go_trial', 'echo "go_trial: no such recipe" >&2\nexit 2\n')
    self.assertEqual(self.recipes()[0]['not_run'], 'go_trial: no such recipe')
    self.assertNotIn('found', self.recipes()[0])

  def test_without_go_nothing_is_run(self):
    for each in self.recipes() + self.unlocked():
      self.assertIn('Go', each['not_run'])

  def test_catches_are_counted(self):
    self.pretend('go_unlocked', '''
case $1 in
  version) echo go1.99; exit ;;
  busy) echo "fatal error: concurrent map writes" >&2; exit 2 ;;
  seldom) exit 0 ;;
esac
[ "$2" -gt 5 ] || { echo "WARNING: DATA RACE" >&2; exit 66; }
''')
    runs = go_programs.RUNS
    evidence = self.unlocked()
    self.assertEqual([each.get('times') for each in evidence],
                     [runs, 0, 5, None, None, None])
    self.assertEqual([each.get('happens') for each in evidence],
                     [True, False, False, None, None, None])
    self.assertEqual({each['claim'] for each in evidence}, {'C14c'})
    self.assertEqual(evidence[0]['map'], "Go's own map (go1.99)")

  def test_a_run_that_is_stuck_or_fails_is_not_counted(self):
    for script, why in (
        ('[ "$1" = version ] && { echo go1.99; exit; }\nsleep 60\n', 'stuck'),
        ('[ "$1" = version ] && { echo go1.99; exit; }\n'
         'echo "out of memory" >&2; exit 2\n', 'status 2: out of memory'),
        ('[ "$1" = version ] && { echo go1.99; exit; }\nkill -9 $$\n',
         'status -9'),
        ('sleep 60\n', 'does not say which Go'),
        ('exit 1\n', 'does not say which Go')):
      with self.subTest(why), mock.patch.object(go_programs, 'PATIENCE', 0.5):
        # The process itself waits, and leaves no child behind.
        self.pretend('go_unlocked', script.replace('sleep', 'exec sleep'))
        first = self.unlocked()[0]
        self.assertIn(why, first['not_run'])
        self.assertNotIn('happens', first)


if __name__ == '__main__':
  unittest.main()
