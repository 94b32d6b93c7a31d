"""The one place that decides how kernels are compiled, and where the machine code is kept.

``kernel`` compiles without the interpreter and without the global lock, and keeps the machine code
on disk, so a second start does not compile again. With ``NUMBA_DISABLE_JIT=1`` the same functions
run as plain Python, which the tests use to see out-of-range indexing.

Numba checks only the file of the kernel that it loads, not the files of the kernels called from
there: after a change or an upgrade it would run old code. So a package's machine code lies in a
folder named after the hash of every source file of it and of the packages that it may call.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import config, njit, typeof
from numba.core.types import FunctionType

F = TypeVar("F", bound=Callable[..., Any])

_ROOT = Path(__file__).resolve().parent.parent
_CALLS = {
    "market": ("market",),
    "indicators": ("market", "indicators"),
    "data_feed": ("market", "data_feed"),
    "chart_acceleration": ("market", "chart_acceleration"),
    "trading": ("market", "indicators", "trading"),
}
"""The packages whose kernels a package's kernels may call: what the dependency rule lets it import.

A kernel elsewhere (the tests have some) may call any.
"""


def source_hash(root: Path, package: str = "") -> str:
    """A short hash of every Python file that a kernel of ``package`` is made from, names included.

    Without ``package`` it is of every file that may hold a kernel.
    """
    digest = hashlib.blake2b(digest_size=8)
    for called in _CALLS.get(package, tuple(_CALLS)):
        for path in sorted((root / called).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def cache_folder(root: Path, chosen: str | None, package: str = "") -> Path:
    """Where compiled kernels of ``package`` are kept.

    In ``chosen``, in the project, or in the home folder.
    """
    if chosen:
        base = Path(chosen)
    elif os.access(root, os.W_OK):
        base = root / ".numba"
    else:
        base = Path.home() / ".cache" / "candlecast"
    return base / source_hash(root, package)


_CHOSEN = os.environ.get("NUMBA_CACHE_DIR")


def kernel_folder(package: str) -> Path:
    """Where compiled kernels of ``package`` are kept in this process."""
    return cache_folder(_ROOT, _CHOSEN, package)


def _compiled(function: F, **options: Any) -> F:
    """``function`` as a kernel; numba takes the folder for its machine code from a global."""
    package = function.__module__.partition(".")[0]
    # numba has no typed name for its settings
    vars(config)["CACHE_DIR"] = str(kernel_folder(package))
    made = njit(cache=True, nogil=True, boundscheck=False, **options)
    return cast(F, made(function))


def kernel(function: F) -> F:
    """Compile ``function`` in nopython mode, nogil, cached on disk.

    Type checkers see the Python signature. Fusing is off by name: where it is not mentioned, numba
    takes it from whichever kernel happens to call this one first.
    """
    return _compiled(function, fastmath=False)


def fused_kernel(function: F) -> F:
    """Like :func:`kernel`, where a product may be added without rounding it first (FMA).

    For recurrences, whose speed is the latency of that pair. Nothing else is reordered.
    """
    return _compiled(function, fastmath={"contract"})


def lane_kernel(function: F) -> F:
    """Like :func:`kernel`, where a division by zero gives infinity or NaN instead of an exception.

    For loops over arrays that divide: the test for zero would keep them out of vector lanes.
    """
    return _compiled(function, fastmath=False, error_model="numpy")


def lean_kernel(function: F) -> F:
    """Like :func:`kernel`, where arrays are not counted: what calls it must own them.

    Counting costs two atomic additions a view, and some more a call. Numba refuses such a kernel
    that makes an array or returns a view.
    """
    return _compiled(function, fastmath=False, _nrt=False)


def sum_kernel(function: F) -> F:
    """Like :func:`lean_kernel` and :func:`lane_kernel` at once, where sums may be taken in lanes.

    For long sums whose last digits may differ from processor to processor; nothing is assumed of
    NaN or infinity.
    """
    options = {"reassoc", "contract", "nsz"}
    return _compiled(function, fastmath=options, error_model="numpy", _nrt=False)


def inline_kernel(function: F) -> F:
    """Like :func:`kernel`, for small helpers that must vanish into their callers."""
    return _compiled(function, inline="always")


def entry(function: Callable[..., Any], *arguments: object) -> Callable[..., Any]:
    """The machine code of a kernel for arguments of these types, compiled now if need be.

    A call of it skips looking at the types, a third of the cost of a short kernel: the caller
    vouches that every call has exactly them. With ``NUMBA_DISABLE_JIT=1`` the function itself.
    """
    if vars(config)["DISABLE_JIT"]:
        return function
    compiled: Any = function
    type_of: Any = typeof
    types = tuple(type_of(argument) for argument in arguments)
    compiled.compile(types)
    return cast(Callable[..., Any], compiled.get_overload(types))


def caller_entry(
    function: Callable[..., Any], called: Callable[..., Any], passed: tuple[object, ...],
    *arguments: object,
) -> Callable[..., Any]:  # fmt: skip
    """Like :func:`entry`, of a kernel whose first argument is the kernel ``called``, which it calls
    with ``passed``. Compiled once for all kernels called with these types.
    """
    inner = entry(called, *passed)
    if inner is called:
        return function
    compiled: Any = called
    type_of: Any = typeof
    types = tuple(type_of(argument) for argument in passed)
    returned = compiled.overloads[types].signature.return_type
    every: Any = function
    signature = (FunctionType(returned(*types)), *map(type_of, arguments))
    every.compile(signature)
    return cast(Callable[..., Any], every.get_overload(signature))
