"""A program that trades as fast as it can until it is killed, and says what it was told.

``python -m tests.paper_trading.crash.trader`` gets everything ready once, then forks a life for
each line ``FIRST UNTIL ADDRESS`` on its standard input. A life sends the commands from number FIRST
up to UNTIL and writes lines, each in one piece and as soon as it knows:

began ACCOUNT SEQ CASH      the account as it was built from the journal
told SEQ CRC                an event that a subscriber or an answer brought
done N ORDER AGAIN          command N was answered; the order's id or 0; 1 for an answer of before
dead STATUS                 the life is over
"""

import math
import os
import sys
import zlib
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from itertools import count

from market.types import Side
from paper_trading.views import EventView, Outcome
from storage.journal.opening import open_journal
from tests.paper_trading.harness import BTC, Moved, moved
from trading.engine.records import Kind
from trading.paper.commands import CancelAll, Close, Command, Note, Place

IN_FLIGHT = 24
COMPILED_S = 280.0


def price(number: int) -> float:
    """Of the market when command ``number`` is sent."""
    return round(100 + 4 * math.sin(number / 7) + number % 3 / 10, 2)


def command(number: int) -> Command:
    """What is asked for under ``number``; always the same."""
    key, near = f"command {number}", price(number)
    size = (1 + number % 7) / 100
    side = Side.BUY if number % 4 < 2 else Side.SELL
    limit = round(near - side * 0.5, 2)
    kinds: tuple[Command, ...] = (
        Place(symbol=BTC, side=side, size=size, key=key),
        Place(symbol=BTC, side=side, size=size, kind=Kind.LIMIT, limit=limit, key=key),
        Note(f"order {number}", f"thought {number}", ("crash",), key=key),
        Place(symbol=BTC, side=side, size=size, key=key),
        Place(symbol=BTC, side=side, size=-size, key=key),
        Place(symbol=BTC, side=side, size=size, stop_loss=round(near - side * 2, 2), key=key),
        CancelAll(symbol=BTC),
        Close(BTC),
    )
    return kinds[number % len(kinds)] if number % 3 else kinds[0]


def mark(event: EventView) -> int:
    """A checksum of all that ``event`` says."""
    return zlib.crc32(repr(event).encode())


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def _tell(events: Iterable[EventView]) -> None:
    for event in events:
        _say(f"told {event.seq} {mark(event)}")


def _answered(number: int, answer: Future[Outcome]) -> None:
    outcome = answer.result(60)
    _tell(outcome.events)
    _say(f"done {number} {outcome.order or 0} {int(outcome.again)}")


def live(first: int, until: int, address: str) -> None:
    """One life."""
    with moved(open_journal(address, None)) as market:
        account = market.paper.main()
        view = market.view()
        _say(f"began {account} {view.seq} {view.cash}")
        queue = market.paper.subscribe(account)
        flying: deque[tuple[int, Future[Outcome]]] = deque()
        for number in count(first) if until < first else range(first, until):
            _move(market, price(number))
            flying.append((number, market.paper.submit(account, command(number))))
            while len(flying) > IN_FLIGHT or (flying and flying[0][1].done()):
                _answered(*flying.popleft())
            _tell(queue.take())
        for number, answer in flying:
            _answered(number, answer)
        _tell(queue.take())


def _move(market: Moved, middle: float) -> None:
    market.quote(round(middle - 0.05, 2), round(middle + 0.05, 2))
    market.trade(middle, 0.02)


def main() -> None:
    """Fork a life for each line, one after another."""
    with moved() as market:  # what is compiled and loaded here is there in every life
        for number in range(24):
            _move(market, price(number))
            market.paper.submit(market.paper.main(), command(number)).result(COMPILED_S)
    _say("ready")
    for line in sys.stdin:
        first, until, address = line.split()
        life = os.fork()
        if life == 0:
            try:
                live(int(first), int(until), address)
            finally:
                os._exit(0 if sys.exc_info()[0] is None else 1)
        _say(f"life {life}")
        _say(f"dead {os.waitpid(life, 0)[1]}")


if __name__ == "__main__":
    main()
