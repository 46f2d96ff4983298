"""Tests of night.commands."""

import pathlib
import unittest

from night import commands, plan


class CommandsTest(unittest.TestCase):

  def setUp(self):
    self.place = commands.Place(*map(pathlib.Path, (
        '/root', '/out/corpus', '/out/turns/1', '/out/verify',
        '/out/findings')))
    self.turn = plan.Turn(1, 'verify', 'verify', 'release', 'broad', 7, 5,
                          bounds='2x1x2', shard='2/3', progress='file')

  def test_verifies_a_shard_of_bounds_and_keeps_the_progress(self):
    command = ' '.join(commands.command(self.turn, self.place))
    for words in ('--threads 2 --ops 1 --keys 2', '--shard 2/3',
                  f'--resume {self.place.verify}/file', '--map broad'):
      self.assertIn(words, command)

  def test_repeats_without_the_night(self):
    command = commands.repeated(commands.command(self.turn, self.place))
    self.assertNotIn(str(self.place.artifacts), command)
    self.assertIn('--threads 2', command)

  def test_verifies_what_is_left(self):
    maps = ['a', 'b']
    of_a = {('a', bounds) for bounds in plan.BOUNDS}
    first = plan.BOUNDS[0]
    self.assertEqual(commands.bounds_left('a', maps, set(), set()),
                     ('a', first))
    self.assertEqual(commands.bounds_left('a', maps, of_a, set()),
                     ('b', first))
    self.assertEqual(commands.bounds_left('a', maps, set(), {('a', first)}),
                     ('b', first))
    self.assertIsNone(commands.bounds_left(
        'a', maps, of_a, {('b', first)}))

  def test_a_target_starts_from_both_corpora_with_the_turn_s_seed(self):
    turn = plan.Turn(1, 'fuzz', 'program_schedule', 'fuzz-asan', 'broad', 7, 5)
    command = commands.command(turn, self.place)
    self.assertEqual(command[:3], ['build/fuzz-asan/bin/program_schedule',
                                   '/out/corpus/program_schedule',
                                   'corpus/program_schedule'])
    for flag in ('--map=broad', '-seed=7', '-max_total_time=5'):
      self.assertIn(flag, command)

  def test_every_kind_of_turn_has_limits_beyond_libfuzzer_s_own(self):
    for kind in ('fuzz', 'canary', 'regressions', 'verify'):
      turn = plan.Turn(1, kind, 'x', 'fuzz-asan', seconds=5)
      limits = commands.limits(turn)
      self.assertGreater(limits.seconds, 5 + commands.INPUT_SECONDS)
      self.assertGreater(limits.rss_mb, commands.FUZZ_RSS_MB)


if __name__ == '__main__':
  unittest.main()
