"""Programs that the trial runs, which must not keep it for ever."""

import subprocess


def run(command, timeout):
  """The process when it has ended, or None if `timeout` seconds passed before."""
  try:
    return subprocess.run(command, check=False, capture_output=True, text=True,
                          timeout=timeout)
  except subprocess.TimeoutExpired:
    return None
