#!/usr/bin/python3
"""Scheduler events and a history in one time line, from recordings made up."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest

from trial import sched_timeline

# Client 1 is thread 11, client 2 thread 12. Client 1's Delete is off its
# processor for 3 us in two parts, while client 2 loads twice; a third part
# begins before its Load was called.
EVENTS = '''
        mortsafe 10/11    [000]  2.000001500:       sched:sched_switch: prev_comm=mortsafe prev_pid=11 prev_prio=120 prev_state=R ==> next_comm=other one next_pid=77 next_prio=120
       other one 77/77    [000]  2.000003000: sched:sched_stat_runtime: comm=other one pid=77 runtime=1500 [ns]
       other one 77/77    [000]  2.000003500:       sched:sched_switch: prev_comm=other one prev_pid=77 prev_prio=120 prev_state=S ==> next_comm=mortsafe next_pid=11 next_prio=120
        mortsafe 10/11    [000]  2.000004000:       sched:sched_switch: prev_comm=mortsafe prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
        mortsafe 10/12    [001]  2.000004500:       sched:sched_waking: comm=mortsafe pid=11 prio=120 target_cpu=001
        mortsafe 10/12    [001]  2.000004600: sched:sched_migrate_task: comm=mortsafe pid=11 prio=120 orig_cpu=0 dest_cpu=1
         swapper  0/0     [001]  2.000005000:       sched:sched_switch: prev_comm=swapper/1 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=mortsafe next_pid=11 next_prio=120
        mortsafe 10/11    [001]  2.000006000:       sched:sched_switch: prev_comm=mortsafe prev_pid=11 prev_prio=120 prev_state=R+ ==> next_comm=mortsafe next_pid=12 next_prio=120
        mortsafe 10/12    [001]  2.000008000:       sched:sched_switch: prev_comm=mortsafe prev_pid=12 prev_prio=120 prev_state=R ==> next_comm=mortsafe next_pid=11 next_prio=120
'''


def line(client, op, call, end, **members):
  return json.dumps({'client': client, 'op': op, **members,
                     'call': 2 * 10**9 + call, 'return': 2 * 10**9 + end})


HISTORY = '\n'.join([
    line(1, 'delete', 1000, 5500, key=0),
    line(1, 'load', 7000, 9000, key=0, result=None, ok=False),
    line(2, 'load', 1600, 1800, key=0, result=5, ok=True),
    line(2, 'compare_and_swap', 1900, 2100, key=0, old=5, value=6, ok=False),
    line(2, 'range', 2200, 3900, entries=[[0, 5], [1, 7]], ok=True),
])
DOCUMENT = json.dumps({'timeline': {'threads': {'1': 11, '2': 12}}})


def read():
  return (sched_timeline.operations(HISTORY), sched_timeline.events(EVENTS),
          sched_timeline.threads(DOCUMENT))


class InterruptionsTest(unittest.TestCase):

  def interruptions(self):
    operations, events, clients = read()
    return sched_timeline.interruptions(
        operations, sched_timeline.absences(events, clients))

  def test_the_parts_of_an_operation_are_added(self):
    longest = self.interruptions()[0]
    self.assertEqual(longest.operation.call, 'Delete(0)')
    self.assertEqual((longest.times, longest.nanoseconds), (2, 3000))

  def test_what_was_before_the_call_does_not_count(self):
    second = self.interruptions()[1]
    self.assertEqual(second.operation.call, 'Load(0)')
    self.assertEqual((second.times, second.nanoseconds), (1, 1000))

  def test_others_count_that_ran_meanwhile_from_call_to_return(self):
    self.assertEqual([each.meanwhile for each in self.interruptions()], [2, 0])

  def test_a_client_that_keeps_its_processor_is_not_interrupted(self):
    self.assertEqual({each.operation.client for each in self.interruptions()},
                     {1})

  def test_they_are_told(self):
    text = sched_timeline.summary(*read())
    self.assertIn('5 operations of 2 clients in 8.0 us', text)
    self.assertIn('left a processor 4 times, in the middle of 2 operations', text)
    self.assertRegex(text, r'3\.0 +4\.5 +2 +2  client 1: Delete\(0\): done')


class TimeLineTest(unittest.TestCase):

  def setUp(self):
    self.lines = sched_timeline.time_line(*read()).splitlines()

  def at(self, wanted):
    """The line that ends with the text, and where it is."""
    found = [i for i, each in enumerate(self.lines) if each.endswith(wanted)]
    self.assertEqual(len(found), 1, wanted)
    return found[0]

  def test_calls_and_events_are_in_order_of_time(self):
    order = ['client 1  calls Delete(0)',
             'client 1  has to leave processor 0 to other one 77',
             'client 2  calls Load(0)',
             'client 2  returns from CompareAndSwap(0, 5, 6): not done',
             'client 2  returns from Range(): 2 keys',
             'client 1  waits, and leaves processor 0 to swapper/0 0',
             'client 1  is woken, for processor 1',
             'client 1  moves from processor 0 to 1',
             'client 1  returns from Delete(0): done',
             'client 1  returns from Load(0): absent']
    places = [self.at(each) for each in order]
    self.assertEqual(places, sorted(places))

  def test_times_are_since_the_first_call(self):
    self.assertRegex(self.lines[0], r'^ +0\.0 us ')
    self.assertRegex(self.lines[self.at('to other one 77')], r'^ +0\.5 us ')

  def test_strangers_are_left_out(self):
    self.assertFalse([each for each in self.lines if 'client None' in each])


class BadInputTest(unittest.TestCase):

  def run_on(self, events, history, document):
    with tempfile.TemporaryDirectory() as name:
      folder = pathlib.Path(name)
      paths = []
      for path, text in (('events', events), ('history', history),
                         ('document', document)):
        paths.append(folder / path)
        paths[-1].write_text(text, encoding='utf-8')
      out, messages = io.StringIO(), io.StringIO()
      with contextlib.redirect_stdout(out), contextlib.redirect_stderr(messages):
        status = sched_timeline.main([*map(str, paths), str(folder / 'out')])
      return status, out.getvalue(), messages.getvalue()

  def test_what_is_right_is_told(self):
    status, out, messages = self.run_on(EVENTS, HISTORY, DOCUMENT)
    self.assertEqual((status, messages), (0, ''))
    self.assertIn('Delete(0)', out)

  def test_what_cannot_be_read_is_named_in_one_line(self):
    for events, history, document, where in (
        ('nothing\n', HISTORY, DOCUMENT, 'events'),
        (EVENTS, '', DOCUMENT, 'history'),
        (EVENTS, HISTORY + '\n{}', DOCUMENT, 'history: line 6'),
        (EVENTS, HISTORY + '\n3', DOCUMENT, 'history: line 6'),
        (EVENTS, HISTORY, '{}', 'document'),
        (EVENTS, HISTORY, 'x', 'document')):
      with self.subTest(where):
        status, out, messages = self.run_on(events, history, document)
        self.assertEqual((status, out), (2, ''))
        self.assertEqual(messages.count('\n'), 1)
        self.assertIn(where, messages)


if __name__ == '__main__':
  unittest.main()
