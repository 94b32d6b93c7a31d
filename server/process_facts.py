"""What the operating system says about this process; None where it does not say."""

import os
import threading
from pathlib import Path

_MEMORY = Path("/proc/self/statm")
_THREADS = Path("/proc/self/task")


def resident_bytes() -> int | None:
    """Memory of this process that is in the machine's memory now."""
    try:
        pages = int(_MEMORY.read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def thread_count() -> int:
    """Threads of this process; those of Python alone where the system does not list them."""
    try:
        return sum(1 for _ in _THREADS.iterdir())
    except OSError:
        return threading.active_count()


def core_count() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
