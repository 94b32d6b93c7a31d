"""Which candles a request is about: of a market, of what is stored, or of an upload."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from market.columns import CandleWindow
from market.errors import MarketError
from market.types import Interval
from research.datasets import Datasets, gaps_in
from research.errors import RequestError, ResearchError
from research.views import BacktestRequest, CoverageView
from storage.candle_store import part_of

__all__ = ["MOST_CANDLES", "CandleData", "CandleSource", "within"]

MOST_CANDLES = 5_000_000


class CandleSource(Protocol):
    """Where the candles of symbols come from."""

    def symbols(self) -> tuple[str, ...]:
        """Those that there are candles of."""
        ...

    def read(
        self, symbol: str, interval: Interval, start_ns: int | None, end_ns: int | None
    ) -> CandleWindow:
        """Closed candles that start at ``start_ns`` or later and before ``end_ns``; perhaps none.

        Raises :class:`ResearchError` for an unknown symbol and when they cannot be read.
        """
        ...


class CandleData:
    """Candles by request. All methods may be called from any thread and may take seconds."""

    def __init__(self, source: CandleSource, datasets: Datasets) -> None:
        self._source = source
        self._datasets = datasets

    def named(self, request: BacktestRequest) -> tuple[tuple[str, ...], Interval]:
        """The symbols and the interval of ``request``; raises :class:`RequestError`."""
        if request.dataset is not None:
            found = self._datasets.view(request.dataset)
            return (request.symbol or found.name, *request.others), Interval.parse(found.interval)
        symbols = (request.symbol, *request.others)
        if len(set(symbols)) != len(symbols):
            raise RequestError(f"symbols were {', '.join(symbols)}; each may be named once")
        try:
            return symbols, Interval.parse(request.interval)
        except MarketError as error:
            raise RequestError(str(error)) from None

    def read(self, request: BacktestRequest) -> Mapping[str, CandleWindow]:
        """Candles by symbol; raises :class:`RequestError` where there are none, or too many."""
        symbols, interval = self.named(request)
        start_ns, end_ns = request.start_ns, request.end_ns
        if start_ns is not None and end_ns is not None and start_ns >= end_ns:
            raise RequestError(f"from was {_moment(start_ns)}, not before to ({_moment(end_ns)})")
        found: dict[str, CandleWindow] = {}
        for number, symbol in enumerate(symbols):
            if request.dataset is not None and number == 0:
                window = within(self._datasets.candles(request.dataset), start_ns, end_ns)
            else:
                window = self._source.read(symbol, interval, start_ns, end_ns)
            found[symbol] = _checked(window, symbol, interval, request)
        return found

    def coverage(self, request: BacktestRequest) -> CoverageView:
        """What :meth:`read` would find of the first symbol, told instead of raised."""
        try:
            _, interval = self.named(request)
            window = next(iter(self.read(request).values()))
        except ResearchError as error:
            return CoverageView(0, None, None, 0, 0, str(error))
        gaps, longest_ns = gaps_in(window, interval.nanoseconds)
        first_ns, last_ns = int(window.time_ns[0]), int(window.time_ns[-1])
        return CoverageView(len(window), first_ns, last_ns, gaps, longest_ns)


def within(candles: CandleWindow, start_ns: int | None, end_ns: int | None) -> CandleWindow:
    """Those that start at ``start_ns`` or later and before ``end_ns``, as views."""
    times = candles.time_ns
    first = 0 if start_ns is None else int(np.searchsorted(times, start_ns))
    end = len(candles) if end_ns is None else int(np.searchsorted(times, end_ns))
    return part_of(candles, slice(first, max(first, end)))


def _checked(
    window: CandleWindow, symbol: str, interval: Interval, request: BacktestRequest
) -> CandleWindow:
    if not len(window):
        given = [
            f"{word} {_moment(at)}"
            for word, at in (("from", request.start_ns), ("to", request.end_ns))
            if at is not None
        ]
        between = f" {' '.join(given)}" if given else ""
        raise RequestError(f"There are no closed candles of {symbol} {interval}{between}.")
    if len(window) > MOST_CANDLES:
        raise RequestError(
            f"There are {len(window):,} candles of {symbol} {interval}; a run takes up to "
            f"{MOST_CANDLES:,}: choose a shorter range or a longer interval."
        )
    return window


def _moment(time_ns: int) -> str:
    return f"{np.datetime64(time_ns, 'ns').astype('datetime64[m]')}Z".replace("T", " ")
