"""The runs that are kept: listed, opened, compared by their lines, removed."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.columns import CandleWindow
from research.errors import BadRecord, RequestError
from research.kept_runs import KeptRun, MemoryRuns, Runs, opened, outlined, row_of, written
from research.outcome import Outcome
from research.result_views import metric_views
from research.views import RunRow
from storage.errors import StorageError
from storage.run_store import RunStore

__all__ = ["History"]

MOST_OPEN = 4
"""Outcomes held in memory, so that looking at one again reads nothing."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Line:
    """A run of the history: its head, or why it cannot be read."""

    number: int
    kept: KeptRun | None
    row: RunRow


class History:
    """Kept runs in a store or, without one, in memory. May be used from any thread."""

    def __init__(self, root: Path | None) -> None:
        self._runs: Runs = MemoryRuns() if root is None else RunStore(root)
        self._lines: dict[int, _Line] = {}
        self._open: OrderedDict[int, Outcome] = OrderedDict()
        self._lock = threading.RLock()
        # Runs end in several threads: candles of one must not go while another comes to need them.
        self._writing = threading.Lock()

    def add(self, kept: KeptRun, outcome: Outcome, candles: Mapping[str, CandleWindow]) -> int:
        """Keep a finished run and the candles it ran over, by their keys; returns its number.

        Raises :class:`storage.errors.StorageError`; what was kept before is as it was.
        """
        document, arrays = written(kept, outcome)
        with self._writing:
            for key, window in candles.items():
                self._runs.keep_candles(key, window)
            number = self._runs.add(document, arrays)
        with self._lock:
            self._remember(number, outcome)
        return number

    def rows(self) -> tuple[RunRow, ...]:
        """Every run, newest first."""
        with self._lock:
            return tuple(line.row for line in reversed(self._read().values()))

    def number_of(self, key: str) -> int | None:
        """The number of the run with the id ``key``; None when there is none."""
        return self._first(lambda line: line.row.id == key)

    def same(self, computation: str) -> int | None:
        """The newest run of the same computation."""
        return self._first(lambda line: line.kept is not None and line.kept.key == computation)

    def row(self, number: int) -> RunRow:
        """One line; raises :class:`RequestError` when it is gone."""
        with self._lock:
            found = self._read().get(number)
        if found is None:
            raise RequestError(f"run {number} is not kept any more")
        return found.row

    def outcome(self, number: int) -> Outcome:
        """All of a run; raises :class:`RequestError` when it is gone or damaged."""
        with self._lock:
            held = self._open.get(number)
            if held is not None:
                self._open.move_to_end(number)
                return held
        try:
            found = opened(self._runs.document(number), self._runs.arrays(number))
        except (StorageError, BadRecord, KeyError) as error:
            raise RequestError(f"run {number} cannot be read: {error}") from None
        with self._lock:
            self._remember(number, found)
        return found

    def candles(self, outcome: Outcome) -> Mapping[str, CandleWindow]:
        """The candles that a run was over, by symbol; raises :class:`RequestError`."""
        pairs = zip(outcome.symbols, outcome.candles, strict=True)
        try:
            return {symbol: self._runs.candles(key) for symbol, key in pairs}
        except (StorageError, KeyError) as error:
            raise RequestError(f"the candles of the run cannot be read: {error}") from None

    def remove(self, number: int) -> None:
        """Forget a run, and the candles that no other needs; raises :class:`RequestError`."""
        with self._writing:
            try:
                self._runs.remove(number)
            except StorageError as error:
                raise RequestError(str(error)) from None
            with self._lock:
                self._open.pop(number, None)
                lines = list(self._read().values())
            if all(line.kept is not None for line in lines):  # else nobody knows what those need
                needed = {key for line in lines if line.kept for key in line.kept.candles}
                self._runs.drop_candles(needed)

    def _first(self, wanted: Callable[[_Line], bool]) -> int | None:
        with self._lock:
            lines = reversed(self._read().values())
            return next((line.number for line in lines if wanted(line)), None)

    def _read(self) -> dict[int, _Line]:
        """The lines by number; only what is new since the last time is read."""
        numbers = self._runs.numbers()
        self._lines = {number: self._lines.get(number) or self._line(number) for number in numbers}
        return self._lines

    def _line(self, number: int) -> _Line:
        try:
            kept = outlined(self._runs.document(number))
            return _Line(number, kept, row_of(kept, number))
        except (StorageError, BadRecord, KeyError) as error:
            log.warning("run %s cannot be read: %s", number, error)
            row = RunRow(
                f"damaged-{number}", number, 0, f"Run {number}", "", "", None, None, None, 0,
                str(error),
            )  # fmt: skip
            return _Line(number, None, row)

    def _remember(self, number: int, outcome: Outcome) -> None:
        self._open[number] = outcome
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)


def head_of(key: str, computation: str, time_ns: int, outcome: Outcome) -> KeptRun:
    """What the history's line says of ``outcome``."""
    figures = {metric.key: metric.value for metric in metric_views(outcome.result.measures)}
    row: dict[str, Any] = {
        "title": outcome.title,
        "symbol": ", ".join(outcome.symbols),
        "interval": outcome.interval,
        "total_return": figures["total_return"],
        "sharpe": figures["sharpe"],
        "max_drawdown": figures["max_drawdown"],
        "trades": len(outcome.result.trades),
    }
    return KeptRun(key, computation, time_ns, row, outcome.candles)
