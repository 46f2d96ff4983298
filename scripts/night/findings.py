"""Keeps what turns find: DIR/findings/NAME, a folder for each that differs.

A finding is minimised first, where somebody can: inputs of program_schedule by
`mortsafe minimize`, which keeps what they show, in the first build that shows
it; those of other targets by libFuzzer, for a bounded time. Then it is folded
with those that are equal: same target, map and kind, and same shape (shapes.py).
How often it was found is counted in the journal, and nowhere else.

A folder has the `input`, what was printed (`output.txt`), `finding.json`, and
what mortsafe writes of it, such as `report.html`. It appears with all of that in
it, or not at all.
"""

import hashlib
import json
import shlex
import shutil

from night import shapes, smaller

_SANITIZED = {'fuzz-asan': 'asan', 'fuzz-tsan': 'tsan'}


def name_of(turn, candidate):
  """The name of the folder, equal for those that are equal."""
  who = candidate.map.replace(':', '-') or turn.target
  what = f'{turn.target}/{candidate.map}/{candidate.kind}/{candidate.shape}'
  digest = hashlib.sha1(what.encode()).hexdigest()[:8]
  parts = [turn.target] if who == turn.target else [turn.target, who]
  return '-'.join([*parts, candidate.kind, digest])


class Findings:
  """What is kept under a folder.

  `run(command, log, limits)` runs a program; `build(preset)` builds mortsafe
  and says whether it could.
  """

  def __init__(self, folder, run, build):
    self.folder = folder
    self._run = run
    self._build = build

  def about(self, name):
    """What finding.json says, or None."""
    try:
      return json.loads((self.folder / name / 'finding.json').read_text())
    except (OSError, ValueError):
      return None

  def keep(self, turn, candidate, place, command, minimise):
    """Keeps a candidate; its name. Raises OSError."""
    report = candidate.report
    if minimise and candidate.input and not candidate.folder:
      # Unless an equal one was kept, as large as it was or smaller.
      if not (self.folder / name_of(turn, candidate)).exists():
        self._minimise(turn, candidate, place)
    name = name_of(turn, candidate)
    if (self.folder / name).exists():
      return name
    made = place.scratch / 'kept'
    shutil.rmtree(made, ignore_errors=True)
    if candidate.folder:
      shutil.copytree(candidate.folder, made)
    else:
      made.mkdir(parents=True)
    if candidate.input and not (made / 'input').exists():
      shutil.copyfile(candidate.input, made / 'input')
    (made / 'output.txt').write_text(_shortened(report))
    about = {'name': name, 'kind': candidate.kind, 'shape': candidate.shape,
             'target': turn.target, 'preset': turn.preset,
             'map': candidate.map, 'seed': turn.seed, 'bounds': turn.bounds,
             'command': command,
             'replay': self._replay(turn, candidate, place, name) or command}
    (made / 'finding.json').write_text(json.dumps(about, indent=1) + '\n')
    self.folder.mkdir(parents=True, exist_ok=True)
    try:
      made.rename(self.folder / name)
    except OSError:
      # Another turn was faster with an equal one.
      if not (self.folder / name).exists():
        raise
    return name

  def _replay(self, turn, candidate, place, name):
    """The command that shows the finding again, if there is an input."""
    kept = self.folder / name
    if candidate.folder:
      if not (candidate.folder / 'input').exists():
        return ''  # Of real threads.
      preset = candidate.minimised_in or turn.preset
      return shlex.join([place.program(preset, 'mortsafe'), 'replay',
                         str(kept)])
    if not candidate.input:
      return ''
    flags = [f'--map={candidate.map}'] if candidate.map else []
    return shlex.join([place.program(turn.preset, turn.target), *flags,
                       str(kept / 'input')])

  def _minimise(self, turn, candidate, place):
    """Makes the candidate smaller, if anybody can."""
    if turn.target == 'program_schedule':
      for preset in ('release', _SANITIZED.get(turn.preset)):
        if preset and self._with_mortsafe(preset, candidate, place):
          return
    self._with_fuzzer(turn, candidate, place)

  def _with_mortsafe(self, preset, candidate, place):
    """Takes over what `mortsafe minimize` of a build writes, if it sees it."""
    if not candidate.map or not self._build(preset):
      return False
    out = place.scratch / f'minimized-{preset}'
    shutil.rmtree(out, ignore_errors=True)
    smaller.with_mortsafe(self._run, place.program(preset, 'mortsafe'),
                          candidate.input, place.scratch / 'minimize.log',
                          out=out, name=candidate.map)
    for folder in sorted(out.glob('*/meta.json')):
      kind = shapes.kind_of_folder(folder.parent)
      # Else it is something else, which another build sees later, or never. A
      # crash is what mortsafe has no better name for.
      if candidate.kind == 'crash':
        candidate.kind = kind
      if kind not in (candidate.kind, 'crash'):
        return False
      candidate.folder = folder.parent
      candidate.minimised_in = preset
      candidate.shape = shapes.of_folder(folder.parent, candidate.kind)
      return True
    return False

  def _with_fuzzer(self, turn, candidate, place):
    """libFuzzer's own minimisation, which may lose what was found for another."""
    flags = [f'--map={candidate.map}'] if candidate.map else []
    found = smaller.with_fuzzer(
        self._run, [place.program(turn.preset, turn.target), *flags],
        candidate.input, place.scratch,
        lambda ended: (
            ended.status and
            shapes.kind_of_report(ended.output) == candidate.kind and
            shapes.of_report(ended.output) == candidate.shape))
    if found:
      candidate.input = found


def _shortened(report):
  """A report without libFuzzer's progress."""
  lines = [line for line in report.splitlines(keepends=True)
           if not line.startswith(('#', '\tNEW_FUNC', 'INFO: '))]
  return ''.join(lines[-2000:])
