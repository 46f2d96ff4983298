"""Makes inputs smaller: programs by mortsafe, all others by libFuzzer.

Whatever a kill leaves is taken up by the next call with the same folder.
`run(command, log, limits)` runs a program, as night.process does.
"""

import re
import shutil

from night.process import Limits

# What `mortsafe minimize` may take before it settles for what there is.
MORTSAFE_SECONDS = 30
# A step of libFuzzer's, which looks for one smaller input, has so many tries,
# and the same each time; the seconds are for targets that are slow.
FUZZER_RUNS = 100_000
FUZZER_SECONDS = 30


def with_mortsafe(run, program, given, log, *, out, name='', resume=None,
                  seconds=MORTSAFE_SECONDS):
  """`mortsafe minimize` of a build; how it ended.

  `given` is an input, of the map `name`, or a finding. With `resume`, a folder,
  it goes on after a kill.
  """
  command = [program, 'minimize', given]
  if name:
    command += ['--map', name]
  if resume:
    command += ['--resume', resume]
  return run([*command, '--out', out], log, Limits(2 * seconds, stop_after=seconds))


def folder_told(output):
  """The finding's folder, as mortsafe names it to those who replay it, or ''."""
  told = re.findall(r'^ *\S*mortsafe\S* replay (.+)$', output, re.M)
  return told[-1] if told else ''


def with_fuzzer(run, command, given, folder, shows):
  """libFuzzer's minimisation; the path of a smaller input, or None.

  `command` is the target with its flags. libFuzzer does not look at what it is
  that still fails: `shows(ended)` says whether it is the same.
  """
  smaller, start = folder / 'smaller', folder / 'start'
  going_on = _is_some(smaller) and _still(run, command, smaller, folder, shows)
  shutil.copyfile(smaller if going_on else given, start)
  run([*command, '-minimize_crash=1', '-seed=1', f'-runs={FUZZER_RUNS}',
       f'-max_total_time={FUZZER_SECONDS}', f'-exact_artifact_path={smaller}',
       start], folder / 'minimize.log', Limits(4 * FUZZER_SECONDS))
  if not _is_some(smaller):
    return None
  return smaller if _still(run, command, smaller, folder, shows) else None


def _is_some(path):
  return path.exists() and path.stat().st_size > 0


def _still(run, command, path, folder, shows):
  ended = run([*command, path], folder / 'smaller.log', Limits(FUZZER_SECONDS))
  return shows(ended)
