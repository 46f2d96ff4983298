"""Runs a command, and ends its process group when the night is gone.

Usage: guard.py LIFELINE COMMAND...

LIFELINE is the reading end of a pipe whose other end the night holds: it is at
its end when the night is, however that ended, also by a SIGKILL that no handler
sees. Children have a group of their own, which a SIGKILL of the night's group
does not reach, so somebody must. Leads that group; ends as the command did.
"""

import os
import resource
import signal
import sys
import threading


def _end_with(lifeline):
  """Waits for the end of the night, and ends the group."""
  while os.read(lifeline, 1):
    pass
  os.killpg(0, signal.SIGKILL)


def main():
  lifeline = int(sys.argv[1])
  os.set_inheritable(lifeline, False)
  # What a person or the night tells the group, the command decides about.
  for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: None)
  try:
    child = os.posix_spawnp(
        sys.argv[2], sys.argv[2:], os.environ,
        setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGPIPE,
                   signal.SIGXFSZ])
  except OSError as error:
    print(f'{sys.argv[2]}: {error.strerror}', file=sys.stderr)
    return 127
  threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
  status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
  if status < 0:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if -status not in (signal.SIGKILL, signal.SIGSTOP):
      signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
  return status


if __name__ == '__main__':
  # Without the interpreter's own end, which would wait for nothing of use.
  os._exit(main())
