"""What a run in a process of its own may take."""

from dataclasses import dataclass

__all__ = ["Limits"]

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` until the answer, or between two things that it tells on its way.

    ``memory``: bytes beyond what the process has before the run begins.

    ``answer`` bytes that it may bring back, ``output`` bytes of what it prints that are kept.
    """

    seconds: float = 60.0
    memory: int = 1024 * MEBIBYTE
    answer: int = 512 * MEBIBYTE
    output: int = 16 * 1024
