"""The simulated exchange behind a real socket: WebSocket feed and REST on one port.

Only this module and ``client`` read clocks.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from data_feed.simulator import rest
from data_feed.simulator.client import OUTBOX, POLICY_VIOLATION, Client
from data_feed.simulator.errors import NotStarted
from data_feed.simulator.exchange import SimulatedExchange
from data_feed.simulator.line import FaultPlan
from data_feed.simulator.products import at_rate, products_for
from data_feed.simulator.publisher import Publisher
from data_feed.simulator.regimes import NORMAL, Regime
from data_feed.simulator.session import Session, Topic
from data_feed.simulator.truth import Truth
from market.types import MINUTE, SECOND, Symbol

_LOG = logging.getLogger(__name__)

_TICK_S = 0.05
_SLICE_NS = SECOND // 10
_SUBSCRIBE_WITHIN_S = 5.0
_PATIENCE_S = 2.0
_CLOSE_WITHIN_S = 2.0
_WARM_UP_NS = 10 * MINUTE
_WARM_UP_TRADES = 20_000
_WARM_UP_SLICE_NS = 2 * SECOND
_CAUGHT_UP_NS = SECOND // 20
# After a longer pause of the process (a suspended laptop) trading resumes without catching up.
_LONGEST_CATCH_UP_NS = 5 * SECOND
_LARGEST_REQUEST = 65_536


class SimulatorServer:
    """An exchange on loopback that speaks Coinbase Exchange's protocol.

    ``symbols`` that are not in DEFAULT_SYMBOLS get a derived price; ``messages`` a second are kept
    if given. ``plan`` says what goes wrong. ``clock`` gives the exchange's time in ns since the
    epoch. ``remember`` keeps every trade for :attr:`truth`. Raises :class:`InvalidSymbol`.
    """

    def __init__(
        self,
        symbols: Sequence[Symbol],
        seed: int = 7,
        regime: Regime = NORMAL,
        messages: float | None = None,
        plan: FaultPlan | None = None,
        clock: Callable[[], int] = time.time_ns,
        *,
        remember: bool = False,
    ) -> None:
        products = products_for(symbols)
        self._products = products if messages is None else at_rate(products, messages)
        self._seed = seed
        self._regime = regime
        self.plan = plan or FaultPlan()
        # Frames that may wait for a client: two seconds' worth of a rate that is kept.
        self._patience = max(OUTBOX, int(_PATIENCE_S * (messages or 0.0)))
        self._clock = clock
        self._remember = remember
        self._started_s = 0.0
        self._halted = False
        self._clients: set[Client] = set()
        self._server: Server | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._exchange: SimulatedExchange
        self._publisher: Publisher

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Trade the last ten minutes, then listen; port 0 takes a free one. Raises OSError when it
        cannot.
        """
        await self._warm_up()
        self._started_s = time.monotonic()
        self._publisher = Publisher(self._exchange)
        self._server = await serve(
            self._converse,
            host,
            port,
            process_request=self._answer_rest,
            compression=None,
            max_size=_LARGEST_REQUEST,
            close_timeout=_CLOSE_WITHIN_S,
        )
        self._ticking = asyncio.create_task(self._tick_forever())
        self._ticking.add_done_callback(self._close_when_failed)

    async def stop(self) -> None:
        """Close every connection (1001, going away) and the port."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.wait([self._ticking])
            self._ticking = None
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def url(self) -> str:
        """Address of the feed: ``ws://127.0.0.1:PORT``. Raises :class:`NotStarted`."""
        return f"ws://{self._address()}"

    @property
    def rest_url(self) -> str:
        """Address of the REST: ``http://127.0.0.1:PORT``. Raises :class:`NotStarted`."""
        return f"http://{self._address()}"

    @property
    def truth(self) -> Truth:
        """What has really happened; only of an exchange that was started."""
        return Truth(self._exchange)

    def halt(self) -> None:
        """End all trading; clients stay connected and get heartbeats."""
        self._halted = True

    def _address(self) -> str:
        if self._server is None:
            raise NotStarted
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def _warm_up(self) -> None:
        pace = sum(product.trades_per_second or 0.0 for product in self._products)
        length_ns = min(_WARM_UP_NS, int(_WARM_UP_TRADES * SECOND / max(pace, 1.0)))
        self._exchange = SimulatedExchange(
            self._products,
            self._seed,
            self._clock() - length_ns,
            self._regime,
            remember=self._remember,
        )
        while (behind_ns := self._clock() - self._exchange.now_ns) > _CAUGHT_UP_NS:
            self._exchange.advance(self._exchange.now_ns + min(behind_ns, _WARM_UP_SLICE_NS))
            # Others share this loop: the feed that starts us still has sockets to serve.
            await asyncio.sleep(0)

    async def _tick_forever(self) -> None:
        second = self._clock() // SECOND
        while True:
            await asyncio.sleep(_TICK_S)
            now_ns = self._clock()
            if self._halted or now_ns - self._exchange.now_ns > _LONGEST_CATCH_UP_NS:
                self._exchange.skip(now_ns)
            await self._trade_until(now_ns)
            if now_ns // SECOND != second:
                second = now_ns // SECOND
                self._deliver(self._publisher.heartbeats(self._wanted()))

    async def _trade_until(self, now_ns: int) -> None:
        """In slices: what a late tick has to catch up must not overrun the clients' outboxes."""
        while True:
            matches = self._exchange.advance(min(self._exchange.now_ns + _SLICE_NS, now_ns))
            wanted = self._wanted()
            self._deliver(self._publisher.trades(matches, wanted))
            self._deliver(self._publisher.books(wanted))
            if self._exchange.now_ns >= now_ns:
                return
            await asyncio.sleep(0)
            if self._halted:
                return

    def _wanted(self) -> Counter[Topic]:
        return Counter(topic for client in self._clients for topic in client.session.topics)

    def _deliver(self, frames: Iterable[tuple[Topic, str]]) -> None:
        for topic, text in frames:
            for client in self._clients:
                if topic in client.session.topics:
                    client.offer(text)

    def _close_when_failed(self, ticking: asyncio.Task[None]) -> None:
        """A feed that stands still must not look connected."""
        if ticking.cancelled() or ticking.exception() is None:
            return
        _LOG.error("the simulated exchange failed and closes", exc_info=ticking.exception())
        if self._server is not None:
            self._server.close()

    async def _converse(self, connection: ServerConnection) -> None:
        session = Session(self._exchange.listings)
        client = Client(connection, session, self.plan.line(), self._started_s, self._patience)
        sending = asyncio.create_task(client.send_all())
        self._clients.add(client)
        try:
            await self._first_request(client)
            async for text in connection:
                self._serve_request(client, text)
        except ConnectionClosed:
            # A client may vanish at any moment; its topics go with it.
            return
        finally:
            self._clients.discard(client)
            sending.cancel()

    async def _first_request(self, client: Client) -> None:
        """Requests until the first subscription; the venue closes a connection that stays silent
        for 5 s.
        """
        try:
            async with asyncio.timeout(_SUBSCRIBE_WITHIN_S):
                while not client.session.topics:
                    self._serve_request(client, await client.connection.recv())
        except TimeoutError:
            await client.connection.close(
                POLICY_VIOLATION, f"no subscribe within {_SUBSCRIBE_WITHIN_S:.0f} s"
            )

    def _serve_request(self, client: Client, text: str | bytes) -> None:
        answer = client.session.receive(text)
        client.offer(answer.text)
        for topic in answer.added:
            greeting = self._publisher.greeting(topic)
            if greeting is not None:
                client.offer(greeting)

    async def _answer_rest(self, connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" in request.headers:
            return None
        fate = self.plan.request(time.monotonic() - self._started_s)
        if fate.wait_s:
            await asyncio.sleep(fate.wait_s)
        answer = rest.refusal(fate.status) or rest.respond(self._exchange, request.path)
        body = answer.body[: int(len(answer.body) * fate.share)]
        response = connection.respond(HTTPStatus(answer.status), body)
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json; charset=utf-8"
        for name, value in answer.headers.items():
            response.headers[name] = value
        return response
