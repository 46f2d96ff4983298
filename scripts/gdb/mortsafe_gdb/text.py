"""The state of a read/dirty map as a table and as JSON, byte for byte the JSON
of maps/read_dirty_state.h where keys and values are integers.

What that does not have: values of other types are {"value":"TEXT"}, so that a
string "nil" is not taken for a deleted key; entries that cannot be read are
"unreadable"; and "notes", present only if there are any, lists what does not
fit together in memory.
"""

import json

import gdb

from mortsafe_gdb import layout


def shown(value):
    """A key or value as text: numbers and strings as they are."""
    try:
        if layout.is_integer(value.type):
            return str(int(value))
        if layout.is_string(value.type):
            return layout.string_bytes(value).decode(errors="backslashreplace")
        return value.format_string()
    except gdb.error:
        return "<unreadable>"


def quoted(value):
    """The same for a line of text: strings in quotes."""
    text = shown(value)
    return json.dumps(text) if layout.is_string(value.type) else text


def entry_text(entry):
    """A read_dirty.Entry: "value 10", "nil"."""
    if entry.value is None:
        return entry.state
    return f"{entry.state} {quoted(entry.value)}"


def mutex_text(mutex):
    """Who holds a mutex of the seam, native or modelled."""
    if layout.type_name(mutex.type) == "std::mutex":
        return _native_mutex_text(mutex)
    holder = mutex["state_"]
    if int(holder["holders"]) != 0:
        return f"held by thread {int(holder['owner'])} of an execution"
    return _native_mutex_text(mutex["native_"])


def _native_mutex_text(mutex):
    data = mutex["_M_mutex"]["__data"]
    if int(data["__lock"]) == 0:
        return "free"
    owner = int(data["__owner"])
    for thread in gdb.selected_inferior().threads():
        if thread.ptid[1] == owner:
            return f"held by thread {thread.num} (LWP {owner})"
    # Taken, but its owner has not signed yet; or gone.
    return f"held by LWP {owner}" if owner != 0 else "held"


def summary(map_):
    """A map in a line. Takes a read_dirty.ReadDirtyMap."""
    read = "none" if map_.read is None else _count(map_.read)
    dirty = "none" if map_.dirty is None else _count(map_.dirty)
    amended = "amended" if map_.amended else "not amended"
    return f"read {read}, {amended}, dirty {dirty}, misses {map_.misses}"


def _count(table):
    return "1 entry" if table.count == 1 else f"{table.count} entries"


def table(state):
    """The state as lines for people."""
    lines = [("key", "read", "dirty", "entry", "value")]
    for row in state.rows:
        dirty = "no" if row.own_of_dirty else _yes(row.in_dirty)
        lines.append(_line(row.key, _yes(row.in_read), dirty, row.entry))
        if row.own_of_dirty:
            lines.append(_line(row.key, "no", "yes", row.own_of_dirty))
    return _aligned(lines) + "\n" + _footer(state)


def _yes(flag):
    return "yes" if flag else "no"


def _line(key, read, dirty, entry):
    value = "" if entry.value is None else quoted(entry.value)
    return (quoted(key), read, dirty, entry.state, value)


def _aligned(lines):
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths))
        .rstrip() + "\n" for line in lines)


def _footer(state):
    map_ = state.map
    lines = [
        ("read", "none" if map_.read is None else _count(map_.read)),
        ("amended", _yes(map_.amended)),
        ("dirty", "none" if map_.dirty is None else _count(map_.dirty)),
        ("misses", str(map_.misses)),
        ("mutex", mutex_text(map_.mutex)),
    ]
    lines += [("note", note) for note in state.notes]
    return _aligned(lines)


def to_json(state):
    """The state as JSON, without an end of line."""
    read = []
    dirty = []
    for row in state.rows:
        key = json.dumps(shown(row.key))
        if row.in_read:
            read.append(f"{key}:{_entry_json(row.entry)}")
        if row.own_of_dirty is not None:
            own = _entry_json(row.own_of_dirty)
            dirty.append(f'{key}:{{"own":{own}}}')
        elif row.in_dirty:
            dirty.append(f"{key}:{_entry_json(row.entry)}")
    map_ = state.map
    members = [
        '"read":' + _object(read),
        '"amended":' + json.dumps(map_.amended),
        '"dirty":' + ("null" if map_.dirty is None else _object(dirty)),
        '"misses":' + str(map_.misses),
    ]
    if state.notes:
        members.append('"notes":' + json.dumps(state.notes))
    return _object(members)


def _object(members):
    return "{" + ",".join(members) + "}"


def _entry_json(entry):
    if entry.value is None:
        return json.dumps(entry.state)
    text = shown(entry.value)
    if not layout.is_integer(entry.value.type):
        text = json.dumps(text)
    elif entry.state == "value":
        return text
    return f'{{"{entry.state}":{text}}}'
