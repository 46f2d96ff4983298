"""The command mortsafe-state."""

import re

import gdb

from mortsafe_gdb import read_dirty, text

_OPTION = re.compile(
    r'\s*(?:(?P<json>--json)|--output\s+(?:"(?P<quoted>[^"]+)"|(?P<file>\S+))'
    r"|(?P<end>--))(?:\s+|$)")
_USAGE = "usage: mortsafe-state [--json] [--output FILE] EXPRESSION"


class MortsafeState(gdb.Command):
    """Show the inner state of a mortsafe::ReadDirtyMap.

Usage: mortsafe-state [--json] [--output FILE] EXPRESSION

EXPRESSION is a map, or a pointer or reference to one. Prints a line for each
key: which tables have it, the state of its entry (value, nil, expunged;
marked is a value to be taken for deleted), and the value; then whether `read`
is amended, the misses, and who holds the lock.

With --json, prints what ReadDirtyMap::StateJson() returns in the program;
with --output, writes that to FILE.

Reads memory and calls nothing in the program: works on core files, and while
another thread is in the middle of an operation, whose tables are shown as they
are, with a note of what does not fit together."""

    def __init__(self):
        super().__init__("mortsafe-state", gdb.COMMAND_DATA,
                         gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        """Called by gdb."""
        del from_tty
        as_json, file_name, expression = _parse(argument)
        try:
            with gdb.with_parameter("may-call-functions", False):
                state = read_dirty.State(_map_of(expression))
                as_text = (text.to_json(state) + "\n" if as_json
                           else text.table(state))
        except gdb.error as error:
            # One line, and no traceback.
            raise gdb.GdbError(" ".join(str(error).split())) from None
        if file_name is None:
            gdb.write(as_text)
        else:
            _write(file_name, as_text)


def _parse(argument):
    """Returns whether JSON is wanted, the file or None, and the expression."""
    as_json = False
    file_name = None
    options = True
    while options and (option := _OPTION.match(argument)):
        argument = argument[option.end():]
        if option["end"]:
            options = False
        else:
            as_json = True
            file_name = option["quoted"] or option["file"] or file_name
    expression = argument.strip()
    if not expression or (options and expression.startswith("--")):
        raise gdb.GdbError(_USAGE)
    return as_json, file_name, expression


def _map_of(expression):
    """The parts of the map that the expression stands for."""
    value = gdb.parse_and_eval(expression)
    if value.type.strip_typedefs().code in (gdb.TYPE_CODE_REF,
                                            gdb.TYPE_CODE_RVALUE_REF):
        value = value.referenced_value()
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
        value = value.dereference()
    if not read_dirty.is_map(value.type):
        raise gdb.GdbError(
            f"{expression} is no mortsafe::ReadDirtyMap, but of type "
            f"{value.type}")
    if value.is_optimized_out:
        raise gdb.GdbError(f"{expression} is optimized out")
    return read_dirty.ReadDirtyMap(value)


def _write(file_name, content):
    try:
        with open(file_name, "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise gdb.GdbError(f"{file_name}: {error.strerror}") from None


def register():
    """Makes the command known to gdb, in place of that of last time."""
    MortsafeState()
