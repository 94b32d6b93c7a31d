"""Twenty times a second: draw what changed and somebody can take, and hand it out.

One picture per distinct chart or set of charts is drawn and shared by all its viewers. Handing out
never waits for a socket: every tab has a task of its own that sends. While nobody watches the loop
sleeps until somebody comes.
"""

import asyncio
import logging
from collections.abc import Iterable
from time import monotonic_ns

from chart_acceleration.pipeline import Atlas, PatchPlace
from market.errors import MarketError
from market.market import Market
from market.types import Trade
from server.drawing import Drawing
from server.errors import DrawFailed, PictureUnavailable
from server.frame_sets import box_of, sets_of_one_picture
from server.frames_client import TICK_NS, FramesClient, Picture, Watch
from server.frames_protocol import Box, Kind
from server.live_candles import LiveCandles
from server.live_view import LiveView
from server.market_facts import FactsReader
from server.telemetry import Telemetry
from server.viewers import Viewers

STATUS_SECONDS = 1.0

_log = logging.getLogger(__name__)


class LiveLoop:
    """Draws for the tabs of ``viewers``. Used from the event loop only."""

    def __init__(
        self,
        market: Market,
        drawing: Drawing,
        telemetry: Telemetry,
        viewers: Viewers,
        facts: FactsReader,
    ) -> None:
        self._market = market
        self._drawing = drawing
        self._telemetry = telemetry
        self._viewers = viewers
        self._facts = facts
        self._candles = LiveCandles(market)
        self._received: dict[str, int] = {}
        self.failure: str | None = None
        market.listen(self._on_trade)

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
            self._viewers.wake.clear()
            started = monotonic_ns()
            await self.tick(started)
            left_ns = TICK_NS - (monotonic_ns() - started)
            timeout = max(left_ns, 0) / 1e9 if self._viewers.watching else None
            try:
                async with asyncio.timeout(timeout):
                    await self._viewers.wake.wait()
            except TimeoutError:
                continue

    async def _tell_forever(self) -> None:
        while True:
            await asyncio.sleep(STATUS_SECONDS)
            self._viewers.tell(monotonic_ns())

    # --- pictures ---------------------------------------------------------------------------

    async def tick(self, now_ns: int) -> None:
        """Draw and hand out what changed, once."""
        clients = [c for c in self._viewers.clients if c.may_take(now_ns) or (c.room and c.hungry)]
        self._count_held_back(now_ns)
        if not clients or self._drawing.tier == "plotly":
            return
        views = {watch.view for client in clients for watch in client.watches.values()}
        await self._follow(views)
        for view in views:
            self._refresh(view)
        self._viewers.tell_empty(clients, now_ns)
        await self._draw_keyframes([v for v in views if v.needs_keyframe(self._drawing)])
        for client in clients:
            self._hand_out_keyframes(client, now_ns)
        await self._hand_out_patches(clients, now_ns)
        self._viewers.tell_tier()

    def _count_held_back(self, now_ns: int) -> None:
        for client in self._viewers.clients:
            if client.owes(now_ns) and any(map(self._outdated, client.watches.values())):
                self._telemetry.left_out("held_back")

    def _outdated(self, watch: Watch) -> bool:
        view = watch.view
        follows = view.spec.end is None
        newest = self._candles.columns(view.request).version
        return watch.patch_due or (follows and not view.holds(newest))

    async def _follow(self, views: Iterable[LiveView]) -> None:
        self._candles.keep(view.request for view in self._viewers.views)
        try:
            await self._candles.follow(view.request for view in views)
        except MarketError as error:
            _log.warning("indicators are computed a tick later: %s", error)

    def _refresh(self, view: LiveView) -> None:
        request, spec = view.request, view.spec
        facts = self._facts.read(request, picture=False)
        ring = self._candles.columns(request)
        if view.holds(ring.version) and view.facts == facts:
            return
        view.held = (max(0, ring.next_index - len(ring)), ring.next_index)
        try:
            candles, values = self._candles.window(request)
        except MarketError as error:
            _log.warning("%s %s is drawn a tick later: %s", spec.symbol, spec.interval, error)
        else:
            view.refresh(candles, values, facts, self._received.get(spec.symbol, 0))

    async def _draw_keyframes(self, views: list[LiveView]) -> None:
        await asyncio.gather(*(self._draw_keyframe(view) for view in views))

    async def _draw_keyframe(self, view: LiveView) -> None:
        data, facts = view.data, view.facts
        if data is None or facts is None:
            return
        self._began(view.received_ns if view.serial else 0)
        try:
            keyframe = await self._drawing.keyframe(data, view.spec, facts.furniture)
        except DrawFailed as error:
            view.failure = str(error)
        except PictureUnavailable:
            view.keyframe = None  # the tier changes for everybody at the end of the tick
        else:
            view.keep(keyframe, data, facts)

    def _hand_out_keyframes(self, client: FramesClient, now_ns: int) -> None:
        for chart, watch in list(client.watches.items()):
            if not client.room:
                return
            view = watch.view
            if watch.keyframe_due and view.keyframe is not None:
                whole = Box(0, 0, view.spec.width, view.spec.height)
                entry = (chart, Kind.KEYFRAME, whole, whole, view.keyframe_meta, view.keyframe_rows)
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
        jobs = {
            view: (view.keyframe, view.data)
            for view in views
            if view.keyframe and view.data is not None
        }
        if not jobs:
            return
        received_ns = min((view.received_ns for view in jobs if view.received_ns), default=0)
        self._began(received_ns)
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
            entries.append((chart, Kind.PATCH, *boxes, watch.view.meta, watch.view.rows))
            watch.version = watch.view.version
        if entries and client.visible:
            received = min((v.received_ns for v in places if v.received_ns), default=0)
            picture = Picture("patch", atlas.webp, tuple(entries), received)
            if not client.offer_picture(picture, now_ns):
                self._telemetry.left_out("equal")

    def _began(self, received_ns: int) -> None:
        """A picture is begun whose oldest news arrived at ``received_ns``, 0 without news."""
        if received_ns:
            self._telemetry.stage("wait", monotonic_ns() - received_ns)

    def _on_trade(self, trade: Trade) -> None:
        """In the feed's thread: remember when the newest trade was received."""
        self._received[trade.symbol] = self._market[trade.symbol].received_ns
