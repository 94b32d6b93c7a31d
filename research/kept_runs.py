"""Outcomes as documents and arrays, as a store keeps them, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from market.columns import CandleWindow
from research.codec import Arrays, pack, unpack
from research.errors import BadRecord
from research.outcome import Outcome
from research.views import RunRow

__all__ = ["KeptRun", "MemoryRuns", "Runs", "opened", "outlined", "written"]

FORMAT = 1
MOST_IN_MEMORY = 50


class Runs(Protocol):
    """Where runs are kept by number: :class:`storage.run_store.RunStore` or :class:`MemoryRuns`."""

    def add(self, document: bytes, arrays: Mapping[str, NDArray[Any]]) -> int:
        """Keep a run; returns its number."""
        ...

    def numbers(self) -> list[int]:
        """Of all runs, lowest first."""
        ...

    def document(self, number: int) -> bytes:
        """The text of a run."""
        ...

    def arrays(self, number: int) -> dict[str, NDArray[Any]]:
        """The arrays of a run."""
        ...

    def remove(self, number: int) -> None:
        """Forget a run."""
        ...

    def keep_candles(self, key: str, candles: CandleWindow) -> None:
        """Keep candles under ``key``."""
        ...

    def candles(self, key: str) -> CandleWindow:
        """What was kept under ``key``."""
        ...

    def drop_candles(self, wanted: set[str]) -> None:
        """Forget all candles but those wanted."""
        ...


class MemoryRuns:
    """The last runs of a program that stores nothing; the oldest make room for new ones."""

    def __init__(self) -> None:
        self._runs: dict[int, tuple[bytes, Mapping[str, NDArray[Any]]]] = {}
        self._candles: dict[str, CandleWindow] = {}
        self._last = 0

    def add(self, document: bytes, arrays: Mapping[str, NDArray[Any]]) -> int:
        """See :class:`Runs`."""
        self._last += 1
        self._runs[self._last] = (document, dict(arrays))
        for number in list(self._runs)[:-MOST_IN_MEMORY]:
            del self._runs[number]
        return self._last

    def numbers(self) -> list[int]:
        """See :class:`Runs`."""
        return sorted(self._runs)

    def document(self, number: int) -> bytes:
        """See :class:`Runs`."""
        return self._runs[number][0]

    def arrays(self, number: int) -> dict[str, NDArray[Any]]:
        """See :class:`Runs`."""
        return dict(self._runs[number][1])

    def remove(self, number: int) -> None:
        """See :class:`Runs`."""
        self._runs.pop(number, None)

    def keep_candles(self, key: str, candles: CandleWindow) -> None:
        """See :class:`Runs`."""
        self._candles.setdefault(key, candles)

    def candles(self, key: str) -> CandleWindow:
        """See :class:`Runs`."""
        return self._candles[key]

    def drop_candles(self, wanted: set[str]) -> None:
        """See :class:`Runs`."""
        for key in self._candles.keys() - wanted:
            del self._candles[key]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What a document tells without its arrays; ``key`` is that of the computation."""

    id: str
    key: str
    time_ns: int
    row: dict[str, Any]
    candles: tuple[str, ...]


def written(kept: KeptRun, outcome: Outcome) -> tuple[bytes, Arrays]:
    """The document and the arrays of a run."""
    tree, arrays = pack(outcome)
    head, _ = pack(kept)
    head["row"] = kept.row
    return json.dumps({"format": FORMAT, "run": head, "outcome": tree}).encode(), arrays


def outlined(document: bytes) -> KeptRun:
    """The head of a document; raises :class:`BadRecord`."""
    head = _tree(document)["run"]
    try:
        return KeptRun(
            str(head["id"]), str(head["key"]), int(head["time_ns"]), dict(head["row"]),
            tuple(map(str, head["candles"])),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadRecord(f"its head cannot be read: {error!r:.80}") from None


def opened(document: bytes, arrays: Mapping[str, NDArray[Any]]) -> Outcome:
    """The outcome; raises :class:`BadRecord`."""
    try:
        return unpack(Outcome, _tree(document)["outcome"], arrays)
    except (KeyError, ValueError) as error:
        raise BadRecord(f"its figures cannot be read: {error!s:.80}") from None


def row_of(kept: KeptRun, number: int) -> RunRow:
    """The line of the history; raises :class:`BadRecord`."""
    try:
        return RunRow(kept.id, number, kept.time_ns, **kept.row)
    except TypeError as error:
        raise BadRecord(f"its line of the history cannot be read: {error}") from None


def _tree(document: bytes) -> dict[str, Any]:
    try:
        tree = json.loads(document)
    except ValueError as error:
        raise BadRecord(f"it is no JSON: {error}") from None
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise BadRecord("it was written by another version of the program")
    return tree
