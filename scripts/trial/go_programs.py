"""What programs in Go have to say in the trial.

`recipes` runs the trial's recipes on Go's own sync.Map (maps/go/trial), and
`unlocked` counts how often Go catches the use of one of its own maps without a
lock (maps/go/unlocked). Both give evidence for `mortsafe verdict --evidence`;
what cannot run here says why.
"""

import json

from trial import processes

MAP = 'go-sync-map'

# The programs' names of what is tried, and what that is.
RECIPES = {
    'article': "the article's recipe: a key of the read table, one Delete, 3 "
               'goroutines that Load 1000 times; stale reads',
    'hot-keys': '4 goroutines on hot keys, new values all the time; stale '
                'reads, conservation of values',
    'promotion-churn': '4 goroutines on hot keys and new ones, promotions all '
                       'the time; stale reads, conservation of values',
    'yields': '4 goroutines on hot keys and new ones, promotions all the time, '
              'random yields; stale reads, conservation of values',
}
UNLOCKED = {
    'busy': 'two goroutines write a map all the time',
    'seldom': 'two goroutines write a map once each, at different times',
    'by accident': 'two goroutines write a map once each, and use a lock for '
                   'something else in between',
}
BUILDS = {
    'go_unlocked': 'as it is built',
    'go_unlocked_race': 'built with -race',
}

RUNS = 20
# A run that takes so many seconds more than it was given is stuck.
PATIENCE = 120


# The exit statuses of a program that Go's run time, or its race detector, ended.
RUNTIME_STOPPED = 2
RACE_STOPPED = 66


def _run(command, seconds):
  """The process when it has ended, or None if it is stuck."""
  return processes.run(command, seconds + PATIENCE)


def _outcome(done):
  """What came of a recipe, as members of evidence."""
  if done is None:
    return {'found': 'time-out'}
  try:
    document = json.loads(done.stdout)
  except ValueError:
    last = _last_line(done)
    # Bad usage is the trial's fault, all else is the map's.
    if done.stderr.startswith('go_trial: '):
      return {'not_run': last}
    return {'found': 'crash', 'note': last}
  return {
      'map': f"{MAP} ({document['go']})",
      'found': ', '.join(finding['kind'].replace('-', ' ')
                         for finding in document['findings']),
      'executions': document['rounds'], 'operations': document['operations'],
      'seconds': document['seconds'],
      'note': ' '.join(finding['sentence'] + '.'
                       for finding in document['findings'])}


def recipes(programs, seconds):
  """Each recipe on the real sync.Map, for `seconds` in all.

  `programs` is the folder with the build's programs.
  """
  program = programs / 'go_trial'
  share = seconds / len(RECIPES)
  for recipe, bounds in RECIPES.items():
    evidence = {'claim': '', 'leg': 'the real sync.Map', 'map': MAP,
                'bounds': bounds}
    if program.exists():
      yield {**evidence, **_outcome(_run(
          [str(program), '--recipe', recipe, '--threads', '4', '--seed', '1',
           '--seconds', str(share)], share))}
    else:
      yield {**evidence, 'not_run': 'no Go toolchain, so no go_trial'}


class Failed(Exception):
  """Why a run says nothing, in one line."""


def _last_line(done):
  return (done.stderr.strip().splitlines() or ['no answer'])[-1]


def _is_caught(done):
  """Whether the run was ended for its use of the map."""
  if done is None:
    raise Failed('a run was stuck')
  if done.returncode == 0:
    return False
  for status, words in ((RUNTIME_STOPPED, 'fatal error: concurrent map'),
                        (RACE_STOPPED, 'WARNING: DATA RACE')):
    if done.returncode == status and words in done.stderr:
      return True
  raise Failed(f'a run ended with status {done.returncode}: {_last_line(done)}')


def _catches(program, part):
  """Which Go it is, and in how many runs it catches the part."""
  version = _run([str(program), 'version'], 0)
  if version is None or version.returncode != 0:
    raise Failed(f'{program.name} does not say which Go it is')
  return version.stdout.strip(), sum(
      _is_caught(_run([str(program), part, str(seed)], 0))
      for seed in range(1, RUNS + 1))


def unlocked(programs):
  """In how many runs Go catches a map that is used without a lock."""
  for name, build in BUILDS.items():
    program = programs / name
    for part, what in UNLOCKED.items():
      evidence = {
          'claim': 'C14c', 'leg': 'inside the map', 'map': "Go's own map",
          'bounds': f'each of {RUNS} runs of a program, {build}, in which '
                    f'{what} is caught'}
      if not program.exists():
        yield {**evidence, 'not_run': f'there is no {name}: no Go toolchain, '
                                      'or none with a race detector'}
        continue
      try:
        version, caught = _catches(program, part)
      except Failed as failed:
        yield {**evidence, 'not_run': str(failed)}
        continue
      yield {**evidence, 'map': f"Go's own map ({version})",
             'happens': caught == RUNS, 'times': caught, 'executions': RUNS}
