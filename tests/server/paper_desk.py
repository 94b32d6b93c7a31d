"""A source of events that the test makes happen, and a receiver of webhooks on this machine."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any

import numpy as np

from paper_trading.errors import UnknownAccount
from paper_trading.event_queues import EventQueue, EventQueues
from paper_trading.views import (
    AccountRow,
    AccountView,
    EquityCurve,
    EventView,
    GaugeView,
    LimitsView,
    TermsView,
)

ZERO = Decimal(0)
VIEW = AccountView(
    id=1, name="Main account", market="live", temporary=False, currency="USD",
    terms=TermsView(ZERO, ZERO, Decimal(1), 0.0, ZERO, ZERO, True), limits=LimitsView(),
    start_capital=ZERO, equity=ZERO, cash=ZERO, unrealised=ZERO, realised=ZERO,
    realised_today=ZERO, fees=ZERO,
    fees_today=ZERO, exposure=ZERO, exposure_percent=0.0, drawdown_percent=0.0, halted=None,
    tradable=True, why_not="", positions=(), orders=(), fills=(), fill_count=0,
    gauges=(GaugeView("max_exposure", "Exposure", 0.0, 50_000.0, "USD"),),
    automations=(), curve=EquityCurve(np.zeros(0, np.int64), np.zeros(0)), journal="in sync",
    tick_to_order_us=None, seq=0, time_ms=0,
)  # fmt: skip


class Desk:
    """Accounts 1 and 2, and what happened to them; the rest of paper trading is not there."""

    def __init__(self, room: int = 10_000) -> None:
        self.events: dict[int, list[EventView]] = {1: [], 2: []}
        self.room = room
        self.page = 500
        self.pages: list[int] = []
        self.past_error: Exception | None = None
        self.readable = threading.Event()
        self.readable.set()
        self.queues: list[EventQueue] = []
        self._published = EventQueues()

    def happens(self, account: int, *kinds: str, **data: object) -> None:
        """Events, journaled and published at once; one ``filled`` where no kind is given."""
        events = []
        for kind in kinds or ("filled",):
            seq = len(self.events[account]) + 1
            time_ms = 1_700_000_000_000 + seq
            events.append(EventView(account, seq, time_ms, kind, f"{kind} {seq}.", data))
            self.events[account].append(events[-1])
        self._published.publish(tuple(events))

    def main(self) -> int:
        return 1

    def accounts(self) -> tuple[AccountRow, ...]:
        return tuple(
            AccountRow(number, f"Account {number}", "live", "USD", ZERO, True, None, False)
            for number in self.events
        )

    def account_view(self, account: int) -> AccountView:
        return replace(VIEW, id=account, seq=len(self.events[account]))

    def subscribe(
        self, account: int | None = None, wake: Callable[[], None] | None = None
    ) -> EventQueue:
        if account is not None and account not in self.events:
            raise UnknownAccount(account, self.events)
        queue = EventQueue(account, self.room, wake)
        self._published.add(queue)
        self.queues.append(queue)
        return queue

    def past(self, account: int, after: int) -> list[EventView]:
        assert self.readable.wait(60)
        if self.past_error is not None:
            raise self.past_error
        page = self.events[account][after : after + self.page]
        self.pages.append(len(page))
        return page

    def unsubscribe(self, queue: EventQueue) -> None:
        self._published.remove(queue)
        self.queues = [each for each in self.queues if each is not queue]


class Receiver:
    """What a webhook is sent to. ``answers`` are the next statuses, 200 after them."""

    def __init__(self) -> None:
        self.answers: deque[int] = deque()
        self.deliveries: list[tuple[dict[str, str], bytes]] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/paper?token=hush"

    @property
    def seqs(self) -> list[tuple[int, int]]:
        """(account, seq) of every event that was taken or refused, in order of arrival."""
        return [
            (event["account"], event["seq"])
            for _, body in self.deliveries
            for event in json.loads(body)["events"]
        ]

    def wait(self, count: int) -> None:
        """Until as many deliveries have come."""
        ends = monotonic() + 60
        while len(self.deliveries) < count:
            assert monotonic() < ends, f"{len(self.deliveries)} of {count} deliveries came"
            sleep(0.005)


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Listen on a free port, or on the port that ``receiver`` had before."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.deliveries.append((dict(self.headers), body))
            self.send_response(receiver.answers.popleft() if receiver.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Handler)
    receiver.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
