"""Packages of which some modules are compiled: the same source, translated to C by mypyc.

Kernels are for numbers in arrays. Rules over many small objects stay Python, and where they are on
a hot path machine code is made of them ahead of time, where there is a C compiler:
``scripts/compile_accounts.py``. It lies beside the kernels, in the folder that is named after the
hash of the sources (:mod:`market.kernel`), so it is never older than they are. Without it, and with
``NUMBA_DISABLE_JIT=1``, the modules run as they are written.
"""

import sys
from collections.abc import Iterable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from numba import config

from market.kernel import kernel_folder

__all__ = ["compiled_folder", "is_compiled", "search_path"]


def compiled_folder(package: str) -> Path:
    """Where compiled modules of a top-level package are, for its sources and this Python."""
    return kernel_folder(package) / f"compiled-{sys.implementation.cache_tag}"


def search_path(package: str, sources: Iterable[str]) -> list[str]:
    """Where the modules of ``package`` are: compiled ones, if there are any, before ``sources``."""
    folder = compiled_folder(package.partition(".")[0]).joinpath(*package.split("."))
    use = folder.is_dir() and not vars(config)["DISABLE_JIT"]
    return [*([str(folder)] if use else ()), *sources]


def is_compiled(module: str) -> bool:
    """Whether an imported module is machine code."""
    return str(sys.modules[module].__file__).endswith(tuple(EXTENSION_SUFFIXES))
