"""Holds what gdb shows of state_example's maps against what that says itself.

Run inside gdb by state_test, in a folder of its own, with the program and then
with the core file that the first run left there:

  gdb -ex 'source state_check.py' -ex 'python run(check_live)' PROGRAM
  gdb -ex 'source state_check.py' -ex 'python run(check_core)' PROGRAM core

Prints each difference; ends gdb with status 1 if there is one.
"""

import os
import re
import traceback

import gdb

# The file of what the program prints, a line "NAME JSON" for each map.
FOLDER = os.path.dirname(os.path.abspath(__file__))
SAID = "said"
NAMES = ["empty", "unamended", "amended", "deleted", "cleared", "strings",
         "points", "marked", "copied", "promoted"]
CORE = "core"
EXPORT = "exported.json"
# Told in both forms, for people to compare.
TOLD = "deleted"

# Commands, and what their output must match. At the last stop, and in the core.
SHOWN = (
    ("mortsafe-state maps->deleted", r"""key  read  dirty  entry     value
0    yes   no     expunged
1    yes   no     expunged
2    yes   yes    nil
3    yes   yes    value     103
4    yes   yes    value     104
5    no    yes    value     105
6    no    yes    nil

read     5 entries
amended  yes
dirty    5 entries
misses   1
mutex    free
"""),
    ("mortsafe-state &maps->promoted", r"""key  read  dirty  entry  value
1    yes   no     value  10
1    no    yes    value  10
2    yes   no     value  20
2    no    yes    value  20

read     2 entries
amended  no
dirty    2 entries
misses   0
mutex    held by thread \d+ \(LWP \d+\)
"""),
    ("mortsafe-state maps->strings", r'''(?s).*
"quoted" +yes   no     value  "a \\"word\\" and a \\\\"
.*'''),
    ("print maps->amended", r"\$\d+ = mortsafe::ReadDirtyMap: read 3 entries, "
     r"amended, dirty 5 entries, misses 1\n"),
    ("print maps->empty", r"\$\d+ = mortsafe::ReadDirtyMap: read 0 entries, "
     r"not amended, dirty none, misses 0\n"),
    ("print maps->deleted.dirty_->entries",
     r"(?s)\$\d+ = \{.*size_ = 5.*"),
    ("print *maps->deleted.dirty_", r"\$\d+ = table of 5 = \{.*"
     r"\[3\] = value 103.*\}\n"),
    ("print maps->copied.mutex_", r"\$\d+ = held by thread \d+ \(LWP \d+\)\n"),
    ("print maps->empty.mutex_", r"\$\d+ = free\n"),
    # The standard library's own printer may be there.
    ("print maps->cleared.read_",
     r"\$\d+ = (std::atomic<.*> = \{ )?0x[0-9a-f]+( \})?\n"),
    ("mortsafe-state", "error: usage: mortsafe-state .*"),
    ("mortsafe-state --json", "error: usage: mortsafe-state .*"),
    ("mortsafe-state --output", "error: usage: mortsafe-state .*"),
    ("mortsafe-state --bogus maps->empty", "error: usage: mortsafe-state .*"),
    ("mortsafe-state absent", 'error: No symbol "absent" in current context.'),
    ("mortsafe-state 1 + 1",
     r"error: 1 \+ 1 is no mortsafe::ReadDirtyMap, but of type int"),
    ("mortsafe-state maps", "error: maps is no mortsafe::ReadDirtyMap, but .*"),
    # The last map that could begin before all memory.
    ("mortsafe-state &maps->empty - (long) &maps->empty / sizeof maps->empty",
     "error: Cannot access memory at address 0x.*"),
    ("mortsafe-state maps->empty.StateJson()",
     "error: Cannot call functions in the program: may-call-functions is off.|"
     "error: Cannot evaluate function -- may be inlined"),
    ("mortsafe-state --output absent/file maps->empty",
     "error: absent/file: No such file or directory"),
)


class Check:
    """Counts comparisons and keeps the differences."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def equal(self, what, seen, expected):
        """Compares byte for byte."""
        self._note(seen == expected, what, seen, expected)

    def matches(self, what, seen, pattern):
        """Compares with a regular expression for all of it."""
        self._note(re.fullmatch(pattern, seen), what, seen, pattern)

    def _note(self, good, what, seen, expected):
        self.count += 1
        if not good:
            self.failed += 1
            print(f"{what}\n  expected: {expected!r}\n  but was:  {seen!r}")


def output_of(command):
    """What a command prints, or "error: " and why it failed."""
    try:
        return gdb.execute(command, to_string=True)
    except gdb.error as error:
        return f"error: {error}"


def said():
    """What the program has said so far, as pairs of a name and JSON."""
    with open(SAID, encoding="utf-8") as file:
        return [tuple(line.rstrip("\n").split(" ", 1)) for line in file]


def check_all(check):
    """Everything that is to be seen once all maps are ready."""
    check.equal("names", [name for name, _ in said()], NAMES)
    for name, json in said():
        shown = output_of(f"mortsafe-state --json maps->{name}")
        check.equal(name, shown, json + "\n")
        if name == TOLD:
            print(f"the map says: {json}")
            print(f"gdb shows: {shown.rstrip()}")
    for command, pattern in SHOWN:
        check.matches(command, output_of(command), pattern)


def check_exported(check, name, json):
    """The map where the program has stopped, written to a file."""
    with open(EXPORT, "w", encoding="utf-8"):
        pass  # Nothing may be left of the map before.
    check.equal(name, output_of(f"mortsafe-state --output {EXPORT} map"), "")
    with open(EXPORT, encoding="utf-8") as file:
        check.equal(name, file.read(), json + "\n")


def check_broken(check):
    """A table that counts wrong, or lies nowhere, is shown as far as it goes."""
    table = "maps->unamended.dirty_"
    gdb.execute("set var $old = maps->unamended.dirty_")
    gdb.execute("set var maps->unamended.dirty_ = maps->deleted.dirty_")
    entries = f"{table}->entries.value_"
    for member, wrong, note in (
            ("size_", "9", "it counts 9, but has room for 8"),
            ("cells_", "1", "Cannot access memory at address 0x.*")):
        gdb.execute(f"set var $right = {entries}.{member}")
        gdb.execute(f"set var {entries}.{member} = {wrong}")
        check.matches(note, output_of("mortsafe-state --json maps->unamended"),
                      rf'\{{"read":.*,"notes":\["dirty: {note}"\]\}}\n')
        check.matches(note, output_of(f"print *{table}"), r"(?s)\$\d+ = .*")
        gdb.execute(f"set var {entries}.{member} = $right")
    gdb.execute("set var maps->unamended.dirty_ = $old")


def check_live(check):
    """Runs the program; looks at each map at its stop, and at all at the
    last."""
    gdb.execute("set disable-randomization off")
    gdb.execute("break Ready")
    gdb.execute(f"run > {SAID}")
    while gdb.selected_inferior().pid != 0:
        name, json = said()[-1]
        check_exported(check, name, json)
        if name == NAMES[-1]:
            check_all(check)
            gdb.execute(f"generate-core-file {CORE}")
            check_broken(check)
        gdb.execute("continue")
    check.equal("exit status", int(gdb.convenience_variable("_exitcode")), 0)


def check_core(check):
    """Looks at all maps in the core file."""
    check_all(check)


def run(part):
    """Runs one of the two, and ends gdb."""
    status = 1
    try:
        gdb.execute("set pagination off")
        gdb.execute("set width 0")
        gdb.execute(f"source {FOLDER}/mortsafe.py")
        check = Check()
        part(check)
        print(f"{check.count} comparisons, {check.failed} differences")
        status = 1 if check.failed else 0
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()
    gdb.execute(f"quit {status}")
