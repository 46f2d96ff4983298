"""Tests of night.plan and night.seeds."""

import collections
import itertools
import unittest

from night import fakes, plan, seeds

TARGETS = {preset: ['program_schedule', 'codec_round_trip', 'brand_new']
           for preset in plan.FUZZ_PRESETS}


def turns(count, seed=7, **more):
  made = plan.Plan(seed, 5, TARGETS, fakes.MAPS, **more)
  return list(itertools.islice(made, count))


class SeedsTest(unittest.TestCase):

  def test_are_the_same_on_every_machine(self):
    self.assertEqual(seeds.mix('abc', '1/1', 0), 3223273030831562633)
    self.assertEqual(seeds.turn_seed(1, 0), 2049652898)

  def test_of_turns_fit_what_takes_them(self):
    for number in range(1000):
      self.assertIn(seeds.turn_seed(3, number), range(1, 2**31))

  def test_of_shards_and_turns_differ(self):
    mixed = {seeds.mix(commit, shard, number) for commit in 'ab'
             for shard in ('1/2', '2/2') for number in range(3)}
    self.assertEqual(len(mixed), 12)


class PlanTest(unittest.TestCase):

  def test_is_the_same_for_the_same_seed(self):
    self.assertEqual(turns(200), turns(200))
    self.assertNotEqual([each.seed for each in turns(200)],
                        [each.seed for each in turns(200, seed=8)])

  def test_numbers_turns_from_zero(self):
    self.assertEqual([each.number for each in turns(50)], list(range(50)))

  def test_begins_with_what_failed_then_regressions_then_canaries(self):
    about = {'name': 'x', 'target': 'program_schedule', 'preset': 'fuzz-tsan',
             'map': 'broad', 'seed': 5}
    opening = [each for each in turns(60, replays=[about])
               if each.kind in ('replay', 'regressions', 'canary')]
    self.assertEqual([each.number for each in opening],
                     list(range(len(opening))))
    self.assertEqual((opening[0].finding, opening[0].seed), ('x', 5))
    kinds = [kind for kind, _ in itertools.groupby(
        each.kind for each in opening)]
    self.assertEqual(kinds, ['replay', 'regressions', 'canary'])
    for preset in plan.FUZZ_PRESETS:
      for kind in ('regressions', 'canary'):
        self.assertIn((kind, preset),
                      [(each.kind, each.preset) for each in opening])

  def test_gives_every_lane_a_turn_before_any_has_a_second(self):
    all_lanes = list(plan.lanes(TARGETS))
    first = list(itertools.islice(plan.order(all_lanes, 3), len(all_lanes)))
    self.assertEqual(set(first), set(all_lanes))

  def test_alternates_kinds_and_builds_at_first(self):
    all_lanes = list(plan.lanes(TARGETS))
    kinds = {(lane.kind, lane.preset) for lane in all_lanes}
    first = itertools.islice(plan.order(all_lanes, 3), len(kinds))
    self.assertEqual({(lane.kind, lane.preset) for lane in first}, kinds)

  def test_keeps_to_the_weights(self):
    all_lanes = list(plan.lanes(TARGETS))
    total = sum(lane.weight for lane in all_lanes)
    given = collections.Counter(
        itertools.islice(plan.order(all_lanes, 3), 10 * total))
    for lane in all_lanes:
      self.assertAlmostEqual(given[lane], 10 * lane.weight, delta=2)

  def test_goes_through_the_maps_of_a_lane(self):
    of_stress = [each.map for each in turns(300) if each.kind == 'stress']
    self.assertEqual(set(of_stress), {each['name'] for each in fakes.MAPS})
    of_hunt = [each.map for each in turns(300) if each.kind == 'hunt']
    self.assertNotIn('native', of_hunt)
    self.assertEqual({each.map for each in turns(300) if each.kind == 'fuzz' and
                      each.target == 'codec_round_trip'}, {''})

  def test_gives_turns_to_targets_that_nobody_weighed(self):
    self.assertIn('brand_new', [each.target for each in turns(60)])

  def test_makes_turns_short(self):
    self.assertEqual(plan.seconds_of_turns(120, 22, 2), 5)
    self.assertEqual(plan.seconds_of_turns(8 * 3600, 22, 2), 120)


if __name__ == '__main__':
  unittest.main()
