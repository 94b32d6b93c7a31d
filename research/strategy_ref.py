"""Which strategy is meant, without its code."""

from dataclasses import dataclass

__all__ = ["StrategyRef"]


@dataclass(frozen=True, slots=True)
class StrategyRef:
    """The strategy with this ``key``: one that comes with the program, or of a user's ``file``.

    Files are only ever run in a process of their own (:mod:`research.child`).
    """

    key: str
    file: str | None = None
