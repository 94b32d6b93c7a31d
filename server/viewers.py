"""The tabs that are connected and the charts they watch; what they are told besides pictures."""

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic_ns

from data_feed.history_progress import HistoryProgress
from server.chart_request import ChartRequest
from server.drawing import Drawing
from server.frame_texts import state_text, status_text, tier_text
from server.frames_client import FramesClient, Watch
from server.live_view import LiveView
from server.loading_teller import LoadingTeller
from server.telemetry import Telemetry
from server.views import StatusView


class Viewers:
    """Who watches what. Used from the event loop only.

    ``wake`` is set whenever a picture is wanted that should not wait for the next tick.
    """

    def __init__(
        self,
        drawing: Drawing,
        telemetry: Telemetry,
        status: Callable[[], StatusView],
        history: HistoryProgress,
    ) -> None:
        self.wake = asyncio.Event()
        self._drawing = drawing
        self._telemetry = telemetry
        self._status = status
        self._loading = LoadingTeller(history)
        self._clients: set[FramesClient] = set()
        self._views: dict[ChartRequest, LiveView] = {}
        self._told_tier = drawing.tier

    @property
    def clients(self) -> frozenset[FramesClient]:
        """The tabs that are connected."""
        return frozenset(self._clients)

    @property
    def views(self) -> tuple[LiveView, ...]:
        """The distinct charts that the tabs watch."""
        return tuple(self._views.values())

    @property
    def watching(self) -> bool:
        """Whether any visible tab shows a chart."""
        return any(client.visible and client.watches for client in self._clients)

    def attach(self, client: FramesClient) -> None:
        """A tab connected: it hears how things stand at once."""
        self._clients.add(client)
        self._telemetry.clients.set(len(self._clients))
        self._greet(client)

    def detach(self, client: FramesClient) -> None:
        """A tab went away."""
        self._clients.discard(client)
        client.watches.clear()
        self._forget_unwatched()
        self._telemetry.clients.set(len(self._clients))

    def watch(self, client: FramesClient, chart: int, request: ChartRequest) -> None:
        """Show what was requested as chart ``chart`` of ``client`` from now on."""
        view = self._views.get(request)
        if view is None:
            view = self._views[request] = LiveView(request)
        client.watches[chart] = Watch(view, monotonic_ns())
        self._forget_unwatched()
        self.wake.set()

    def unwatch(self, client: FramesClient, chart: int) -> None:
        """Stop showing ``chart``."""
        client.watches.pop(chart, None)
        self._forget_unwatched()

    def show(self, client: FramesClient, visible: bool) -> None:
        """The tab was shown or hidden."""
        client.show(visible)
        if visible:
            self._greet(client)
            self.wake.set()

    def acknowledge(self, client: FramesClient, sequence: int) -> None:
        """The tab has shown a picture: there is room for what waited for that."""
        waited = client.room == 0
        times = client.acknowledge(sequence, monotonic_ns())
        if times is None:
            return
        self._telemetry.stage("ack", times.ack_ns)
        if times.tick_to_ack_ns is not None:
            self._telemetry.stage("tick_to_ack", times.tick_to_ack_ns)
        if waited or client.hungry:
            self.wake.set()

    def tell(self, now_ns: int) -> None:
        """Send the status and the states of charts without a picture to every visible tab."""
        self.tell_tier()
        visible = [client for client in self._clients if client.visible]
        if not visible:
            return
        status = status_text(self._status())
        for client in visible:
            client.offer_text("status", status)
            self._loading.tell(client)
            for chart, watch in client.watches.items():
                self._tell_state(client, chart, watch, now_ns)
        for view in self._views.values():
            view.failure = None  # tried again with the next tick

    def tell_empty(self, clients: Iterable[FramesClient], now_ns: int) -> None:
        """Tell charts that turned out to have no candles, once."""
        for client in clients:
            for chart, watch in client.watches.items():
                if watch.view.empty and not watch.state:
                    self._tell_state(client, chart, watch, now_ns)

    def tell_tier(self) -> None:
        """Tell every tab when pictures give way to Plotly."""
        if self._drawing.tier == self._told_tier:
            return
        self._told_tier = self._drawing.tier
        for client in self._clients:
            client.offer_text("tier", self._tier_text())

    def _greet(self, client: FramesClient) -> None:
        client.offer_text("status", status_text(self._status()))
        if self._drawing.tier == "plotly":
            client.offer_text("tier", self._tier_text())

    def _tier_text(self) -> bytes:
        return tier_text(self._drawing.tier, "; ".join(self._drawing.reasons))

    def _tell_state(self, client: FramesClient, chart: int, watch: Watch, now_ns: int) -> None:
        view = watch.view
        if view.failure is not None:
            state, detail = "error", view.failure
        elif view.empty:
            seconds = max(0, now_ns - watch.since_ns) // 1_000_000_000  # or since this tick began
            state = "empty"
            detail = f"Subscribed {seconds} s ago. The first candle appears with the first trade."
        else:
            watch.state = ""
            return
        watch.state = state
        client.offer_text(f"state {chart}", state_text(chart, state, detail))

    def _forget_unwatched(self) -> None:
        watched = {
            watch.view.request for client in self._clients for watch in client.watches.values()
        }
        for request in self._views.keys() - watched:
            del self._views[request]
        self._telemetry.live_views.set(len(self._views))
