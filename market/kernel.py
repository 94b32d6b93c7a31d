"""The one place that decides how kernels are compiled.

``kernel`` compiles without the interpreter and without the global lock, and keeps the machine code
on disk, so a second start does not compile again. With ``NUMBA_DISABLE_JIT=1`` the same functions
run as plain Python, which the tests use to see out-of-range indexing.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile ``function`` in nopython mode, nogil, cached on disk; its type stays the same."""
    return cast(F, njit(cache=True, nogil=True, boundscheck=False)(function))


def inline_kernel(function: F) -> F:
    """Like :func:`kernel`, for small helpers that must vanish into their callers."""
    compiled = njit(cache=True, nogil=True, boundscheck=False, inline="always")(function)
    return cast(F, compiled)
