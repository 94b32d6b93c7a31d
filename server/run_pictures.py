"""The chart of a finished run: its candles, the strategy's curves, its trades as marks."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chart_acceleration.chart_data import NO_MARKERS, ChartData, MarkerKind, Markers
from chart_acceleration.elements import LINE_ROLES, AxisKind, Curve, Elements, Study, StudyPane
from chart_acceleration.errors import ChartError
from chart_acceleration.history import History
from chart_acceleration.layout import ChartLayout
from chart_acceleration.spec import FEWEST_BARS, ChartSpec, Furniture
from market.columns import CandleWindow
from market.errors import MarketError
from market.types import Interval
from research.views import ChartedCurve, ChartedRun, TradeView
from server.drawing import Drawing
from server.errors import NoData, RequestError

AROUND = 120
"""Candles at least that a trade is shown with."""

MOST_KEPT = 4
KNOTS = 64
MARK_ROOM = 5
"""CSS pixels of the width that a mark needs: where there are more, they hide the prices."""

_LINES = 5  # the first of LINE_ROLES are lines of their own


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Rows ``first`` to ``last`` (not included) of a run's candles, or those around ``trade``.

    ``width`` and ``height`` are CSS pixels, ``ratio`` device pixels for each.
    """

    run: str
    width: int
    height: int
    first: int | None = None
    last: int | None = None
    trade: int | None = None
    ratio: float = 1.0
    theme: str = "dark"
    scale: str = "linear"


@dataclass(frozen=True, slots=True)
class RunPicture:
    """A WebP, and where in it which candle is, see :func:`_places`."""

    webp: bytes
    places: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    history: History
    studies: tuple[Study, ...]
    markers: Markers
    trades: tuple[TradeView, ...]
    symbol: str
    interval: str
    decimals: int


class RunPictures:
    """Draws charts of runs; what the last few were drawn from is kept."""

    def __init__(self, drawing: Drawing, charted: Callable[[str], ChartedRun]) -> None:
        self._drawing = drawing
        self._charted = charted
        self._kept: OrderedDict[str, _Prepared] = OrderedDict()

    async def picture(self, query: RunQuery) -> RunPicture:
        """Raises :class:`RequestError` for what cannot be drawn, ``ResearchError`` for a run that
        is not there, ``PictureUnavailable`` when no renderer runs.
        """
        prepared = self._kept.get(query.run)
        if prepared is None:
            prepared = await asyncio.to_thread(lambda: _prepared(self._charted(query.run)))
            self._kept[query.run] = prepared
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        first, last = _rows(query, prepared)
        spec = _spec(query, prepared, first, last)
        end = prepared.history.window(None).first_index + last
        markers = _in_sight(prepared, first, last)
        if len(markers) * MARK_ROOM > query.width:
            markers = NO_MARKERS
        data = replace(ChartData.view(prepared.history, end), markers=markers)
        furniture = Furniture(legend=False, last_line=True, decimals=prepared.decimals)
        drawn = await self._drawing.keyframe(data, spec, furniture)
        return RunPicture(
            drawn.webp, _places(drawn.layout, prepared.history.window(None), query.ratio)
        )


def _prepared(run: ChartedRun) -> _Prepared:
    candles = run.candles
    if len(candles) < FEWEST_BARS:
        raise NoData(f"the run has {len(candles)} candles; a chart needs {FEWEST_BARS}")
    history = History(candles)
    studies = []
    for place, curve in enumerate(run.curves):
        history.add_study(curve.values[np.newaxis, :])
        studies.append(_study(place, curve))
    return _Prepared(
        history,
        tuple(studies),
        _markers(run.trades),
        run.trades,
        run.symbol,
        run.interval,
        run.decimals,
    )


def _study(place: int, curve: ChartedCurve) -> Study:
    line = Curve(curve.name, role=LINE_ROLES[place % _LINES])
    return Study(curve.name, (line,), StudyPane() if curve.pane else None)


def _markers(trades: tuple[TradeView, ...]) -> Markers:
    """An entry for every trade, and an exit coloured by its result for every closed one."""
    marks = [(trade.entry_ns, MarkerKind.ENTRY) for trade in trades]
    marks += [
        (trade.exit_ns, MarkerKind.EXIT_PROFIT if trade.pnl > 0 else MarkerKind.EXIT_LOSS)
        for trade in trades
        if trade.exit_ns is not None
    ]
    marks.sort()
    return Markers.of([time for time, _ in marks], [kind for _, kind in marks])


def _in_sight(prepared: _Prepared, first: int, last: int) -> Markers:
    """Those of rows ``first`` to ``last``: a later one would stand beside the last of them."""
    times, markers = prepared.history.window(None).time_ns, prepared.markers
    start = int(np.searchsorted(markers.time_ns, times[first]))
    end = len(markers)
    if last < len(times):
        end = int(np.searchsorted(markers.time_ns, times[last]))
    return Markers(markers.time_ns[start:end], markers.kind[start:end])


def _rows(query: RunQuery, prepared: _Prepared) -> tuple[int, int]:
    """The rows asked for, moved into those there are."""
    count = len(prepared.history)
    first, last = query.first, query.last
    if query.trade is not None:
        found = [each for each in prepared.trades if each.number == query.trade]
        if not found:
            raise RequestError(
                f"trade was {query.trade}; the run has {len(prepared.trades)} of them"
            )
        length = found[0].exit_row - found[0].entry_row + 1
        rest = max(length, AROUND - length) // 2
        first, last = found[0].entry_row - rest, found[0].exit_row + 1 + rest
    start = 0 if first is None else min(max(first, 0), count - FEWEST_BARS)
    end = count if last is None else min(max(last, start + FEWEST_BARS), count)
    return start, end


def _spec(query: RunQuery, prepared: _Prepared, first: int, last: int) -> ChartSpec:
    if query.scale not in ("linear", "log"):
        raise RequestError(f"scale was {query.scale[:40]!r}; allowed are linear, log")
    start = prepared.history.window(None).first_index
    try:
        return ChartSpec(
            symbol=prepared.symbol,
            interval=Interval.parse(prepared.interval),
            width=round(query.width * query.ratio),
            height=round(query.height * query.ratio),
            scale=query.ratio,
            theme=query.theme,
            bars=last - first,
            end=start + last,
            elements=Elements(axis=AxisKind(query.scale), studies=prepared.studies),
        )
    except (ChartError, MarketError) as error:
        raise RequestError(str(error)) from None


def _places(layout: ChartLayout, candles: CandleWindow, ratio: float) -> dict[str, Any]:
    """``plot`` x, y, width, height and ``x_first``, ``step`` in CSS pixels; rows from 0.

    Row r is at ``x_first + (r − first) × step``. ``from_ms`` and ``to_ms`` are the times at the
    plot's edges, ``knots`` rows with their times, between which time runs evenly.
    """
    plot = layout.plot
    first = layout.first_index - candles.first_index
    last = first + layout.frame.count
    edges = [first + (x - layout.x_first) / layout.step for x in (plot.x0, plot.x1)]
    rows = np.unique(np.linspace(first, last - 1, KNOTS).round().astype(np.int64))
    return {
        "first": first,
        "last": last,
        "bars": len(candles),
        "plot": [plot.x0 / ratio, plot.y0 / ratio, (plot.x1 - plot.x0) / ratio,
                 (plot.y1 - plot.y0) / ratio],
        "price_top": layout.price_top,
        "price_bottom": layout.price_bottom,
        "x_first": layout.x_first / ratio,
        "step": layout.step / ratio,
        "from_ms": _moment(candles, edges[0]),
        "to_ms": _moment(candles, edges[1]),
        "knots": [rows.tolist(), (candles.time_ns[rows] // 1_000_000).tolist()],
    }  # fmt: skip


def _moment(candles: CandleWindow, row: float) -> int:
    """The time at a row, also between and beyond the candles there are, ms."""
    count = len(candles)
    near = min(max(int(row), 0), count - 2)
    start, after = (int(candles.time_ns[each]) for each in (near, near + 1))
    return round(start + (row - near) * (after - start)) // 1_000_000
