"""The last day of many markets as one picture of small lines.

A line has 48 half hours up to the newest candle. Where less is held it has 48 shorter steps, so
that what there is fills at least half of it. Its colour is that of the change over the day, as the
watchlist writes it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from chart_acceleration.errors import ChartError
from chart_acceleration.scene import F64
from chart_acceleration.sparkline import MOST_LINES, SparklineSheet
from data_feed.status import FeedState, FeedStatus
from market.columns import CandleWindow
from market.market import Market
from market.types import Interval
from server import market_reader
from server.drawing import Drawing
from server.errors import RequestError
from server.picture_cache import PictureCache
from server.watch_views import SparklineQuery, SparklineView

POINTS = 48
MILLISECOND = 1_000_000
PER_STEP = 2
"""Candles in a step of a line."""
_LADDER = (Interval.M15, Interval.M5, Interval.M1, Interval.S15, Interval.S5, Interval.S1)


@dataclass(frozen=True, slots=True)
class Line:
    """``closes``: float64 (48,), NaN before the oldest candle held; the last one's candle begins
    at ``end_ns``, None before the first candle. ``direction``: 1 up, -1 down, 0 neither or unknown.
    """

    symbol: str
    direction: int
    end_ns: int | None
    step_ns: int
    closes: F64


class Sparklines:
    """Draws sheets of sparklines, once for equal lines. Used from the event loop."""

    def __init__(self, market: Market, drawing: Drawing, feed: Callable[[str], FeedStatus]) -> None:
        self._market = market
        self._drawing = drawing
        self._feed = feed
        self._cache = PictureCache()

    async def picture(self, query: SparklineQuery) -> bytes:
        """A WebP; raises :class:`RequestError` and ``PictureUnavailable``."""
        sheet, lines = self._asked(query)
        values = np.stack([line.closes for line in lines])
        directions = tuple(line.direction for line in lines)
        key = (sheet, directions, hashlib.sha256(values.tobytes()).hexdigest())
        kept = self._cache.get(key)
        if kept is None:
            kept = await self._drawing.sparklines(values, directions, sheet)
            self._cache.put(key, kept)
        return kept

    def facts(self, query: SparklineQuery) -> list[SparklineView]:
        """What the picture shows and where, in the order asked for; raises ``RequestError``."""
        sheet, lines = self._asked(query)
        cells = [sheet.cell(number) for number in range(sheet.count)]
        return [
            SparklineView(
                line.symbol, cell.x0, cell.y0, cell.width, cell.height, line.direction,
                None if line.end_ns is None else line.end_ns // MILLISECOND,
                line.step_ns // MILLISECOND,
                tuple(None if np.isnan(close) else close for close in line.closes.tolist()),
            )
            for line, cell in zip(lines, cells, strict=True)
        ]  # fmt: skip

    def _asked(self, query: SparklineQuery) -> tuple[SparklineSheet, list[Line]]:
        symbols = chosen_symbols(self._market, query.symbols)
        stale = all(self._feed(symbol).state is FeedState.LOST for symbol in symbols)
        try:
            sheet = SparklineSheet(
                len(symbols), query.width, query.height, query.scale, query.theme, stale
            )
        except ChartError as error:
            raise RequestError(str(error)) from None
        return sheet, [line(self._market, symbol) for symbol in symbols]


def chosen_symbols(market: Market, texts: Sequence[str]) -> tuple[str, ...]:
    """The symbols of comma lists, each once, in their order; all of the market without any.

    Raises :class:`RequestError` for unknown symbols and for more than a sheet takes.
    """
    named = [name for text in texts for name in text.split(",") if name]
    if len(named) > MOST_LINES:
        raise RequestError(f"symbols were {len(named)}; allowed are at most {MOST_LINES}")
    chosen = tuple(dict.fromkeys(named)) or market.symbols
    for name in chosen:
        market_reader.columns(market, name, Interval.M1)
    return chosen


def line(market: Market, symbol: str) -> Line:
    """The course of ``symbol`` over the last day, or over what is held."""
    change = market_reader.last(market, symbol).change_pct
    direction = int(np.sign(round(change or 0.0, 2)))
    for interval in _LADDER:
        finer = market[symbol].builder.columns(interval).snapshot(PER_STEP * POINTS)
        if len(finer) or interval is _LADDER[0]:
            window, step_ns = finer, PER_STEP * interval.nanoseconds
        if _held_ns(window) >= POINTS // 2 * step_ns:
            break
    if not len(window):
        return Line(symbol, direction, None, step_ns, np.full(POINTS, np.nan))
    return Line(symbol, direction, int(window.time_ns[-1]), step_ns, resampled(window, step_ns))


def resampled(window: CandleWindow, step_ns: int) -> F64:
    """The last close at each of 48 times ``step_ns`` apart, the last being the newest candle's.

    NaN where no candle is held yet; where nothing was traded the close before stays.
    """
    times = window.time_ns[-1] - step_ns * np.arange(POINTS - 1, -1, -1, dtype=np.int64)
    rows = np.searchsorted(window.time_ns, times, side="right") - 1
    return np.where(rows < 0, np.nan, window.close[np.maximum(rows, 0)])


def _held_ns(window: CandleWindow) -> int:
    return int(window.time_ns[-1] - window.time_ns[0]) if len(window) else 0
