"""For tests: programs that behave as behaviour.json says. See fakes.py."""

import hashlib
import json
import os
import pathlib
import re
import signal
import sys

_RACE = '''==================
WARNING: ThreadSanitizer: data race (pid=1)
  Write of size 8 at 0x7b04 by thread T1:
    #0 acme::Map<int>::Store(int) /src/map.h:{line}:3 (target+0x1)
    #1 acme::Run() /src/run.cc:9:3 (target+0x2)

  Previous read of size 8 at 0x7b04 by thread T2:
    #0 acme::Map<int>::Load(int) const /src/map.h:{other}:3 (target+0x3)
    #1 acme::Run() /src/run.cc:9:3 (target+0x4)

SUMMARY: ThreadSanitizer: data race /src/map.h:{line}:3 in acme::Map<int>::Store
'''


def race_report(line, other):
  """ThreadSanitizer's report of a race, of these lines of its source."""
  return _RACE.format(line=line, other=other)


def _flag(name, default=''):
  """The value of -name=, or the default."""
  for argument in sys.argv[1:]:
    found = re.fullmatch(rf'--?{name}=(.*)', argument)
    if found:
      return found.group(1)
  return default


def _tell(words):
  sys.stderr.write(words)
  sys.stderr.flush()


def _fuzzer_found(words, status=77, name='crash'):
  """Ends as libFuzzer does with a finding."""
  _tell(words)
  _tell('==1== ERROR: libFuzzer: deadly signal\n    #0 0x1 in abort a.c:1:1\n')
  data = f'input {_flag("seed", "of a file")}'.encode()
  artifact = pathlib.Path(
      f'{_flag("artifact_prefix")}{name}-{hashlib.sha1(data).hexdigest()}')
  if artifact.parent.is_dir():
    artifact.write_bytes(data)
  _tell('stat::number_of_executed_units: 7\n')
  return status


def _merge(folders):
  """Copies all to the first folder."""
  for path in pathlib.Path(folders[1]).iterdir():
    (pathlib.Path(folders[0]) / path.name).write_bytes(path.read_bytes())


def _merge_inner():
  """The inner step of a merge: letters are features, and `!` is a crash."""
  control = pathlib.Path(_flag('merge_control_file'))
  lines = control.read_text().splitlines()
  paths = lines[2:2 + int(lines[0])]
  begun = [line for line in lines if line.startswith('STARTED')]
  seen = {word for line in lines if line.startswith('FT')
          for word in line.split()[2:]}
  with control.open('a') as file:
    for number in range(len(begun), len(paths)):
      text = pathlib.Path(paths[number]).read_text()
      file.write(f'STARTED {number} {len(text)}\n')
      file.flush()
      if '!' in text:
        return _fuzzer_found('wrong\n')
      new = sorted({str(ord(letter)) for letter in text} - seen)
      seen.update(new)
      file.write(' '.join(['FT', str(number), *new]) + '\n')
      file.write(' '.join(['COV', str(number), *new[:1]]) + '\n')
  return 0


def _fuzz(target, behaviour):
  """A libFuzzer target; its exit status."""
  if _flag('merge_inner'):
    return _merge_inner()
  paths = [argument for argument in sys.argv[1:] if argument[0] != '-']
  if _flag('merge'):
    _merge(paths)
    return 0
  if _flag('minimize_crash'):
    pathlib.Path(_flag('exact_artifact_path')).write_bytes(b'i')
    return 0
  if target == 'canary' or ':' in _flag('map'):
    if behaviour == 'silent':
      return 0
    return _fuzzer_found('lost Store\nThread 1\'s Load(1) found key 1 absent\n'
                         'ThreadSanitizer: data race, AddressSanitizer: too\n')
  if behaviour == 'crash':
    return _fuzzer_found(f'wrong order\nat {_flag("seed")}\n')
  if behaviour == 'race':
    line = int(_flag('seed', '1')) % 50
    return _fuzzer_found(race_report(line, line + 7))
  if behaviour == 'slow input':
    return _fuzzer_found('ALARM: working on the last Unit\n', 70, 'timeout')
  if behaviour == 'unknown':
    _tell('cannot open shared object file\n')
    return 127
  if behaviour == 'hang':
    signal.pause()
  if behaviour == 'eat':
    eaten = bytearray(256 * 2**20)
    eaten[::4096] = b'x' * len(eaten[::4096])
    signal.pause()
  if paths and pathlib.Path(paths[0]).is_dir():
    data = _flag('seed').encode()
    name = hashlib.sha1(data).hexdigest()
    (pathlib.Path(paths[0]) / name).write_bytes(data)
  _tell('#2\tINITED cov: 10 ft: 20 corp: 3/9b exec/s: 0 rss: 30Mb\n'
        '#99\tDONE   cov: 12 ft: 25 corp: 4/9b lim: 4096 exec/s: 9 rss: 31Mb\n'
        'stat::number_of_executed_units: 99\nstat::peak_rss_mb: 31\n')
  return 0


def _write_finding(kind, program):
  """What mortsafe writes; the folder."""
  folder = pathlib.Path(_flag_after('--out')) / kind
  folder.mkdir(parents=True, exist_ok=True)
  (folder / 'meta.json').write_text(json.dumps({'kind': kind}))
  (folder / 'program.txt').write_text(program)
  (folder / 'input').write_bytes(b'small')
  return folder


def _flag_after(name):
  return sys.argv[sys.argv.index(name) + 1]


def _minimize(behaviour):
  """`mortsafe minimize`; its exit status."""
  if behaviour in ('nothing', 'unreadable', 'broken'):
    _tell('' if behaviour == 'nothing' else 'mortsafe: no such thing\n')
    return {'nothing': 0, 'unreadable': 2, 'broken': 3}[behaviour]
  if behaviour == 'hang':
    progress = pathlib.Path(_flag_after('--resume'))
    progress.mkdir()
    (progress / 'meta.json').write_text('{"kind": "wrong-order"}')
    signal.pause()
  folder = _write_finding(behaviour or 'wrong-order',
                          'initial:\nthread 1: Load(3)\n')
  (folder / 'regression_test.cc').write_text('// A test.')
  print(f'Replay it\n  build/release/bin/mortsafe replay {folder}')
  return 1


def _mortsafe(behaviour):
  """The program mortsafe; its exit status."""
  command = sys.argv[1]
  if command == 'replay':
    return 1 if behaviour == 'crash' else 0
  if command == 'minimize':
    return _minimize(behaviour)
  if command == 'show':
    if behaviour == 'named':
      print('map: named-map')
    print('thread 1: Load(7)\nschedule: none')
    return 0
  document = {'executions': 5, 'seconds': 0.1, 'findings': []}
  if command == 'verify':
    document |= {'done': 1.0, 'complete': True}
  if behaviour == 'crash':
    seed = int(_flag_after('--seed')) if '--seed' in sys.argv else 1
    folder = _write_finding(
        'lost-store', f'initial: Store({seed % 7}, {seed})\n'
                      f'thread 1: Load({seed % 7})\n')
    document['findings'].append({'kind': 'lost-store', 'folder': str(folder)})
  print(json.dumps(document))
  return 1 if document['findings'] else 0


def main():
  program = pathlib.Path(sys.argv[0])
  preset, target = program.parts[-3], program.name
  everything = json.loads(pathlib.Path('behaviour.json').read_text())
  if target == 'mortsafe':
    behaviour = everything.get(f'mortsafe {sys.argv[1]} {preset}',
                               everything.get(f'mortsafe {sys.argv[1]}'))
    status = _mortsafe(behaviour)
  elif target == 'regressions_test':
    _tell('[==========] 3 tests from 1 test suite ran.\n')
    status = 0
  else:
    behaviour = everything.get(f'{target} {preset}', everything.get(target))
    status = _fuzz(target, behaviour)
  with open('commands.txt', 'a', encoding='utf-8') as file:
    file.write(' '.join([preset, target, *sys.argv[1:]]) + '\n')
  with open('calls.txt', 'a', encoding='utf-8') as file:
    file.write(f'{target} {preset} {_flag("seed")}\n')
  sys.stderr.flush()
  sys.stdout.flush()
  os._exit(status)
