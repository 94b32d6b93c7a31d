"""Draws what changed as soon as somebody can take it, and hands it out.

A trade wakes the loop; what comes while tabs have their pause is shown together when that is over
(:mod:`server.pacing`). Gestures and acknowledgements wake it too. While nobody watches it sleeps
until somebody comes, and trades pass it by.
"""

import asyncio
import logging
from collections.abc import Collection
from time import monotonic_ns, time_ns

from market.errors import MarketError
from market.market import Market
from market.types import Trade
from server.drawing import Drawing
from server.frames_client import Watch
from server.hand_out import HandOut
from server.live_candles import LiveCandles
from server.live_view import LiveView
from server.market_facts import FactsReader
from server.pacing import next_look_ns, rest
from server.telemetry import Telemetry
from server.trade_signal import TradeSignal
from server.viewers import Viewers

STATUS_SECONDS = 1.0
COLLECT_SECONDS = 0.002
"""Trades come in bunches: so long after the first one the picture of them all is begun."""

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
        self._hand_out = HandOut(drawing, telemetry)
        self._candles = LiveCandles(market)
        self._signal = TradeSignal()
        self._look_ns = 0
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
        try:
            while True:
                self._viewers.wake.clear()
                await self.tick(monotonic_ns())
                await self._rest()
        finally:
            self._signal.disarm()

    async def _rest(self) -> None:
        """Sleep until there may be something to do."""
        wake, loop = self._viewers.wake, asyncio.get_running_loop()
        if not self._viewers.watching:
            self._signal.watch(())
            await wake.wait()
            return
        now_ns = monotonic_ns()
        until_ns, armed = rest(self._viewers.clients, now_ns, self._look_ns)
        if armed and not self._signal.arm(lambda: loop.call_soon_threadsafe(wake.set)):
            wake.set()
        timer = loop.call_later(max(0, until_ns - now_ns) / 1e9, wake.set)
        try:
            await wake.wait()
        finally:
            timer.cancel()
        if self._signal.noted and not any(client.hungry for client in self._viewers.clients):
            await asyncio.sleep(COLLECT_SECONDS)

    async def _tell_forever(self) -> None:
        while True:
            await asyncio.sleep(STATUS_SECONDS)
            self._viewers.tell(monotonic_ns())

    # --- pictures ---------------------------------------------------------------------------

    async def tick(self, now_ns: int) -> None:
        """Draw and hand out what changed, once."""
        self._hear(now_ns)
        self._count_held_back(now_ns)
        ready = [client for client in self._viewers.clients if client.may_take(now_ns)]
        hungry = [c for c in self._viewers.clients if c.hungry and c not in ready]
        if not (ready or hungry) or self._drawing.tier == "plotly":
            return
        watches = [watch for client in ready for watch in client.watches.values()]
        watches += [w for client in hungry for w in client.watches.values() if w.hungry]
        await self._refresh({watch.view for watch in watches if watch.view.behind})
        self._viewers.tell_empty((*ready, *hungry), now_ns)
        await self._hand_out.keyframes((*ready, *hungry), now_ns)
        await self._hand_out.patches(ready, now_ns)
        for watch in watches:
            watch.settle()
        self._viewers.tell_tier()

    def _hear(self, now_ns: int) -> None:
        """Note what may have changed: where there were trades, now and then everything."""
        views = self._viewers.views
        self._signal.watch({view.spec.symbol for view in views})
        if now_ns >= self._look_ns:
            quotes = any(view.request.quote for view in views)
            self._look_ns = next_look_ns(now_ns, time_ns(), quotes)
            for view in views:
                view.behind = True
        received = self._signal.take()
        for client in self._viewers.clients:
            for watch in client.watches.values():
                if (since_ns := received.get(watch.view.spec.symbol)) is not None:
                    watch.view.behind = True
                    watch.caused_ns = watch.caused_ns or since_ns

    def _count_held_back(self, now_ns: int) -> None:
        for client in self._viewers.clients:
            if client.owes(now_ns) and any(map(self._outdated, client.watches.values())):
                self._telemetry.left_out("held_back")

    def _outdated(self, watch: Watch) -> bool:
        view = watch.view
        follows = view.spec.end is None
        newest = self._candles.columns(view.request).version
        return watch.patch_due or (follows and not view.holds(newest))

    async def _refresh(self, views: Collection[LiveView]) -> None:
        """Have ``views`` hold the newest numbers."""
        self._candles.keep(view.request for view in self._viewers.views)
        try:
            await self._candles.follow(view.request for view in views)
        except MarketError as error:
            _log.warning("indicators are computed a tick later: %s", error)
        for view in views:
            self._read(view)

    def _read(self, view: LiveView) -> None:
        request, spec = view.request, view.spec
        facts = self._facts.read(request, picture=False)
        ring = self._candles.columns(request)
        view.behind = False
        if view.holds(ring.version) and view.facts == facts:
            return
        view.held = (max(0, ring.next_index - len(ring)), ring.next_index)
        try:
            candles, values = self._candles.window(request)
        except MarketError as error:
            view.behind = True
            _log.warning("%s %s is drawn a tick later: %s", spec.symbol, spec.interval, error)
        else:
            view.refresh(candles, values, facts)

    def _on_trade(self, trade: Trade) -> None:
        """In the feed's thread."""
        if self._signal.counts(trade.symbol):
            self._signal.note(trade.symbol, self._market[trade.symbol].received_ns)
