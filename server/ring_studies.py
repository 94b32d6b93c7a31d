"""The values of all indicators that live charts of one symbol and interval show.

Charts share them, whatever their sizes and places.
"""

from collections.abc import Collection, Iterable

from indicators.parts import F64
from market.columns import CandleColumns, CandleWindow
from market.errors import ColumnsBusy
from server.market_reader import part
from server.studies import ChosenIndicator
from server.study_series import StudySeries

_ATTEMPTS = 1000


class RingStudies:
    """The indicators over one ring."""

    def __init__(self, columns: CandleColumns) -> None:
        self._columns = columns
        self._series: dict[ChosenIndicator, StudySeries] = {}
        self._structure = -1
        self._candles: CandleWindow | None = None

    def keep(self, wanted: Collection[ChosenIndicator]) -> None:
        """Have these indicators and no others; new ones count after :meth:`follow`."""
        if self._series.keys() != set(wanted):
            self._series = {
                each: self._series.get(each) or StudySeries(each) for each in dict.fromkeys(wanted)
            }
            self._structure, self._candles = -1, None

    @property
    def behind(self) -> bool:
        """Whether a candle began, or an older one changed, since :meth:`follow`."""
        return self._structure != self._columns.structure

    def follow(self) -> None:
        """Take in the ring as it is; raises :class:`ColumnsBusy`. May run in another thread."""
        self._structure, candles = _steady(self._columns, None, None)
        for series in self._series.values():
            series.follow(candles)
        self._candles = candles

    def window(
        self, chosen: Iterable[ChosenIndicator], count: int, end: int | None
    ) -> tuple[CandleWindow, tuple[F64, ...]]:
        """``count`` candles before index ``end`` and the values beside them.

        The newest candle is that of now, or, where the ring has moved on since :meth:`follow`,
        that of then. Raises :class:`ColumnsBusy`, also before :meth:`follow`.
        """
        held = self._candles
        if held is None:
            raise ColumnsBusy(_ATTEMPTS)
        structure, candles = _steady(self._columns, count, end)
        if structure != self._structure:
            newest = held.first_index + len(held)
            stop = newest if end is None else min(max(end, held.first_index), newest)
            candles = part(held, max(held.first_index, stop - count), stop)
        return candles, tuple(self._series[each].beside(candles) for each in chosen)


def _steady(columns: CandleColumns, count: int | None, end: int | None) -> tuple[int, CandleWindow]:
    """A snapshot and the structure of the ring it was taken from."""
    for _ in range(_ATTEMPTS):
        structure = columns.structure
        candles = columns.snapshot(count, end)
        if columns.structure == structure:
            return structure, candles
    raise ColumnsBusy(_ATTEMPTS)
