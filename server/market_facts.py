"""What a chart says beside its candles: quotes, the time, the paper account's fills."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import time_ns

from chart_acceleration.chart_data import NO_MARKERS, ChartData, Markers
from chart_acceleration.scene import F64
from chart_acceleration.spec import Furniture
from data_feed.status import FeedMode, FeedStatus
from market.columns import CandleWindow
from market.market import Market, SymbolMarket
from market.types import SECOND
from server import market_reader
from server.chart_request import ChartRequest


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """Beside the candles. Equal facts make equal pictures of equal candles.

    ``now_ns`` is a whole second: a countdown changes once a second, not with every look at it.
    ``fills`` counts what ``markers`` mark, and only ever rises.
    """

    furniture: Furniture
    bid: float | None = None
    ask: float | None = None
    now_ns: int | None = None
    fills: int = 0
    markers: Markers = field(default=NO_MARKERS, compare=False, repr=False)

    def data(self, candles: CandleWindow, values: tuple[F64, ...]) -> ChartData:
        """The numbers of a picture of ``candles``."""
        return ChartData(candles, values, self.markers, self.bid, self.ask, self.now_ns)


class FactsReader:
    """Looks up what a request asks for. ``fills`` gives the markers of a symbol's fills."""

    def __init__(
        self,
        market: Market,
        feed: Callable[[str], FeedStatus],
        fills: Callable[[str], Markers],
        clock: Callable[[], int] = time_ns,
    ) -> None:
        self._market = market
        self._feed = feed
        self._fills = fills
        self._clock = clock

    def read(self, request: ChartRequest, picture: bool) -> MarketFacts:
        """The facts of now; ``picture`` for those asked for by URL."""
        spec = request.spec
        state, feed = self._market[spec.symbol], self._feed(spec.symbol)
        furniture = market_reader.furniture(state, feed, request, picture)
        quote = state.quote if request.quote else None
        markers = self._fills(spec.symbol) if request.trades else NO_MARKERS
        return MarketFacts(
            furniture=furniture,
            bid=quote.bid if quote else None,
            ask=quote.ask if quote else None,
            now_ns=self._now(state, feed) if request.countdown and spec.end is None else None,
            fills=len(markers),
            markers=markers,
        )

    def _now(self, state: SymbolMarket, feed: FeedStatus) -> int | None:
        """The market's time: that of its newest event where it is a recording's."""
        if feed.mode is not FeedMode.REPLAY:
            return self._clock() // SECOND * SECOND
        trade = state.last_trade
        return None if trade is None else trade.time_ns // SECOND * SECOND
