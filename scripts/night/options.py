"""The command line of scripts/nightly."""

import argparse
import dataclasses
import os
import pathlib
import re
import shlex
import sys

FOUND, BAD_USAGE, HARNESS_ERROR = 1, 2, 3
MAX_HOURS = 168
MAX_SEED = 2**63 - 1


@dataclasses.dataclass(frozen=True)
class Options:
  """What was asked for; `seed` is None unless it was named."""
  hours: float
  shard: int
  shards: int
  out: pathlib.Path
  seed: int | None
  exchange: pathlib.Path | None

  @property
  def shard_text(self):
    return f'{self.shard}/{self.shards}'

  def command(self, seed):
    """The command that repeats a night with this seed."""
    words = ['scripts/nightly', '--hours', f'{self.hours:g}', '--out',
             str(self.out), '--seed', str(seed)]
    if self.shards > 1:
      words += ['--shard', self.shard_text]
    if self.exchange:
      words += ['--exchange', str(self.exchange)]
    return shlex.join(words)


class _Parser(argparse.ArgumentParser):
  """Says what is wrong in one line."""

  def error(self, message):
    print(f'nightly: {message}; see --help', file=sys.stderr)
    sys.exit(BAD_USAGE)


def _hours(text):
  try:
    hours = float(text)
  except ValueError:
    hours = 0
  if not 0 < hours <= MAX_HOURS:
    raise argparse.ArgumentTypeError(
        f"expected hours above 0, at most {MAX_HOURS}, found '{text}'")
  return hours


def _shard(text):
  numbers = re.fullmatch(r'(\d{1,4})/(\d{1,4})', text)
  if not numbers or not 1 <= int(numbers[1]) <= int(numbers[2]):
    raise argparse.ArgumentTypeError(
        f"expected I/N with I from 1 to N, found '{text}'")
  return int(numbers[1]), int(numbers[2])


def _seed(text):
  if not re.fullmatch(r'\d{1,19}', text) or int(text) > MAX_SEED:
    raise argparse.ArgumentTypeError(
        f"expected a number from 0 to {MAX_SEED}, found '{text}'")
  return int(text)


def _writable(parser, name, folder):
  """Makes the folder, or ends the script."""
  try:
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f'.writable-{os.getpid()}'
    probe.touch()
    probe.unlink()
  except OSError as error:
    parser.error(f"argument {name}: cannot write to the folder '{folder}': "
                 f'{error.strerror}')
  return folder.resolve()


def parse(arguments, manual, root):
  """The options; ends the script when they are wrong."""
  parser = _Parser(prog='scripts/nightly', description=manual,
                   usage=argparse.SUPPRESS, allow_abbrev=False,
                   formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--hours', type=_hours, default=8.0, metavar='H')
  parser.add_argument('--shard', type=_shard, default=(1, 1), metavar='I/N')
  parser.add_argument('--out', type=pathlib.Path,
                      default=root / 'build' / 'nightly', metavar='DIR')
  parser.add_argument('--seed', type=_seed, metavar='X')
  parser.add_argument('--exchange', type=pathlib.Path, metavar='DIR')
  found = parser.parse_args(arguments)
  out = _writable(parser, '--out', found.out)
  exchange = (_writable(parser, '--exchange', found.exchange)
              if found.exchange else None)
  return Options(found.hours, *found.shard, out, found.seed, exchange)
