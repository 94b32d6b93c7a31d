"""A memory fence for kernels, the one thing numba does not offer by itself.

A sequence counter protects readers only when the counter's store is seen before the data it
announces. ``fence()`` forbids the compiler and the processor to move loads and stores across it. As
plain Python it does nothing: there the global lock already orders everything.
"""

from typing import Any

from numba import types
from numba.extending import intrinsic, overload


def fence() -> None:
    """Order every load and store before this call ahead of every one after it, for all threads."""


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
