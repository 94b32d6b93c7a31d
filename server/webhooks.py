"""Tells receivers of the operator's what happens to paper accounts: one POST after another.

Each receiver has a queue and a task of its own on the server's loop; trading knows nothing of them.
A delivery is ``{"events": […]}`` with up to :data:`MOST_EVENTS` events as ``/ws/events`` sends
them, in the journal's order, the next after the one before was taken (a status of 200 to 299). What
fails is sent again after a pause that doubles, until it is taken, so a receiver may see a delivery
twice: account and seq say so. While it fails the newest events wait in a bounded queue, of more a
``gap`` is told for each account of which some are left out. A receiver that is started again goes
on after the last delivery that it took, see :mod:`server.webhook_places`.

With a secret (``CANDLECAST_WEBHOOK_SECRET``) each delivery is signed:
``X-Candlecast-Signature: t=<seconds since 1970>,v1=<hex of HMAC-SHA256(secret, "<t>.<body>")>``.
"""

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

import httpx
import msgspec

from data_feed.backoff import full_jitter
from paper_trading.views import EventView
from server.event_source import EventSource, waker
from server.webhook_places import WebhookPlaces
from storage.errors import StorageError

MOST_EVENTS = 100
TIMEOUT_S = 10.0
BASE_S, CAP_S = 0.5, 60.0
QUIET = frozenset({"equity_marked", "automation_stepped"})
"""Kinds that are no news to anybody."""

SIGNATURE = "X-Candlecast-Signature"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookView:
    """How deliveries to a receiver stand.

    ``state`` is ``catching up`` with the journal, ``in sync`` or ``failing``; ``words`` say why one
    fails, and since when it does.
    """

    receiver: str
    state: str
    words: str
    delivered: int
    attempts_failed: int


class Webhook:
    """One receiver. ``pauses`` are drawn from ``random``."""

    def __init__(
        self, url: str, secret: bytes | None, paper: EventSource, places: WebhookPlaces,
        random: Random,
    ) -> None:  # fmt: skip
        self.name = _shown(url)
        self._url = url
        self._secret = secret
        self._paper = paper
        self._places = places
        self._random = random
        self._live = False
        self._delivered = 0
        self._failed = 0
        self._failure = ""
        self._since = ""

    def view(self) -> WebhookView:
        """How deliveries stand."""
        words = f"{self._failure}, since {self._since}" if self._failure else ""
        state = "failing" if self._failure else "in sync" if self._live else "catching up"
        return WebhookView(self.name, state, words, self._delivered, self._failed)

    async def run(self, client: httpx.AsyncClient) -> None:
        """Deliver until cancelled."""
        fresh = asyncio.Event()
        await self._catch_up(client)
        queue = self._paper.subscribe(None, waker(fresh))
        try:
            for account, seq in (await self._catch_up(client)).items():
                queue.passed(account, seq)
            self._live = True
            while True:
                await fresh.wait()
                fresh.clear()
                await self._deliver_all(client, queue.take())
        finally:
            self._paper.unsubscribe(queue)

    async def _catch_up(self, client: httpx.AsyncClient) -> Mapping[int, int]:
        """Deliver what happened since the last delivery that was taken; how far, by account."""
        places = dict(await asyncio.to_thread(self._begin))
        for account, place in tuple(places.items()):
            after = place
            while page := await self._past(account, after):
                await self._deliver_all(client, page)
                places[account] = after = page[-1].seq
        return places

    def _begin(self) -> Mapping[int, int]:
        rows = [row for row in self._paper.accounts() if not row.temporary]
        newest = {row.id: self._paper.account_view(row.id).seq for row in rows}
        return self._places.begin(self._url, newest)

    async def _past(self, account: int, after: int) -> Sequence[EventView]:
        """What the journal has behind a place, asked until it can be read."""
        for pause_s in full_jitter(self._random, BASE_S, CAP_S):
            try:
                return await asyncio.to_thread(self._paper.past, account, after)
            except StorageError as error:
                self._fails(f"the events cannot be read: {error}")
            await asyncio.sleep(pause_s)
        raise AssertionError("pauses never end")

    async def _deliver_all(self, client: httpx.AsyncClient, events: Sequence[EventView]) -> None:
        news = [event for event in events if event.kind not in QUIET]
        for first in range(0, len(news), MOST_EVENTS):
            await self._deliver(client, news[first : first + MOST_EVENTS])

    async def _deliver(self, client: httpx.AsyncClient, events: Sequence[EventView]) -> None:
        """Send ``events`` until they are taken."""
        body = msgspec.json.encode({"events": events})
        for pause_s in full_jitter(self._random, BASE_S, CAP_S):
            failure = await self._attempt(client, body)
            if failure is None:
                break
            self._fails(failure)
            await asyncio.sleep(pause_s)
        if self._failure:
            _log.info("webhook %s takes deliveries again", self.name)
        self._failure = self._since = ""
        await asyncio.to_thread(self._places.took, self._url, events)
        self._delivered += len(events)

    async def _attempt(self, client: httpx.AsyncClient, body: bytes) -> str | None:
        """Why ``body`` was not taken; None when it was."""
        headers = {"Content-Type": "application/json", "User-Agent": "candlecast"}
        if self._secret is not None:
            headers[SIGNATURE] = signature(self._secret, body, int(time.time()))
        try:
            answer = await client.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"no answer: {str(error) or type(error).__name__}"
        return None if answer.is_success else f"status {answer.status_code}"

    def _fails(self, failure: str) -> None:
        self._failed += 1
        if not self._failure:
            self._since = time.strftime("%H:%M:%S UTC", time.gmtime())
            _log.warning("webhook %s does not take deliveries: %s", self.name, failure)
        self._failure = failure


class Webhooks:
    """All receivers of this server."""

    def __init__(
        self, urls: Sequence[str], secret: bytes | None, paper: EventSource, places: WebhookPlaces
    ) -> None:
        self._all = [Webhook(url, secret, paper, places, Random()) for url in urls]

    def views(self) -> tuple[WebhookView, ...]:
        """How each stands."""
        return tuple(each.view() for each in self._all)

    async def run(self) -> None:
        """Deliver until cancelled."""
        if not self._all:
            return
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            await asyncio.gather(*(each.run(client) for each in self._all))


def signature(secret: bytes, body: bytes, time_s: int) -> str:
    """What a receiver compares with its own: see the head of this module."""
    signed = hmac.new(secret, b"%d.%s" % (time_s, body), hashlib.sha256).hexdigest()
    return f"t={time_s},v1={signed}"


def _shown(url: str) -> str:
    """``url`` without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
