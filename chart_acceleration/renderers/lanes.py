"""Filling a few pixels of a row, and a glyph's, without a branch on how many.

AVX-512 stores up to 64 bytes under a mask, in one instruction whatever their number: rectangles of
a chart are one to a dozen pixels wide, and a loop's end is guessed wrong at most of them. Numba has
no such store, so it is written in LLVM's terms. Processors without it get a plain loop.
"""

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from llvmlite import binding, ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from chart_acceleration.scene import U8
from market.kernel import inline_kernel

LANES: Final = 64
INK_LANES: Final = 16


def has_masked_stores() -> bool:
    """Whether kernels are compiled for a processor that stores bytes under a mask."""
    chosen = vars(config)["CPU_FEATURES"]
    if chosen is not None:
        return "+avx512bw" in chosen.split(",")
    return bool(binding.get_host_cpu_features().get("avx512bw", False))


@inline_kernel
def fill_in_loop(pixels: U8, y: int, x: int, count: int, colour: int) -> None:
    """Write ``colour`` to ``pixels[y, x:x + count]``."""
    for i in range(x, x + count):
        pixels[y, i] = colour


@intrinsic
def fill_masked(_context: Any, pixels: Any, y: Any, x: Any, count: Any, colour: Any) -> Any:
    """The same for C-contiguous ``pixels`` and a ``count`` of 0..63. No bounds are checked; with a
    ``count`` of 0 the place may lie outside.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = _view(context, builder, signature.args[0], arguments[0])
        at = builder.add(
            builder.mul(arguments[1], builder.extract_value(view.shape, 1)), arguments[2]
        )
        every = _repeated(builder, arguments[4], LANES)
        _store(builder, every, builder.gep(view.data, [at]), _first(builder, arguments[3], LANES))
        return context.get_dummy_value()

    whole_numbers = (types.int64, types.int64, types.int64, types.int64)
    return types.void(pixels, *whole_numbers), generate


@inline_kernel
def blend_in_loop(pixels: U8, place: int, coverage: U8, start: int, count: int, ramp: int) -> None:
    """Write the colours of ``coverage[start:start + count]`` (0..3) to the flat ``pixels`` from
    ``place`` on: byte c of ``ramp`` where it is c, nothing where it is 0.
    """
    for i in range(count):
        ink = int(np.int64(coverage[start + i]))
        if ink > 0:
            pixels[place + i] = (ramp >> (8 * ink)) & 255


@intrinsic
def blend_masked(
    _context: Any, pixels: Any, place: Any, coverage: Any, start: Any, count: Any, ramp: Any
) -> Any:
    """The same for a ``count`` of 0..16. No bounds are checked; with a ``count`` of 0 the places
    may lie outside.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds, number = signature.args, ir.IntType(64)
        target = _view(context, builder, kinds[0], arguments[0])
        source = _view(context, builder, kinds[2], arguments[2])
        lanes = ir.VectorType(ir.IntType(8), INK_LANES)
        inside = _first(builder, arguments[4], INK_LANES)
        none = ir.Constant(lanes, [0] * INK_LANES)
        cell = builder.bitcast(builder.gep(source.data, [arguments[3]]), lanes.as_pointer())
        load = _function(builder, "load", lanes, [cell.type, _INDEX, inside.type, lanes])
        ink = builder.call(load, [cell, _INDEX(1), inside, none])
        colours = none
        for level in (1, 2, 3):
            colour = builder.lshr(arguments[5], number(8 * level))
            chosen = builder.icmp_unsigned("==", ink, ir.Constant(lanes, [level] * INK_LANES))
            colours = builder.select(chosen, _repeated(builder, colour, INK_LANES), colours)
        drawn = builder.icmp_unsigned("!=", ink, none)
        _store(builder, colours, builder.gep(target.data, [arguments[1]]), drawn)
        return context.get_dummy_value()

    one = types.int64
    return types.void(pixels, one, coverage, one, one, one), generate


_INDEX: Final = ir.IntType(32)


def _view(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return cgutils.create_struct_proxy(kind)(context, builder, array)  # type: ignore[no-untyped-call]


def _repeated(builder: Any, value: Any, lanes: int) -> Any:
    """``lanes`` bytes of ``value``."""
    kind = ir.VectorType(ir.IntType(8), lanes)
    none = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(none, builder.trunc(value, ir.IntType(8)), _INDEX(0))
    return builder.shuffle_vector(one, none, ir.Constant(ir.VectorType(_INDEX, lanes), None))


def _first(builder: Any, count: Any, lanes: int) -> Any:
    """A mask of the first ``count`` of ``lanes``."""
    whole = ir.IntType(64)
    mask = builder.sub(builder.shl(whole(1), count), whole(1))
    bits = builder.trunc(mask, ir.IntType(lanes)) if lanes < 64 else mask
    return builder.bitcast(bits, ir.VectorType(ir.IntType(1), lanes))


def _function(builder: Any, name: str, lanes: Any, arguments: list[Any]) -> Any:
    """LLVM's masked load or store of vectors like ``lanes``."""
    result = lanes if name == "load" else ir.VoidType()
    full = f"llvm.masked.{name}.v{lanes.count}i8.p0"
    return cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
        builder.module, ir.FunctionType(result, arguments), full
    )


def _store(builder: Any, values: Any, address: Any, mask: Any) -> None:
    place = builder.bitcast(address, values.type.as_pointer())
    kinds = [values.type, place.type, _INDEX, mask.type]
    builder.call(_function(builder, "store", values.type, kinds), [values, place, _INDEX(1), mask])


MASKED: Final = has_masked_stores() and not vars(config)["DISABLE_JIT"]

# Writes ``colour`` to ``count`` (0..63) pixels of row ``y`` from ``x`` on.
fill_span: Callable[[U8, int, int, int, int], None] = cast(
    "Callable[[U8, int, int, int, int], None]", fill_masked if MASKED else fill_in_loop
)

# Writes the colours of ``count`` (0..16) pixels of a glyph, see :func:`blend_in_loop`.
blend_span: Callable[[U8, int, U8, int, int, int], None] = cast(
    "Callable[[U8, int, U8, int, int, int], None]", blend_masked if MASKED else blend_in_loop
)
