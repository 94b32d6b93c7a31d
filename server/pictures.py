"""Charts asked for one at a time: pictures by URL, and the figures of the tier without pictures."""

import asyncio
from collections import OrderedDict
from time import monotonic_ns
from typing import Any

import numpy as np

from chart_acceleration import plotly_fallback
from indicators.parts import F64
from market.columns import CandleWindow
from market.market import Market
from server import market_reader
from server.chart_request import ChartRequest, chart_request
from server.drawing import Drawing
from server.errors import NoData
from server.market_facts import FactsReader
from server.market_reader import part
from server.picture_cache import PictureCache
from server.studies import ChosenIndicator
from server.study_series import batch
from server.telemetry import Telemetry
from server.times import time_ns
from server.views import ChartQuery

MOST_SERIES = 64
"""Indicators whose values are kept for the next picture of the same candles."""


class Pictures:
    """Draws what a query asks for, once for the same query of the same candles."""

    def __init__(
        self, market: Market, drawing: Drawing, telemetry: Telemetry, facts: FactsReader
    ) -> None:
        self._market = market
        self._drawing = drawing
        self._telemetry = telemetry
        self._facts = facts
        self._cache = PictureCache()
        self._series: OrderedDict[tuple[object, ...], F64] = OrderedDict()

    async def picture(self, query: ChartQuery) -> bytes:
        """A WebP with legend; raises :class:`RequestError` and ``PictureUnavailable``."""
        request, candles = self._asked(query)
        facts = self._facts.read(request, picture=True)
        started_ns = monotonic_ns()
        key = (request, facts, candles.version)
        kept = self._cache.get(key)
        if kept is None:
            data = facts.data(*await self._shown(request, candles))
            picture = await self._drawing.picture(data, request.spec, facts.furniture)
            self._cache.put(key, picture)
        else:
            picture = kept
        self._telemetry.answered(kept is not None, monotonic_ns() - started_ns)
        return picture

    async def figure(self, query: ChartQuery) -> dict[str, Any]:
        """A Plotly figure; raises :class:`RequestError`."""
        request, candles = self._asked(query)
        facts = self._facts.read(request, picture=False)
        data = facts.data(*await self._shown(request, candles))
        return plotly_fallback.figure(data, request.spec, facts.furniture)

    def _asked(self, query: ChartQuery) -> tuple[ChartRequest, CandleWindow]:
        """The request, and all candles that its ring holds."""
        request = chart_request(self._market, query)
        candles = market_reader.columns(self._market, query.symbol, query.interval).snapshot()
        if query.end is None:
            return request, candles
        end = _index_at(candles, time_ns("end", query.end), query)
        # The newest candle may be asked for by its time: the chart then follows it like any other.
        newest = candles.first_index + len(candles)
        end_index = None if end == newest else end
        return request.moved(query.bars, end_index, query.price_range), candles

    async def _shown(
        self, request: ChartRequest, candles: CandleWindow
    ) -> tuple[CandleWindow, tuple[F64, ...]]:
        """The candles of the picture and the values beside them."""
        end = candles.first_index + len(candles) if request.spec.end is None else request.spec.end
        first = max(candles.first_index, end - request.rows)
        rows = slice(first - candles.first_index, end - candles.first_index)
        values = [await self._values(request, each, candles) for each in request.indicators]
        return part(candles, first, end), tuple(each[:, rows] for each in values)

    async def _values(
        self, request: ChartRequest, chosen: ChosenIndicator, candles: CandleWindow
    ) -> F64:
        """An indicator over all candles, so that what it warms up with lies before the picture."""
        key = (request.spec.symbol, request.spec.interval, chosen, candles.version)
        values = self._series.get(key)
        if values is None:
            values = await asyncio.to_thread(batch, chosen, candles)
            self._series[key] = values
            if len(self._series) > MOST_SERIES:
                self._series.popitem(last=False)
        return values


def _index_at(candles: CandleWindow, moment_ns: int, query: ChartQuery) -> int:
    """One past the candle that ``moment_ns`` falls in, or follows."""
    row = int(np.searchsorted(candles.time_ns, moment_ns, side="right"))
    if row == 0:
        oldest = np.datetime_as_string(candles.time_ns[:1].astype("datetime64[ns]"), "s")
        held = f"the oldest candle held starts at {oldest[0]}Z" if len(oldest) else "none is held"
        raise NoData(f"end was {query.end!r}; {held}")
    return candles.first_index + row
