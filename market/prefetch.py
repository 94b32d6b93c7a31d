"""Asking for memory before it is read, where no processor can guess the address by itself.

Reads of far apart addresses cost a wait each when one is found only after the last is used. A
kernel that knows them early asks for them early, and the waits overlap.
"""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numba.np import arrayobj
from numpy.typing import NDArray

_READ, _SECOND_CACHE, _DATA = 0, 2, 1
"""What llvm.prefetch is told: to read, as near as the second cache, data."""


def prefetch(array: NDArray[Any], element: int) -> None:
    """Begin to load the cache line of ``element`` of a C-contiguous ``array``, counted in memory
    order over all axes; for kernels.

    Changes no value; an element outside the array does no harm. As plain Python it does nothing.
    """


@intrinsic
def _machine_prefetch(typing_context: Any, array: Any, element: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        tools: Any = cgutils  # without types
        view: Any = arrayobj
        data = view.make_array(signature.args[0])(context, builder, arguments[0]).data
        line = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [line.type, number, number, number])
        load = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(load, [line, number(_READ), number(_SECOND_CACHE), number(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@overload(prefetch, inline="always")
def _compiled_prefetch(array: Any, element: Any) -> Any:
    def call(array: Any, element: Any) -> None:  # numba wants the very same parameters
        _machine_prefetch(array, element)  # type: ignore[call-arg]  # numba passes the context

    return call
