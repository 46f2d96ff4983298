"""Tests of night.shapes: what is folded, and what is not."""

import unittest

from night import fake_programs, shapes

PROGRAM = '''initial:  Store(0, 1); Load(0)
thread 1: Load(0); CompareAndSwap(2, 1, 7)
thread 2: Delete(0)
'''

ASAN = '''==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602
READ of size 8 at 0x602 thread T0
    #0 0x55 in acme::Map<int>::Load(int) const /src/map.h:{line}:3
    #1 0x56 in LLVMFuzzerTestOneInput /src/target.cc:9:1

0x602 is located 0 bytes inside of 24-byte region
freed by thread T0 here:
    #0 0x57 in operator delete(void*) (/bin/target+0x1)
    #1 0x58 in acme::{freer}(int) /src/map.h:7:3

SUMMARY: AddressSanitizer: heap-use-after-free /src/map.h:{line}:3 in acme::Map
'''


def race(line, other):
  return fake_programs.race_report(line, other)


class ProgramTest(unittest.TestCase):

  def same(self, other):
    return shapes.of_program(PROGRAM) == shapes.of_program(other)

  def test_names_of_keys_and_values_do_not_matter(self):
    self.assertTrue(self.same('''initial:  Store(3, 9); Load(3)
thread 1: Load(3); CompareAndSwap(1, 9, 2)
thread 2: Delete(3)'''))

  def test_names_of_threads_do_not_matter(self):
    self.assertTrue(self.same('''initial: Store(0, 1); Load(0)
thread 1: Delete(0)
thread 2: Load(0); CompareAndSwap(2, 1, 7)'''))

  def test_another_operation_matters(self):
    self.assertFalse(self.same(PROGRAM.replace('Delete', 'LoadAndDelete')))

  def test_whether_keys_are_the_same_matters(self):
    self.assertFalse(self.same(PROGRAM.replace('Delete(0)', 'Delete(2)')))

  def test_whether_values_are_the_same_matters(self):
    self.assertFalse(self.same(PROGRAM.replace('(2, 1, 7)', '(2, 7, 1)')))

  def test_who_runs_an_operation_matters(self):
    self.assertFalse(self.same('''initial: Store(0, 1)
thread 1: Load(0); CompareAndSwap(2, 1, 7)
thread 2: Delete(0); Load(0)'''))

  def test_where_range_stops_matters(self):
    self.assertNotEqual(shapes.of_program('thread 1: Range(1)'),
                        shapes.of_program('thread 1: Range()'))

  def test_many_threads_are_no_trouble(self):
    text = '\n'.join(f'thread {n}: Load({n})' for n in range(1, 9))
    self.assertEqual(shapes.of_program(text).count('Load'), 8)


class ReportTest(unittest.TestCase):

  def test_the_same_race_is_one_wherever_its_lines_are(self):
    self.assertEqual(shapes.of_report(race(3, 9)), shapes.of_report(race(4, 8)))
    self.assertEqual(shapes.kind_of_report(race(3, 9)), 'data-race')

  def test_which_access_came_first_does_not_matter(self):
    turned = race(3, 9).replace('Store', 'X').replace('Load', 'Store')
    self.assertEqual(shapes.of_report(race(3, 9)),
                     shapes.of_report(turned.replace('X', 'Load')))

  def test_another_race_is_another_one(self):
    self.assertNotEqual(shapes.of_report(race(3, 9)), shapes.of_report(
        race(3, 9).replace('::Load', '::Range')))

  def test_types_do_not_matter(self):
    self.assertEqual(shapes.of_report(race(3, 9)), shapes.of_report(
        race(3, 9).replace('Map<int>', 'Map<std::pair<int, long>>')))

  def test_errors_of_memory_are_told_by_access_and_free(self):
    one = ASAN.format(line=3, freer='Retire')
    self.assertEqual(shapes.kind_of_report(one), 'use-after-free')
    self.assertEqual(shapes.of_report(one),
                     shapes.of_report(ASAN.format(line=9, freer='Retire')))
    self.assertNotEqual(shapes.of_report(one),
                        shapes.of_report(ASAN.format(line=3, freer='Clear')))

  def test_words_of_targets_are_told_without_numbers(self):
    text = ('#9\tNEW    cov: 1 ft: 1\nkey {} is lost\nthread 1: Load(3)\n'
            '==9== ERROR: libFuzzer: deadly signal\n')
    self.assertEqual(shapes.of_report(text.format(3)),
                     shapes.of_report(text.format(4)))
    self.assertNotEqual(shapes.of_report(text.format(3)), shapes.of_report(
        text.format(3).replace('lost', 'doubled')))
    self.assertEqual(shapes.kind_of_report(text.format(3)), 'key-is-lost')

  def test_undefined_behaviour_has_its_place(self):
    text = ('src/a.cc:{}:7: runtime error: signed integer overflow: {} + 1\n'
            'SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior a.cc:1:7\n')
    self.assertEqual(shapes.kind_of_report(text), 'undefined-behaviour')
    self.assertEqual(shapes.of_report(text.format(1, 5)),
                     shapes.of_report(text.format(2, 6)))

  def test_the_map_is_named_in_how_to_see_it(self):
    self.assertEqual(shapes.map_of_report(
        'See it with\n  mortsafe replay INPUT --map locked\n'), 'locked')
    self.assertEqual(shapes.map_of_report('nothing'), '')


if __name__ == '__main__':
  unittest.main()
