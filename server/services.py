"""The one door through which pages and routes reach the system.

``install`` is called once by ``app.py``; pages call ``current()``. Everything returned is a plain
value from :mod:`server.views` or an immutable window of candles.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import asdict
from time import monotonic_ns
from typing import Any, Protocol

from chart_acceleration import plotly_fallback
from chart_acceleration.chart_data import ChartData
from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.spec import ChartSpec, Furniture
from data_feed.status import FeedMode, FeedState, FeedStatus
from market.columns import CandleWindow
from market.market import Market
from market.types import Interval
from server import backtests, market_reader, paper_account
from server.drawing import Drawing
from server.errors import ServerError
from server.frames_protocol import Subscribe
from server.live_loop import LiveLoop
from server.picture_cache import PictureCache
from server.settings import Settings
from server.telemetry import Telemetry
from server.viewers import Viewers
from server.views import BacktestView, ChartQuery, FillView, LastView, PaperView, StatusView
from trading.paper import PaperEngine

_LABELS = {
    FeedMode.LIVE: "LIVE",
    FeedMode.SIMULATED: "SIMULATED",
    FeedMode.REPLAY: "REPLAY",
}


class FeedControl(Protocol):
    """What the server needs of a feed."""

    def status(self) -> FeedStatus:
        """How things stand."""
        ...

    def retry_now(self) -> None:
        """Connect again without waiting."""
        ...

    def report_stages(self, report: Callable[[str, int], None]) -> None:
        """Have ``report`` called with every frame's stages and nanoseconds."""
        ...


class Services:
    """Market, feed, drawing and paper account behind one typed face.

    Methods that take texts from outside raise :class:`server.errors.RequestError` with a sentence.
    """

    def __init__(
        self,
        settings: Settings,
        market: Market,
        feed: FeedControl,
        renderer: RendererChoice,
        paper: PaperEngine,
    ) -> None:
        self.settings = settings
        self.market = market
        self.feed = feed
        self.telemetry = Telemetry()
        feed.report_stages(self.telemetry.stage)
        self.drawing = Drawing(renderer, self.telemetry)
        self.viewers = Viewers(self.drawing, self.telemetry, self.status)
        self.live = LiveLoop(
            market, self.drawing, self.telemetry, self.viewers, self._live_furniture
        )
        self._paper = paper
        self._paper_lock = threading.Lock()
        self._pictures = PictureCache()

    # --- how things stand -------------------------------------------------------------------

    def status(self) -> StatusView:
        """Feed pill and status bar."""
        feed = self.feed.status()
        streaming = feed.state is FeedState.STREAMING
        telemetry = self.telemetry
        return StatusView(
            label=_LABELS[feed.mode] if streaming else feed.state.name,
            mode=feed.mode.value,
            venue=feed.venue,
            detail=feed.detail,
            age_ms=feed.age_ms,
            retry_in_s=feed.retry_in_s,
            renderer=self.drawing.name,
            renderer_reasons=self.drawing.reasons,
            tier=self.drawing.tier,
            draw_ms=telemetry.draw_ms(),
            frames_per_s=telemetry.frames_per_s(monotonic_ns()),
            tick_to_ack_p95_ms=telemetry.p95_ms("tick_to_ack"),
            gaps=feed.counters.gaps,
        )

    def failure(self) -> str | None:
        """What defect of our own stopped the live loop or the feed; None while both run."""
        feed = self.feed.status()
        return self.live.failure or (feed.detail if feed.failed else None)

    def tier(self) -> str:
        """``picture``, or ``plotly`` when no renderer runs."""
        return self.drawing.tier

    def metrics(self) -> bytes:
        """Everything measured and counted, in Prometheus' text format."""
        feed = self.feed.status()
        if feed.age_ms is not None:
            self.telemetry.feed_age.set(feed.age_ms / 1000)
        for event, number in asdict(feed.counters).items():
            self.telemetry.feed_events.labels(event).set(number)
        return self.telemetry.text()

    def retry_feed(self) -> None:
        """Connect to the venue now instead of at the next try."""
        self.feed.retry_now()

    # --- market -----------------------------------------------------------------------------

    def symbols(self) -> tuple[str, ...]:
        """The symbols being watched."""
        return self.market.symbols

    def intervals(self) -> tuple[str, ...]:
        """The candle lengths, shortest first."""
        return tuple(interval.value for interval in Interval)

    def candles(self, symbol: str, interval: str, limit: int) -> CandleWindow:
        """A consistent copy of the newest ``limit`` (1 to 5000) candles, oldest first."""
        return market_reader.candles(self.market, symbol, interval, limit)

    def last(self, symbol: str) -> LastView:
        """Last price, its change over a day, best bid and ask."""
        return market_reader.last(self.market, symbol)

    # --- pictures ---------------------------------------------------------------------------

    def spec_of(self, message: Subscribe) -> ChartSpec:
        """The view that a tab subscribes to."""
        return market_reader.chart_spec(
            self.market,
            message.symbol,
            message.interval,
            (message.width, message.height),
            message.scale,
            message.theme,
            message.bars,
            message.end,
        )

    async def picture(self, query: ChartQuery) -> bytes:
        """A WebP with legend; raises also ``PictureUnavailable`` when no renderer runs."""
        spec = market_reader.chart_spec(
            self.market,
            query.symbol,
            query.interval,
            (query.width, query.height),
            query.scale,
            query.theme,
            query.bars,
        )
        ring = market_reader.columns(self.market, query.symbol, query.interval)
        candles = ring.snapshot(spec.bars + 1)
        furniture = self._furniture(query.symbol, picture=True)
        key = (spec, furniture, candles.version)
        started_ns = monotonic_ns()
        kept = self._pictures.get(key)
        picture = kept or await self.drawing.picture(ChartData(candles), spec, furniture)
        if kept is None:
            self._pictures.put(key, picture)
        self.telemetry.answered(kept is not None, monotonic_ns() - started_ns)
        return picture

    def figure(self, symbol: str, interval: str, bars: int, theme: str) -> dict[str, Any]:
        """The chart as a Plotly figure, for the tier without pictures."""
        spec = market_reader.chart_spec(
            self.market, symbol, interval, (1280, 720), 1.0, theme, bars
        )
        candles = market_reader.columns(self.market, symbol, interval).snapshot(bars)
        return plotly_fallback.figure(candles, spec, self._furniture(symbol, picture=False))

    def _live_furniture(self, symbol: str) -> Furniture:
        return self._furniture(symbol, picture=False)

    def _furniture(self, symbol: str, picture: bool) -> Furniture:
        return market_reader.furniture(self.market[symbol], self.feed.status(), picture)

    # --- trading ----------------------------------------------------------------------------

    async def backtest(
        self,
        symbol: str,
        interval: str,
        fast: int,
        slow: int,
        fee_percent: float,
        slippage_bp: float,
        capital: float,
    ) -> BacktestView:
        """An SMA crossover over all closed candles held, computed off the event loop."""
        candles = market_reader.closed_candles(self.market, symbol, interval)
        order = backtests.BacktestOrder(
            symbol, interval, fast, slow, fee_percent, slippage_bp, capital
        )
        return await asyncio.to_thread(backtests.run, candles, order)

    def paper(self) -> PaperView:
        """The paper account at the last prices."""
        with self._paper_lock:
            return paper_account.view(self._paper, self.market)

    async def paper_order(self, symbol: str, side: str, size: str) -> FillView:
        """Buy or sell ``size`` of the base currency at the market; raises ``OrderRefused``."""
        status = self.feed.status()
        with self._paper_lock:
            return paper_account.submit(self._paper, self.market, status, (symbol, side, size))

    def close(self) -> None:
        """Let the drawing threads end."""
        self.drawing.close()


class _Installed:
    """Holds the process's services for pages, which Dash imports without arguments."""

    services: Services | None = None


def install(services: Services) -> None:
    """Make ``services`` the ones that :func:`current` returns."""
    _Installed.services = services


def current() -> Services:
    """The services of this process; raises :class:`ServerError` before :func:`install`."""
    if _Installed.services is None:
        raise ServerError("services are used before app.py has installed them")
    return _Installed.services
