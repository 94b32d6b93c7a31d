"""Unaligned loads: 64 bytes compared at a time, 8 bytes as a number.

Numba has neither, so the two places where they pay are written in LLVM's terms: the compiler turns
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


def _equal_lanes_plain(data: Any, position: int, distance: int) -> int:
    ahead = data[position : position + LANES]
    back = data[position - distance : position - distance + LANES]
    different = np.flatnonzero(ahead != back)
    return int(different[0]) if different.size else LANES


def _load(builder: Any, base: Any, index: Any) -> Any:
    lanes = ir.VectorType(ir.IntType(8), LANES)
    pointer = builder.bitcast(builder.gep(base, [index]), lanes.as_pointer())
    return builder.load(pointer, align=1)


@intrinsic
def _equal_lanes_compiled(_context: Any, data: Any, position: Any, distance: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = cgutils.create_struct_proxy(signature.args[0])  # type: ignore[no-untyped-call]
        array = view(context, builder, arguments[0])
        ahead = _load(builder, array.data, arguments[1])
        back = _load(builder, array.data, builder.sub(arguments[1], arguments[2]))
        mask = builder.bitcast(builder.icmp_unsigned("!=", ahead, back), ir.IntType(LANES))
        return builder.cttz(mask, ir.Constant(ir.IntType(1), 0))

    return types.int64(data, types.int64, types.int64), generate


def _load_word_plain(data: Any, position: int) -> int:
    return int.from_bytes(data[position : position + 8].tobytes(), "little", signed=True)


@intrinsic
def _load_word_compiled(_context: Any, data: Any, position: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = cgutils.create_struct_proxy(signature.args[0])  # type: ignore[no-untyped-call]
        array = view(context, builder, arguments[0])
        address = builder.gep(array.data, [arguments[1]])
        return builder.load(builder.bitcast(address, ir.IntType(64).as_pointer()), align=1)

    return types.int64(data, types.int64), generate


# How many of the bytes data[position:position + 64] equal those ``distance`` before them, counted
# up to the first that differs: 0..64. No bounds are checked.
equal_lanes: Callable[[Any, int, int], int] = cast(
    "Callable[[Any, int, int], int]",
    _equal_lanes_plain if config.DISABLE_JIT else _equal_lanes_compiled,  # type: ignore[attr-defined]
)

# The 8 bytes from ``position`` on as a signed number, lowest byte first. No bounds are checked.
load_word: Callable[[Any, int], int] = cast(
    "Callable[[Any, int], int]",
    _load_word_plain if config.DISABLE_JIT else _load_word_compiled,  # type: ignore[attr-defined]
)
