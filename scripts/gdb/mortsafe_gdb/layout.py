"""What lies where: the seam's types, and libstdc++'s containers by hand.

Everything here reads memory and nothing else, so that it works on core files
and wherever another thread may have stopped. All functions may raise
gdb.error: gdb.MemoryError where an address cannot be read.
"""

import re

import gdb

_INTEGERS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR)
_STRING = re.compile(r"^std::(__\w+::)?(basic_string<char, |string$)")
# Three words and what a short string needs beyond them. Known here because
# compilers may leave out what std::string is made of, which the standard
# library was compiled with.
_STRING_BYTES = 32
_LONGEST_STRING = 1 << 16


def plain_type(type_):
    """The type without references, typedefs and qualifiers."""
    type_ = type_.strip_typedefs()
    if type_.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        type_ = type_.target().strip_typedefs()
    return type_.unqualified()


def type_name(type_):
    """The name of plain_type(type_), or an empty string."""
    return plain_type(type_).name or ""


def at(address, type_):
    """The object of the type at an address; not read before it is used."""
    return gdb.Value(address).cast(type_.pointer()).dereference()


def member(pointer, name):
    """The member of what a pointer points to.

    By its address: gdb would look for the dynamic type of what is dereferenced,
    and warn where that has no name of its own.
    """
    owner = plain_type(plain_type(pointer.type).target())
    for field in owner.fields():
        if field.name == name:
            return at(int(pointer) + field.bitpos // 8, field.type)
    raise gdb.error(f"{owner} has no {name}")


def innermost(value, type_):
    """The object of the type that begins where `value` does.

    Goes down first members and base classes: std::atomic keeps its value at
    different depths for pointers, integers and the rest.
    """
    wanted = plain_type(type_)
    while plain_type(value.type) != wanted:
        members = [field for field in plain_type(value.type).fields()
                   if hasattr(field, "bitpos")]
        if not members:
            raise gdb.error(f"{value.type} holds no {wanted}")
        value = value[members[0]]
    return value


def atomic_value(atomic):
    """What a mortsafe::atomic or std::atomic holds."""
    return innermost(atomic, plain_type(atomic.type).template_argument(0))


def plain_value(plain):
    """What a mortsafe::plain holds."""
    return plain["value_"]


def is_integer(type_):
    """Whether it is what C++ calls an integral type."""
    return plain_type(type_).code in _INTEGERS


def is_string(type_):
    """Whether it is std::string."""
    return _STRING.match(type_name(type_)) is not None


def string_bytes(string):
    """The bytes of a std::string."""
    word = gdb.lookup_type("unsigned long")
    words = at(int(string.address), word.array(1))
    size = int(words[1])
    if size > _LONGEST_STRING:
        raise gdb.error(f"a string of {size} bytes")
    if size == 0:
        return b""
    memory = gdb.selected_inferior().read_memory(int(words[0]), size)
    return memory.tobytes()


def _size_and_alignment(type_):
    if is_string(type_):
        return _STRING_BYTES, gdb.lookup_type("unsigned long").sizeof
    return type_.sizeof, max(type_.alignof, 1)


def _round_up(offset, alignment):
    return (offset + alignment - 1) // alignment * alignment


class HashTable:
    """A std::unordered_map of libstdc++, whose nodes are one linked list.

    Attributes:
      count: how many elements it counts.
      fault: after nodes(), why the list ended before its end, or None.
    """

    def __init__(self, unordered_map):
        type_ = plain_type(unordered_map.type)
        self._key_type = type_.template_argument(0)
        self._mapped_type = type_.template_argument(1)
        self._table = unordered_map["_M_h"]
        self.count = int(self._table["_M_element_count"])
        self.fault = None

    def _offsets(self):
        """Where in a node its key and its mapped pointer are."""
        size, alignment = _size_and_alignment(self._key_type)
        pointer = self._mapped_type.sizeof
        key = _round_up(pointer, max(alignment, pointer))
        return key, key + _round_up(size, pointer)

    def nodes(self):
        """Yields (key, mapped pointer) in the order of the list.

        Another thread may have stopped in the middle of an insertion, and what
        was freed may be looked at: ends at the first node that cannot be read
        or was there before.
        """
        self.fault = None
        key_offset, mapped_offset = self._offsets()
        link = gdb.lookup_type("unsigned long")
        seen = set()
        try:
            node = int(self._table["_M_before_begin"]["_M_nxt"])
            while node != 0:
                if node in seen:
                    self.fault = f"its list comes back to {node:#x}"
                    return
                seen.add(node)
                mapped = at(node + mapped_offset, self._mapped_type)
                mapped.fetch_lazy()
                yield at(node + key_offset, self._key_type), mapped
                node = int(at(node, link))
        except gdb.MemoryError as error:
            self.fault = str(error)
            return
        if len(seen) != self.count:
            self.fault = f"it counts {self.count}, but lists {len(seen)}"


def symbol_at(address):
    """What begins at the address, as a symbol, or an empty string."""
    words = gdb.execute(f"info symbol {address:#x}", to_string=True)
    symbol, found, _ = words.partition(" in section ")
    return symbol if found and not re.search(r" \+ \d+$", symbol) else ""
