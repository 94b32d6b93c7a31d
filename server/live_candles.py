"""Candles of live charts and the values of their indicators, once for all charts of a ring."""

import asyncio
from collections.abc import Iterable

from indicators.parts import F64
from market.columns import CandleColumns, CandleWindow
from market.market import Market
from market.types import Interval
from server.chart_request import ChartRequest
from server.ring_studies import RingStudies

Place = tuple[str, Interval]


class LiveCandles:
    """Reads the rings of ``market`` for live charts. Used from the event loop only."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._studies: dict[Place, RingStudies] = {}

    def columns(self, request: ChartRequest) -> CandleColumns:
        """The ring that a request is about."""
        return self._market[request.spec.symbol].builder.columns(request.spec.interval)

    def keep(self, requests: Iterable[ChartRequest]) -> None:
        """Keep the indicators of these charts and forget all others."""
        wanted: dict[Place, dict[ChartRequest, None]] = {}
        for request in requests:
            if request.indicators:
                wanted.setdefault(_place(request), {})[request] = None
        for place in self._studies.keys() - wanted.keys():
            del self._studies[place]
        for place, group in wanted.items():
            if place not in self._studies:
                self._studies[place] = RingStudies(self.columns(next(iter(group))))
            self._studies[place].keep({each for request in group for each in request.indicators})

    async def follow(self, requests: Iterable[ChartRequest]) -> None:
        """Take in candles that began, and older ones that changed, off the event loop.

        Raises :class:`ColumnsBusy`.
        """
        places = {_place(request) for request in requests if request.indicators}
        behind = [ring for place in places if (ring := self._studies[place]).behind]
        if behind:
            await asyncio.to_thread(_follow, behind)

    def window(self, request: ChartRequest) -> tuple[CandleWindow, tuple[F64, ...]]:
        """The candles of a picture and the values beside them, per indicator float64 (outputs, n).

        Raises :class:`ColumnsBusy`.
        """
        count, end = request.rows, request.spec.end
        if not request.indicators:
            return self.columns(request).snapshot(count, end), ()
        return self._studies[_place(request)].window(request.indicators, count, end)


def _place(request: ChartRequest) -> Place:
    return request.spec.symbol, request.spec.interval


def _follow(rings: list[RingStudies]) -> None:
    for ring in rings:
        ring.follow()
