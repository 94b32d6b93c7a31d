"""Twenty times a second: draw what changed and somebody can take, and hand it out.

One picture per distinct chart or set of charts is drawn and shared by all its viewers. Handing out
never waits for a socket: every tab has a task of its own that sends. While nobody watches the loop
sleeps until somebody comes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from time import monotonic_ns

from chart_acceleration.pipeline import Atlas, PatchPlace
from chart_acceleration.spec import ChartSpec, Furniture
from market.errors import MarketError
from market.market import Market
from market.types import Trade
from server.drawing import Drawing
from server.errors import DrawFailed, PictureUnavailable
from server.frame_sets import box_of, sets_of_one_picture
from server.frame_texts import state_text, status_text, tier_text
from server.frames_client import TICK_NS, FramesClient, Picture, Watch
from server.frames_protocol import Box, Kind
from server.live_view import LiveView
from server.telemetry import Telemetry
from server.views import StatusView

STATUS_SECONDS = 1.0

_log = logging.getLogger(__name__)


class LiveLoop:
    """The views being watched and the tabs watching them. Used from the event loop only."""

    def __init__(
        self,
        market: Market,
        drawing: Drawing,
        telemetry: Telemetry,
        status: Callable[[], StatusView],
        furniture: Callable[[str], Furniture],
    ) -> None:
        self._market = market
        self._drawing = drawing
        self._telemetry = telemetry
        self._status = status
        self._furniture = furniture
        self._clients: set[FramesClient] = set()
        self._views: dict[ChartSpec, LiveView] = {}
        self._wake = asyncio.Event()
        self._received: dict[str, int] = {}
        self._told_tier = drawing.tier
        self.failure: str | None = None
        market.listen(self._on_trade)

    # --- tabs -------------------------------------------------------------------------------

    @property
    def clients(self) -> frozenset[FramesClient]:
        """The tabs that are connected."""
        return frozenset(self._clients)

    def attach(self, client: FramesClient) -> None:
        """A tab connected: it hears how things stand at once."""
        self._clients.add(client)
        self._telemetry.clients.set(len(self._clients))
        self._greet(client)

    def _greet(self, client: FramesClient) -> None:
        client.offer_text("status", status_text(self._status()))
        if self._drawing.tier == "plotly":
            client.offer_text("tier", self._tier_text())

    def detach(self, client: FramesClient) -> None:
        """A tab went away."""
        self._clients.discard(client)
        client.watches.clear()
        self._forget_unwatched()
        self._telemetry.clients.set(len(self._clients))

    def watch(self, client: FramesClient, chart: int, spec: ChartSpec) -> None:
        """Show ``spec`` as chart ``chart`` of ``client`` from now on."""
        view = self._views.get(spec)
        if view is None:
            view = self._views[spec] = LiveView(spec)
        client.watches[chart] = Watch(view, monotonic_ns())
        self._forget_unwatched()
        self._wake.set()

    def unwatch(self, client: FramesClient, chart: int) -> None:
        """Stop showing ``chart``."""
        client.watches.pop(chart, None)
        self._forget_unwatched()

    def show(self, client: FramesClient, visible: bool) -> None:
        """The tab was shown or hidden."""
        client.show(visible)
        if visible:
            self._greet(client)
            self._wake.set()

    def acknowledge(self, client: FramesClient, sequence: int) -> None:
        """The tab has shown a picture; further keyframes need not wait for the next tick."""
        times = client.acknowledge(sequence, monotonic_ns())
        if times is None:
            return
        self._telemetry.stage("ack", times.ack_ns)
        if times.tick_to_ack_ns is not None:
            self._telemetry.stage("tick_to_ack", times.tick_to_ack_ns)
        if any(watch.keyframe_due for watch in client.watches.values()):
            self._wake.set()

    def _forget_unwatched(self) -> None:
        watched = {watch.view.spec for client in self._clients for watch in client.watches.values()}
        for spec in self._views.keys() - watched:
            del self._views[spec]
        self._telemetry.live_views.set(len(self._views))

    # --- time -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Draw and tell until cancelled; a defect of our own is logged and shown by /healthz."""
        tasks = {
            asyncio.create_task(self._draw_forever()),
            asyncio.create_task(self._tell_forever()),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for task in tasks:
                if not task.cancelled() and (error := task.exception()) is not None:
                    self.failure = f"the live loop failed: {error!r}"
                    _log.critical("the live loop failed", exc_info=error)

    async def _draw_forever(self) -> None:
        while True:
            self._wake.clear()
            started = monotonic_ns()
            await self.tick(started)
            watched = any(client.visible and client.watches for client in self._clients)
            left_ns = TICK_NS - (monotonic_ns() - started)
            timeout = max(left_ns, 0) / 1e9 if watched else None
            try:
                async with asyncio.timeout(timeout):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _tell_forever(self) -> None:
        while True:
            await asyncio.sleep(STATUS_SECONDS)
            self.tell(monotonic_ns())

    def tell(self, now_ns: int) -> None:
        """Send the status and the states of charts without a picture to every visible tab."""
        self._tell_tier()
        visible = [client for client in self._clients if client.visible]
        if not visible:
            return
        status = status_text(self._status())
        for client in visible:
            client.offer_text("status", status)
            for chart, watch in client.watches.items():
                self._tell_state(client, chart, watch, now_ns)
        for view in self._views.values():
            view.failure = None  # tried again with the next tick

    def _tell_state(self, client: FramesClient, chart: int, watch: Watch, now_ns: int) -> None:
        view = watch.view
        if view.failure is not None:
            state, detail = "failed", view.failure
        elif view.empty:
            seconds = (now_ns - watch.since_ns) // 1_000_000_000
            state = "empty"
            detail = f"Subscribed {seconds} s ago. The first candle appears with the first trade."
        else:
            watch.state = ""
            return
        watch.state = state
        client.offer_text(f"state {chart}", state_text(chart, state, detail))

    # --- pictures ---------------------------------------------------------------------------

    async def tick(self, now_ns: int) -> None:
        """Draw and hand out what changed, once."""
        clients = [c for c in self._clients if c.may_take(now_ns) or (c.room and c.hungry)]
        if not clients or self._drawing.tier == "plotly":
            return
        views = {watch.view for client in clients for watch in client.watches.values()}
        for view in views:
            self._refresh(view)
        self._tell_new_states(clients, now_ns)
        await self._draw_keyframes([v for v in views if v.needs_keyframe(self._drawing)])
        for client in clients:
            self._hand_out_keyframes(client, now_ns)
        await self._hand_out_patches(clients, now_ns)
        self._tell_tier()

    def _refresh(self, view: LiveView) -> None:
        spec = view.spec
        columns = self._market[spec.symbol].builder.columns(spec.interval)
        try:
            view.refresh(columns, self._furniture(spec.symbol), self._received.get(spec.symbol, 0))
        except MarketError as error:
            _log.warning("%s %s is drawn a tick later: %s", spec.symbol, spec.interval, error)

    def _tell_new_states(self, clients: Iterable[FramesClient], now_ns: int) -> None:
        for client in clients:
            for chart, watch in client.watches.items():
                if watch.view.empty and not watch.state:
                    self._tell_state(client, chart, watch, now_ns)

    async def _draw_keyframes(self, views: list[LiveView]) -> None:
        await asyncio.gather(*(self._draw_keyframe(view) for view in views))

    async def _draw_keyframe(self, view: LiveView) -> None:
        candles, furniture = view.candles, view.furniture
        if candles is None or furniture is None:
            return
        try:
            keyframe = await self._drawing.keyframe(candles, view.spec, furniture)
        except DrawFailed as error:
            view.failure = str(error)
        except PictureUnavailable:
            view.keyframe = None  # the tier changes for everybody at the end of the tick
        else:
            view.keep(keyframe, candles, furniture)

    def _hand_out_keyframes(self, client: FramesClient, now_ns: int) -> None:
        for chart, watch in list(client.watches.items()):
            if not client.room:
                return
            view = watch.view
            if watch.keyframe_due and view.keyframe is not None:
                whole = Box(0, 0, view.spec.width, view.spec.height)
                entry = (chart, Kind.KEYFRAME, whole, whole, view.keyframe_meta)
                caused_ns = view.received_ns if watch.serial >= 0 else 0
                picture = Picture("keyframe", view.keyframe.webp, (entry,), caused_ns)
                client.offer_picture(picture, now_ns)
                watch.serial = view.serial
                watch.version = view.keyframe_version

    async def _hand_out_patches(self, clients: Iterable[FramesClient], now_ns: int) -> None:
        groups: dict[tuple[LiveView, ...], list[FramesClient]] = {}
        for client in clients:
            if client.may_take(now_ns):
                for views in sets_of_one_picture(client.patches_due())[: client.room]:
                    groups.setdefault(views, []).append(client)
        await asyncio.gather(
            *(self._hand_out_atlas(views, group, now_ns) for views, group in groups.items())
        )

    async def _hand_out_atlas(
        self, views: tuple[LiveView, ...], clients: list[FramesClient], now_ns: int
    ) -> None:
        jobs = {v: (v.keyframe, v.candles) for v in views if v.keyframe and v.candles is not None}
        if not jobs:
            return
        try:
            atlas = await self._drawing.patches(list(jobs.values()))
        except DrawFailed as error:
            _log.error("patches of %d charts: %s; keyframes follow", len(views), error)
            for view in views:
                view.keyframe = None
            return
        except PictureUnavailable:
            return
        for client in clients:
            self._hand_out_patch(client, dict(zip(jobs, atlas.places, strict=True)), atlas, now_ns)

    def _hand_out_patch(
        self,
        client: FramesClient,
        places: dict[LiveView, PatchPlace],
        atlas: Atlas,
        now_ns: int,
    ) -> None:
        entries = []
        for chart, watch in client.watches.items():
            place = places.get(watch.view)
            if place is None or not watch.patch_due:
                continue
            boxes = (box_of(place.source), box_of(place.target))
            entries.append((chart, Kind.PATCH, *boxes, watch.view.meta))
            watch.version = watch.view.version
        if entries and client.visible:
            received = min((v.received_ns for v in places if v.received_ns), default=0)
            client.offer_picture(Picture("patch", atlas.webp, tuple(entries), received), now_ns)

    # --- texts ------------------------------------------------------------------------------

    def _tell_tier(self) -> None:
        if self._drawing.tier == self._told_tier:
            return
        self._told_tier = self._drawing.tier
        for client in self._clients:
            client.offer_text("tier", self._tier_text())

    def _tier_text(self) -> bytes:
        return tier_text(self._drawing.tier, "; ".join(self._drawing.reasons))

    def _on_trade(self, trade: Trade) -> None:
        """In the feed's thread: remember when the newest trade was received."""
        received_ns = self._market[trade.symbol].received_ns
        self._received[trade.symbol] = received_ns
        self._telemetry.stage("ingest", monotonic_ns() - received_ns)
