"""What equal findings have in common.

A witness of a history has the shape of its program, with names of keys, values
and threads left out; a sanitizer's report that of its stacks; another target's
words are told apart by all but their numbers.
"""

import itertools
import json
import re

# As many frames as tell one place from another; deeper ones are the harness's.
_FRAMES = 4
# All orders of more threads than these are too many to try.
_MAX_PERMUTED = 5

_SUMMARY = re.compile(
    r'^SUMMARY: (Thread|Address|Leak|Memory|UndefinedBehavior)Sanitizer: (.*)$',
    re.M)
# The words of the sanitizers for what Mortsafe has names for.
_KINDS = {'heap-use-after-free': 'use-after-free',
          'attempting double-free': 'double-free', 'double-free': 'double-free',
          'data race on vptr': 'data-race', 'data race': 'data-race',
          'undefined-behavior': 'undefined-behaviour'}


def slug(words):
  """The words in small letters, joined."""
  return re.sub(r'[^a-z0-9]+', '-', words.lower()).strip('-')


def _sanitizer_kind(summary):
  """The kind that a sanitizer's summary names, up to where it was."""
  for words, kind in _KINDS.items():
    if summary.startswith(words):
      return kind
  return slug(re.split(r'\s+[/(<]|\s+in\s|\s+\S+:\d', summary)[0]) or 'crash'


def _told(output):
  """What a target told before it aborted: the lines before the signal."""
  lines = []
  for line in output.splitlines():
    if re.match(r'==\d+==\s*ERROR: libFuzzer', line):
      return lines
    if re.match(r'#\d+\t|\tNEW_FUNC|INFO: |==\d+==|Running: |==+$', line):
      lines = []
    elif line.strip() and not re.match(
        r'False positive error reports|For details see', line):
      lines.append(line)
  return []


def kind_of_report(output):
  """The kind that a target's output names, as a slug."""
  summary = _SUMMARY.search(output)
  if summary:
    return _sanitizer_kind(summary.group(2))
  told = _told(output)
  if told:
    return slug(re.sub(r'[0-9]+', '', told[0]))[:48].strip('-') or 'crash'
  return 'crash'


def map_of_report(output):
  """The map that a target names when it says how to see it again, or ''."""
  named = re.search(r'^  mortsafe .*--map (\S+)', output, re.M)
  return named.group(1) if named else ''


def _without_arguments(name):
  """A function's name without template arguments, parameters and return type."""
  depth = 0
  kept = []
  for letter in name.replace('operator<', 'operator_').replace('->', '  '):
    if letter in '<(':
      depth += 1
    elif letter in '>)':
      depth -= 1
    elif depth <= 0:
      kept.append(letter)
  words = ''.join(kept).split()
  words = [word for word in words if word not in ('const', '&', '*')]
  return words[-1] if words else ''


def _stacks(report):
  """The functions of each stack of a report, innermost first."""
  stacks = []
  for number, name in re.findall(r'^\s+#(\d+) (?:0x[0-9a-f]+ in )?(.*)$',
                                 report, re.M):
    # What follows the name is where it is.
    name = re.split(r'\s(?:/|\(|<null>|[\w.]+\.(?:cc?|h|cpp):)', name)[0]
    if number == '0':
      stacks.append([])
    if stacks:
      stacks[-1].append(_without_arguments(name))
  return stacks


def _is_ours(function):
  """Whether a frame says something: those of the run times do not."""
  return bool(function) and not re.match(
      r'(__(t|a|ub)san|__sanitizer|__interceptor|operator|malloc|free|mem|'
      r'std::)',
      function)


def of_report(output):
  """The shape of what a fuzz target printed."""
  begin = re.search(r'^(WARNING: |==\d+==\s*ERROR: )(Thread|Address)Sanitizer',
                    output, re.M)
  if begin:
    stacks = [[name for name in stack if _is_ours(name)][:_FRAMES]
              for stack in _stacks(output[begin.start():])[:2]]
    # Of two accesses that race neither is the first.
    return ' | '.join(sorted(' '.join(stack) for stack in stacks))
  undefined = re.search(r'^(\S+?):\d+:\d+: runtime error: (.*)$', output, re.M)
  if undefined:
    return re.sub(r'[0-9]+', '#', ' '.join(undefined.groups()))
  return re.sub(r'[0-9]+', '#', ' '.join(_told(output)[:1]))


def _renamed(operations):
  """The operations with keys and values numbered as they appear."""
  keys, values = {}, {}
  text = []
  for name, arguments in operations:
    if name != 'Range' and arguments:
      key = keys.setdefault(arguments[0], f'k{len(keys)}')
      rest = [values.setdefault(each, f'v{len(values)}')
              for each in arguments[1:]]
      arguments = [key, *rest]
    text.append(f'{name}({",".join(arguments)})')
  return text


def of_program(text):
  """A program, "initial: …", "thread 1: …", without names of anything."""
  parts = {}
  for line in text.splitlines():
    head, _, operations = line.partition(':')
    parts[head.strip()] = [
        (name, [each.strip() for each in arguments.split(',') if each.strip()])
        for name, arguments in re.findall(r'(\w+)\(([^)]*)\)', operations)]
  initial = parts.pop('initial', [])
  threads = list(parts.values())
  orders = (itertools.permutations(threads)
            if len(threads) <= _MAX_PERMUTED else
            [sorted(threads, key=str)])
  shapes = []
  for order in orders:
    names = iter(_renamed([each for part in (initial, *order)
                           for each in part]))
    shapes.append(' | '.join(
        ' '.join(next(names) for _ in part) for part in (initial, *order)))
  return min(shapes)


def of_folder(folder, kind):
  """The shape of a finding that mortsafe wrote."""
  if not folder:
    return kind
  try:
    return of_program((folder / 'program.txt').read_text())
  except OSError:
    return kind  # Of real threads, whose histories are never the same.


def kind_of_folder(folder):
  """The kind that mortsafe says a finding is of, or ''."""
  try:
    return json.loads((folder / 'meta.json').read_text())['kind']
  except (OSError, ValueError, KeyError):
    return ''
