"""Timing for the side-by-side measurements: warm-up, then median and spread of many runs.

Each ``bench_*.py`` beside this file exposes ``run() -> list[Row]``; ``python -m benchmarks`` runs
them all, prints a table, and writes ``benchmarks/results/*.json`` and ``*.md``.
"""

import gc
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
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
) -> Row:
    """Time ``runs`` samples, each the mean of ``inner`` calls; the garbage collector is off."""
    for _ in range(warm_up):
        call()
    samples = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(runs):
            start = time.perf_counter_ns()
            for _ in range(inner):
                call()
            samples.append((time.perf_counter_ns() - start) / inner / 1e6)
    finally:
        gc.enable()
    samples.sort()
    low, high = samples[int(0.05 * (runs - 1))], samples[int(0.95 * (runs - 1))]
    return Row(name, median(samples), low, high, runs, size_bytes, goal, note)


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
