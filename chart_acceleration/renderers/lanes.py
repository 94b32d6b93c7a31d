"""Filling a few pixels of a row without a branch on how many.

AVX-512 stores up to 64 bytes under a mask, in one instruction whatever their number: rectangles of
a chart are one to a dozen pixels wide, and a loop's end is guessed wrong at most of them. Numba has
no such store, so it is written in LLVM's terms. Processors without it get a plain loop.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from llvmlite import binding, ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from chart_acceleration.scene import U8
from market.kernel import inline_kernel

LANES: Final = 64


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
        view = cgutils.create_struct_proxy(signature.args[0])  # type: ignore[no-untyped-call]
        array = view(context, builder, arguments[0])
        byte, whole, index = ir.IntType(8), ir.IntType(LANES), ir.IntType(32)
        lanes, bits = ir.VectorType(byte, LANES), ir.VectorType(ir.IntType(1), LANES)
        width = builder.extract_value(array.shape, 1)
        at = builder.add(builder.mul(arguments[1], width), arguments[2])
        place = builder.bitcast(builder.gep(array.data, [at]), lanes.as_pointer())
        above = builder.shl(ir.Constant(whole, 1), arguments[3])
        mask = builder.bitcast(builder.sub(above, ir.Constant(whole, 1)), bits)
        none = ir.Constant(lanes, ir.Undefined)
        one = builder.insert_element(none, builder.trunc(arguments[4], byte), index(0))
        every = builder.shuffle_vector(one, none, ir.Constant(ir.VectorType(index, LANES), None))
        kind = ir.FunctionType(ir.VoidType(), [lanes, lanes.as_pointer(), index, bits])
        store = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, kind, "llvm.masked.store.v64i8.p0"
        )
        builder.call(store, [every, place, index(1), mask])
        return context.get_dummy_value()

    whole_numbers = (types.int64, types.int64, types.int64, types.int64)
    return types.void(pixels, *whole_numbers), generate


MASKED: Final = has_masked_stores() and not vars(config)["DISABLE_JIT"]

# Writes ``colour`` to ``count`` (0..63) pixels of row ``y`` from ``x`` on.
fill_span: Callable[[U8, int, int, int, int], None] = cast(
    "Callable[[U8, int, int, int, int], None]", fill_masked if MASKED else fill_in_loop
)
