"""The candles that a backtest asks for, out of the rings."""

import numpy as np

from market.columns import CandleWindow
from market.market import Market
from research.errors import RequestError
from research.views import BacktestRequest
from server import market_reader
from server.errors import RequestError as Refusal


class ResearchCandles:
    """Reads closed candles of what is followed. Calls may come from any thread."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def __call__(self, request: BacktestRequest) -> CandleWindow:
        """Those of the request's symbol, interval and range; raises :class:`RequestError`."""
        try:
            held = market_reader.closed_candles(self._market, request.symbol, request.interval)
        except Refusal as refusal:
            raise RequestError(str(refusal)) from None
        first, end = 0, len(held)
        if request.start_ns is not None:
            first = int(np.searchsorted(held.time_ns, request.start_ns))
        if request.end_ns is not None:
            end = int(np.searchsorted(held.time_ns, request.end_ns))
        return market_reader.part(held, held.first_index + first, held.first_index + end)
