"""Single instructions on 64-bit masks that numba has no name for: lowest bit, highest bit, number
of bits. With the compiler switched off (``NUMBA_DISABLE_JIT=1``) they are obvious Python.
"""

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.extending import intrinsic

_DEFINED: Final = ir.Constant(ir.IntType(1), 0)  # the answer for 0 is 64, not anything at all


def _lowest_plain(mask: np.uint64) -> int:
    value = int(mask)
    return (value & -value).bit_length() - 1 if value else 64


@intrinsic
def _lowest_compiled(_context: Any, _mask: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], _DEFINED)

    return types.int64(types.uint64), generate


def _without_lowest_plain(mask: np.uint64) -> np.uint64:
    value = int(mask)
    return np.uint64(value & (value - 1) if value else 0)


@intrinsic
def _without_lowest_compiled(_context: Any, _mask: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        mask = arguments[0]
        return builder.and_(mask, builder.sub(mask, ir.Constant(ir.IntType(64), 1)))

    return types.uint64(types.uint64), generate


def _ones_plain(mask: np.uint64) -> int:
    return int(mask).bit_count()


@intrinsic
def _ones_compiled(_context: Any, _mask: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


def _highest_plain(value: int) -> int:
    return int(value).bit_length() - 1


@intrinsic
def _highest_compiled(_context: Any, _value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zeros = builder.ctlz(arguments[0], _DEFINED)
        return builder.sub(ir.Constant(ir.IntType(64), 63), zeros)

    return types.int64(types.int64), generate


_PLAIN: Final = bool(vars(config)["DISABLE_JIT"])
_OfMask = Callable[[np.uint64], int]

# Number of the lowest bit that is set; 64 without any.
lowest: _OfMask = cast(_OfMask, _lowest_plain if _PLAIN else _lowest_compiled)

# The mask without that bit; 0 stays.
without_lowest: Callable[[np.uint64], np.uint64] = cast(
    "Callable[[np.uint64], np.uint64]",
    _without_lowest_plain if _PLAIN else _without_lowest_compiled,
)

# How many bits are set.
ones: _OfMask = cast(_OfMask, _ones_plain if _PLAIN else _ones_compiled)

# Number of the highest bit that is set in an int64 above zero.
highest: Callable[[int], int] = cast(
    "Callable[[int], int]", _highest_plain if _PLAIN else _highest_compiled
)
