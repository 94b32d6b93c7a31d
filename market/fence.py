"""A memory fence for kernels, the one thing numba does not offer by itself.

A sequence counter protects readers only when its odd value is seen before any of the data that is
being changed, and its even value after all of it. ``fence()`` is an acquire-release fence: compiler
and processor keep loads before it ahead of every later load and store, and all earlier accesses
ahead of every later store. Only a store before and a load after it may still change places, which
the counter does not need. On x86 it costs no instruction, on weakly ordered machines a barrier. As
plain Python it does nothing: there the global lock already orders everything.
"""

from typing import Any

from numba import types
from numba.extending import intrinsic, overload


def fence() -> None:
    """Keep what comes before apart from what comes after, see the module; for all threads."""


@intrinsic
def _machine_fence(typing_context: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("acq_rel")
        return context.get_dummy_value()

    return types.void(), generate


@overload(fence, inline="always")
def _compiled_fence() -> Any:
    def call() -> None:
        _machine_fence()  # type: ignore[call-arg]  # numba passes the typing context

    return call
