"""Folders of inputs: what is in them, names by content, and replacing one at once.

libFuzzer names inputs by the SHA-1 of what is in them; those that people named
have any other name.
"""

import ctypes
import errno
import hashlib
import os
import re
import shutil

# Of a temporary name: libFuzzer's names are hexadecimal.
_TEMPORARY = '.tmp-'
# Of renameat2 (linux/fs.h, fcntl.h).
_AT_FDCWD, _EXCHANGE = -100, 2


def inputs(folder):
  """The names of the inputs in a folder."""
  try:
    return {entry.name for entry in os.scandir(folder)
            if entry.is_file() and not entry.name.startswith('.')}
  except FileNotFoundError:
    return set()


def name_of(data):
  """The name that libFuzzer gives an input."""
  return hashlib.sha1(data).hexdigest()


def is_named_by_hand(name):
  """Whether a person gave an input its name."""
  return not re.fullmatch('[0-9a-f]{40}', name)


def copy(source, folder):
  """Copies an input under the name of its content; that name."""
  data = source.read_bytes()
  name = name_of(data)
  temporary = folder / f'{_TEMPORARY}{os.getpid()}-{name}'
  try:
    temporary.write_bytes(data)
    temporary.rename(folder / name)
  finally:
    temporary.unlink(missing_ok=True)
  return name


def exchange(first, second):
  """Exchanges the names of two folders at once; False where that cannot be."""
  try:
    renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
  except AttributeError:
    return False
  status = renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD,
                     os.fsencode(second), _EXCHANGE)
  if not status:
    return True
  number = ctypes.get_errno()
  if number in (errno.ENOSYS, errno.EINVAL):
    return False
  raise OSError(number, os.strerror(number), str(second))


def replace(folder, by, old):
  """Puts the folder `by` in the place of `folder`. A kill leaves one of the two.

  Where names cannot be exchanged, a kill may leave the folder under the name
  `old`: repair() puts that right. All on one file system. Raises OSError.
  """
  if exchange(by, folder):
    shutil.rmtree(by, ignore_errors=True)
    return
  folder.rename(old)
  by.rename(folder)
  shutil.rmtree(old, ignore_errors=True)


def repair(folder, old):
  """Puts right what a kill within replace() left. Raises OSError."""
  if old.exists() and not folder.exists():
    old.rename(folder)
  shutil.rmtree(old, ignore_errors=True)
