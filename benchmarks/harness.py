"""Timing for the side-by-side measurements: warm-up, then median and spread of many runs.

Each ``bench_*.py`` beside this file exposes ``run() -> list[Row]``; ``python -m benchmarks`` runs
them all, prints a table, and writes ``benchmarks/results/*.json`` and ``*.md``.
"""

import gc
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure: milliseconds per call; ``low``/``high``: 5th and 95th percentile."""

    name: str
    median_ms: float
    low_ms: float
    high_ms: float
    runs: int
    size_bytes: int | None = None
    goal: str = ""
    note: str = ""


def measure(
    name: str,
    call: Callable[[], object],
    *,
    runs: int = 200,
    inner: int = 1,
    warm_up: int = 5,
    size_bytes: int | None = None,
    goal: str = "",
    note: str = "",
    clock: Callable[[], int] = time.perf_counter_ns,
) -> Row:
    """Time ``runs`` samples, each the mean of ``inner`` calls; the garbage collector is off.

    ``clock`` gives nanoseconds: ``time.thread_time_ns`` leaves out what other programs took.
    """
    for _ in range(warm_up):
        call()
    samples = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(runs):
            start = clock()
            for _ in range(inner):
                call()
            samples.append((clock() - start) / inner / 1e6)
    finally:
        gc.enable()
    return replace(_row(name, samples), size_bytes=size_bytes, goal=goal, note=note)


def measure_in_turn(
    *calls: tuple[str, Callable[[], object]],
    runs: int,
    inner: int = 1,
    warm_up: int = 5,
    clock: Callable[[], int] = time.thread_time_ns,
) -> list[Row]:
    """Like :func:`measure`, several calls one after another in every run, by the thread's time."""
    samples: list[list[float]] = [[] for _ in calls]
    gc.collect()
    gc.disable()
    try:
        for run in range(warm_up + runs):
            for (_, call), taken in zip(calls, samples, strict=True):
                start = clock()
                for _ in range(inner):
                    call()
                if run >= warm_up:
                    taken.append((clock() - start) / inner / 1e6)
    finally:
        gc.enable()
    return [_row(name, taken) for (name, _), taken in zip(calls, samples, strict=True)]


def _row(name: str, samples: list[float]) -> Row:
    samples.sort()
    last = len(samples) - 1
    low, high = samples[int(0.05 * last)], samples[int(0.95 * last)]
    return Row(name, median(samples), low, high, len(samples))


def machine() -> str:
    """The processor's name, cores in use and the Python version, as one line."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"
