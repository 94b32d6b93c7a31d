"""The one door through which pages and routes reach the system.

``install`` is called once by ``app.py``; pages call ``current()``. Everything returned is a plain
value from :mod:`server.views` or an immutable window of candles.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from time import monotonic_ns
from typing import Any, Protocol

from chart_acceleration.renderers.auto import RendererChoice
from data_feed.feed import VenueSources
from data_feed.history_progress import HistoryProgress
from data_feed.source import Source
from data_feed.status import FeedMode, FeedState, FeedStatus, SymbolStatus
from market.columns import CandleWindow
from market.market import Market
from market.order_book import OrderBook
from market.types import Interval, Symbol
from paper_trading.automation_desk import AutomationDesk
from paper_trading.service import PaperTrading
from research.runs import Research
from server import chart_request, live_trial, market_reader
from server.book_pictures import DepthPictures
from server.book_reader import BookReader
from server.book_teller import BookTeller
from server.chart_request import ChartRequest
from server.drawing import Drawing
from server.errors import ServerError
from server.feed_views import SymbolView, VenueView, pace_of, recorded_ms, symbol_view, venue_view
from server.frames_protocol import Subscribe
from server.history_imports import HistoryImports
from server.indicator_views import indicator_views
from server.live_loop import LiveLoop
from server.market_facts import FactsReader
from server.paper_markers import markers
from server.paper_teller import PaperTeller
from server.performance import Performance
from server.pictures import Pictures
from server.replay_desk import ReplayDesk
from server.research_candles import ResearchCandles
from server.run_pictures import RunPictures
from server.settings import Settings
from server.sparklines import Sparklines
from server.telemetry import Telemetry
from server.viewers import Viewers
from server.views import (
    ChartQuery,
    ElementsQuery,
    IndicatorView,
    LastView,
    StatusView,
)
from server.watch_rows import WatchRows

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

    def statuses(self) -> tuple[FeedStatus, ...]:
        """How things stand with each venue."""
        ...

    def status_of(self, symbol: str) -> FeedStatus:
        """How things stand with the venue of ``symbol``; raises ``UnknownSymbol``."""
        ...

    def symbol_statuses(self) -> tuple[SymbolStatus, ...]:
        """How things stand with each symbol."""
        ...

    def retry_now(self) -> None:
        """Connect again without waiting."""
        ...

    @property
    def history(self) -> HistoryProgress:
        """How far the history of every ring has been loaded; always the same object."""
        ...

    def load_history(self) -> None:
        """Ask for the history again."""
        ...

    def book(self, symbol: str) -> OrderBook | None:
        """The order book of ``symbol``; None while none is followed."""
        ...

    def report_stages(self, report: Callable[[str, int], None]) -> None:
        """Have ``report`` called with every frame's stages and nanoseconds."""
        ...

    @property
    def source(self) -> Source:
        """The source that is shown."""
        ...

    @property
    def session(self) -> int:
        """Rises with every switch."""
        ...

    def switch(
        self,
        sources: Sequence[Source],
        symbols: Sequence[Symbol],
        others: Sequence[VenueSources] = (),
    ) -> None:
        """Show something else."""
        ...

    def relabel(self, label: str) -> None:
        """Say in ``label`` what is being shown."""
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
        paper: PaperTrading,
    ) -> None:
        self.settings = settings
        self.market = market
        self.feed = feed
        self.paper = paper
        self.paper_teller = PaperTeller(paper, self.last)
        self.telemetry = Telemetry()
        feed.report_stages(self.telemetry.stage)
        self.drawing = Drawing(renderer, self.telemetry)
        self.viewers = Viewers(self.drawing, self.telemetry, self.status, feed.history)
        facts = FactsReader(market, feed.status_of, lambda symbol: markers(paper.marks(symbol)))
        self.live = LiveLoop(market, self.drawing, self.telemetry, self.viewers, facts)
        self.pictures = Pictures(market, self.drawing, self.telemetry, facts)
        self.sparklines = Sparklines(market, self.drawing, feed.status_of)
        self.watch_rows = WatchRows(market)
        self.replays = ReplayDesk(settings, market, feed)
        self.imports = HistoryImports(settings)
        self.research = Research(
            ResearchCandles(settings, market, lambda: feed.status().mode),
            settings.store,
            settings.strategies,
            settings.dask,
        )
        self.automations = AutomationDesk(
            paper, market, feed.history, settings.store, self.research.catalogue,
            self.research.children,
        )  # fmt: skip
        self.run_pictures = RunPictures(self.drawing, self.research.charted)
        self.books = BookTeller(BookReader(market, feed, settings.books))
        self.depth = DepthPictures(self.books.reader, self.drawing)
        self.performance = Performance(
            self.telemetry,
            self.drawing,
            self.viewers,
            market,
            feed.status,
            feed.symbol_statuses,
            lambda: paper.status,
        )

    # --- how things stand -------------------------------------------------------------------

    def status(self) -> StatusView:
        """Feed pill and status bar."""
        feed = self.feed.status()
        streaming = feed.state is FeedState.STREAMING
        repair = feed.repair if feed.repair and feed.repair.reconnect else None
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
            repair=repair.sentence if repair else "",
            repaired_ms=repair.time_ns // 1_000_000 if repair else 0,
            recorded_ms=recorded_ms(self.feed.source),
            pace=pace_of(self.feed.source),
            paper=self.paper.status,
        )

    def failure(self) -> str | None:
        """What defect of our own stopped the live loop or the feed; None while both run."""
        feed = self.feed.status()
        parts = (self.live, self.books, self.paper, self.paper_teller)
        found = next((part.failure for part in parts if part.failure), None)
        return found or (feed.detail if feed.failed else None)

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
        self.telemetry.symbols.set(self.feed.symbol_statuses())
        return self.telemetry.text()

    def venues(self) -> tuple[VenueView, ...]:
        """How things stand with each venue."""
        return tuple(venue_view(status) for status in self.feed.statuses())

    def feed_symbols(self) -> tuple[SymbolView, ...]:
        """How things stand with each symbol."""
        return tuple(symbol_view(status) for status in self.feed.symbol_statuses())

    def retry_feed(self) -> None:
        """Connect to the venue now instead of at the next try."""
        self.feed.retry_now()

    async def try_live(self) -> None:
        """Leave the simulated market for the venue; raises ``RequestError`` if it is silent."""
        await asyncio.to_thread(live_trial.try_live, self.settings, self.feed)

    def load_history(self) -> None:
        """Ask the venue again for what was asked at the start; charts tell how far it is."""
        self.feed.load_history()

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

    def request_of(self, message: Subscribe) -> ChartRequest:
        """The chart that a tab subscribes to."""
        return chart_request.chart_request(self.market, message.query, message.end)

    def elements(self, given: Mapping[str, str | Sequence[str]]) -> ElementsQuery:
        """What a page's address asks to show beside candles."""
        return chart_request.elements_query(given)

    def indicators(self) -> tuple[IndicatorView, ...]:
        """Every indicator there is, with its parameters."""
        return indicator_views()

    async def picture(self, query: ChartQuery) -> bytes:
        """A WebP with legend; raises also ``PictureUnavailable`` when no renderer runs."""
        return await self.pictures.picture(query)

    async def figure(self, query: ChartQuery) -> dict[str, Any]:
        """The chart as a Plotly figure, for the tier without pictures."""
        return await self.pictures.figure(query)

    def close(self) -> None:
        """Let the threads end."""
        self.paper.close()
        self.automations.close()
        self.imports.close()
        self.research.close()
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
