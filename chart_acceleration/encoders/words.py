"""Unaligned loads: 64 bytes compared at a time, 8 bytes as a number or as tokens.

Numba has none of them, so the places where they pay are written in LLVM's terms: the compiler turns
the vectors into one AVX-512 compare, two AVX2 or four SSE2/NEON compares. With the compiler
switched off (``NUMBA_DISABLE_JIT=1``) the same functions are obvious Python.
"""

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES: Final = 64  # bytes compared at once; callers keep this many readable bytes behind their data
WORD: Final = 8  # bytes of a word


def _equal_lanes_plain(data: Any, position: int, distance: int) -> int:
    ahead = data[position : position + LANES]
    back = data[position - distance : position - distance + LANES]
    different = np.flatnonzero(ahead != back)
    return int(different[0]) if different.size else LANES


def address_of(context: Any, builder: Any, kind: Any, array: Any, position: Any) -> Any:
    """LLVM's address of an element of a flat array of type ``kind``."""
    view = cgutils.create_struct_proxy(kind)(context, builder, array)  # type: ignore[no-untyped-call]
    return builder.gep(view.data, [position])


def _load(builder: Any, address: Any, lanes: int) -> Any:
    vector = ir.VectorType(ir.IntType(8), lanes)
    return builder.load(builder.bitcast(address, vector.as_pointer()), align=1)


def _difference(context: Any, builder: Any, kind: Any, arguments: Any) -> Any:
    """A bit for each lane that differs from the one ``distance`` bytes before, the first lowest."""
    array, position, distance = arguments
    back = builder.sub(position, distance)
    ahead, before = (
        _load(builder, address_of(context, builder, kind, array, at), LANES)
        for at in (position, back)
    )
    return builder.bitcast(builder.icmp_unsigned("!=", ahead, before), ir.IntType(LANES))


@intrinsic
def _equal_lanes_compiled(_context: Any, data: Any, position: Any, distance: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        mask = _difference(context, builder, signature.args[0], arguments)
        return builder.cttz(mask, ir.Constant(ir.IntType(1), 0))

    return types.int64(data, types.int64, types.int64), generate


def _different_lanes_plain(data: Any, position: int, distance: int) -> Any:
    ahead = data[position : position + LANES]
    back = data[position - distance : position - distance + LANES]
    return np.packbits(ahead != back, bitorder="little").view(np.uint64)[0]


@intrinsic
def _different_lanes_compiled(_context: Any, data: Any, position: Any, distance: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _difference(context, builder, signature.args[0], arguments)

    return types.uint64(data, types.int64, types.int64), generate


def _load_word_plain(data: Any, position: int) -> int:
    return int.from_bytes(data[position : position + WORD].tobytes(), "little", signed=True)


@intrinsic
def _load_word_compiled(_context: Any, data: Any, position: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = address_of(context, builder, signature.args[0], *arguments)
        return builder.load(builder.bitcast(address, ir.IntType(64).as_pointer()), align=1)

    return types.int64(data, types.int64), generate


def _store_word_plain(data: Any, position: int, value: int) -> None:
    data[position : position + WORD] = np.frombuffer(int(value).to_bytes(WORD, "little"), np.uint8)


@intrinsic
def _store_word_compiled(_context: Any, data: Any, position: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = address_of(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], builder.bitcast(address, ir.IntType(64).as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.int64), generate


def _put_word_plain(data: Any, position: int, out: Any, place: int) -> None:
    out[place : place + WORD] = data[position : position + WORD]


@intrinsic
def _put_word_compiled(_context: Any, data: Any, position: Any, out: Any, place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, _, target, _ = signature.args
        word = _load(builder, address_of(context, builder, source, *arguments[:2]), WORD)
        wide = ir.VectorType(ir.IntType(32), WORD)
        address = address_of(context, builder, target, *arguments[2:])
        builder.store(
            builder.zext(word, wide), builder.bitcast(address, wide.as_pointer()), align=1
        )
        return context.get_dummy_value()

    return types.void(data, types.int64, out, types.int64), generate


_PLAIN: Final = bool(vars(config)["DISABLE_JIT"])

# How many of the bytes data[position:position + 64] equal those ``distance`` before them, counted
# up to the first that differs: 0..64. No bounds are checked, here and below.
equal_lanes: Callable[[Any, int, int], int] = cast(
    "Callable[[Any, int, int], int]", _equal_lanes_plain if _PLAIN else _equal_lanes_compiled
)

# The same 64 bytes as a uint64: bit i says that byte i differs from the one ``distance`` before it.
different_lanes: Callable[[Any, int, int], np.uint64] = cast(
    "Callable[[Any, int, int], np.uint64]",
    _different_lanes_plain if _PLAIN else _different_lanes_compiled,
)

# The 8 bytes from ``position`` on as a signed number, lowest byte first.
load_word: Callable[[Any, int], int] = cast(
    "Callable[[Any, int], int]", _load_word_plain if _PLAIN else _load_word_compiled
)

# Writes a number of at most 63 bits into the 8 bytes from ``position`` on.
store_word: Callable[[Any, int, int], None] = cast(
    "Callable[[Any, int, int], None]", _store_word_plain if _PLAIN else _store_word_compiled
)

# Writes the 8 bytes from ``position`` on, as uint32, into ``out[place:place + 8]``.
put_word: Callable[[Any, int, Any, int], None] = cast(
    "Callable[[Any, int, Any, int], None]", _put_word_plain if _PLAIN else _put_word_compiled
)
