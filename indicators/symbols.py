"""One indicator of many symbols on the processor: compiled loops, some symbols per thread."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from indicators.parts import F64, I64
from indicators.spec import Indicator, Value
from indicators.sweeps import unknown
from market.kernel import caller_entry, kernel

Tables = tuple[F64 | I64, ...]


def fill_symbols(
    indicator: Indicator, values: tuple[Value, ...], tables: Sequence[F64 | I64], threads: int,
    out: F64,
) -> bool:  # fmt: skip
    """The batch form of every symbol, (symbols, bars) each, into ``out`` (symbols, outputs, bars);
    whether all inputs are finite.
    """
    run, given = _loop(indicator, values, tuple(tables), out), (values, tuple(tables))
    unwatched = () if indicator.whole or indicator.guarded else tables
    if any(unknown(table.reshape(-1)) for table in unwatched if table.dtype == np.float64):  # type: ignore[arg-type]
        return False
    ends = [len(out) * at // threads for at in range(threads + 1)]
    parts = list(pairwise(ends))
    later = [_pool().submit(run, *given, *part, out) for part in parts[1:]]
    bad = run(*given, *parts[0], out)
    return not sum([part.result() for part in later], bad)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=cores(), thread_name_prefix="indicators")


def _loop(
    indicator: Indicator, values: tuple[Value, ...], tables: Tables, out: F64
) -> Callable[..., int]:
    """``loop(values, tables, first, last, out)``: for the symbols from first to last."""
    whole = indicator.whole is not None
    form: Any = indicator.whole if whole else indicator.kernel
    kinds = tuple(np.empty(0, table.dtype) for table in tables)
    state = np.zeros(0 if whole else indicator.cells(*values))
    key = (form, tuple(map(type, values)))
    if key not in _LOOPS:
        passed = (*values, *kinds, np.empty((1, 0)))
        every = _every_whole if whole else _every_state
        _LOOPS[key] = caller_entry(
            every, form, passed if whole else (state, *passed),
            *(() if whole else (state, True)), values, tables, 0, 0, out,
        )  # fmt: skip
    loop = _LOOPS[key]
    if whole:
        return lambda *given: loop(form, *given)
    return lambda *given: loop(form, state.copy(), indicator.guarded, *given)


_LOOPS: dict[object, Callable[..., Any]] = {}


@kernel
def _every_whole(
    form: Callable[..., int], values: tuple[Value, ...], tables: Tables, first: int, last: int,
    out: F64,
) -> int:  # fmt: skip
    """How many inputs were not finite. A tuple's length is known to the compiler."""
    bad = 0
    for s in range(first, last):
        if len(tables) == 1:
            bad += form(*values, tables[0][s], out[s])
        elif len(tables) == 2:
            bad += form(*values, tables[0][s], tables[1][s], out[s])
        elif len(tables) == 3:
            bad += form(*values, tables[0][s], tables[1][s], tables[2][s], out[s])
        else:
            a, b, c, d = tables
            bad += form(*values, a[s], b[s], c[s], d[s], out[s])
    return bad


@kernel
def _every_state(
    form: Callable[..., None], state: F64, guarded: bool, values: tuple[Value, ...],
    tables: Tables, first: int, last: int, out: F64,
) -> int:  # fmt: skip
    """How many symbols the guard of the state has caught."""
    bad = 0
    for s in range(first, last):
        state[:] = 0.0
        if len(tables) == 1:
            form(state, *values, tables[0][s], out[s])
        elif len(tables) == 2:
            form(state, *values, tables[0][s], tables[1][s], out[s])
        elif len(tables) == 3:
            form(state, *values, tables[0][s], tables[1][s], tables[2][s], out[s])
        elif len(tables) == 4:
            a, b, c, d = tables
            form(state, *values, a[s], b[s], c[s], d[s], out[s])
        else:
            a, b, c, d, e = tables
            form(state, *values, a[s], b[s], c[s], d[s], e[s], out[s])
        bad += guarded and state[-1] != 0.0
    return bad
