"""Paper trading that is killed again and again in the middle.

Nothing that anybody was told is missing afterwards, nothing is there twice, the books balance.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from paper_trading.event_views import event_view
from storage.journal.entry import Entry
from storage.journal.opening import open_journal
from tests.paper_trading.crash.trader import command, mark
from tests.paper_trading.crash.watcher import Done, Said, Watcher
from tests.paper_trading.harness import BTC
from tests.storage.journal.postgres_server import PostgresServer
from trading.paper import events as ev
from trading.paper.core import rebuild
from trading.paper.event_codec import decode
from trading.paper.terms import MANUAL

KILLS = 6
SENT_AGAIN = 8
"""Commands before the first unanswered one that a new life sends once more."""
ENOUGH_FILLS = 50


@pytest.fixture(scope="module")
def watcher() -> Iterator[Watcher]:
    """A trader that is ready."""
    made = Watcher()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty database is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'paper.sqlite'}"
        return
    server = PostgresServer()
    try:
        server.start()
        yield server.new_database()
    finally:
        server.remove()


def test_kill_9_in_the_middle_of_trading_loses_nothing(watcher: Watcher, address: str) -> None:
    said, chance = Said(), Random(address)
    for _ in range(KILLS):
        watcher.live(said, address, unanswered(said))
        watcher.wait_for_answers(said, SENT_AGAIN + chance.randrange(1, 100))
        watcher.kill(said)
    first = unanswered(said)
    watcher.live(said, address, first, until=first + SENT_AGAIN + 10)
    watcher.wait_for_end(said)
    assert said.ends == [9] * KILLS + [0]

    account = said.began[0].account
    journal = open_journal(address, None)
    entries = list(journal.entries(account))
    journal.close()
    events = [decode(entry.kind, entry.body) for entry in entries]
    nothing_told_is_missing(said, entries, events)
    nothing_is_there_twice(said, entries, events)
    the_books_balance(said, events)


def unanswered(said: Said) -> int:
    """The command to begin with: some before the first that was never answered."""
    return max(0, max(said.done, default=-1) + 1 - SENT_AGAIN)


def nothing_told_is_missing(
    said: Said, entries: Sequence[Entry], events: Sequence[ev.Event]
) -> None:
    """Every event that was told is in the journal, as it was told."""
    assert len(said.told) > len(entries) // 2
    for seq, marks in said.told.items():
        event = event_view(entries[0].account, seq, events[seq - 1])
        assert marks == {mark(event)}, event
    journaled = {entry.key.rpartition("#")[0] for entry in entries if entry.key}
    answered = {str(key) for number in said.done if (key := command(number).key)}
    assert answered <= journaled


def nothing_is_there_twice(
    said: Said, entries: Sequence[Entry], events: Sequence[ev.Event]
) -> None:
    """Every command was done once, however often it was sent; ids count from 1."""
    keys = Counter(entry.key.rpartition("#")[0] for entry in entries if entry.key)
    assert set(keys.values()) == {1}
    repeated = [
        answers for number, answers in said.done.items() if command(number).key and len(answers) > 1
    ]
    assert len(repeated) >= KILLS
    for answers in repeated:
        assert all(later == Done(answers[0].order, again=True) for later in answers[1:])
    accepted = [event.id for event in events if isinstance(event, ev.OrderAccepted)]
    filled = [event.id for event in events if isinstance(event, ev.Filled)]
    ended = [event.id for event in events if isinstance(event, ev.OrderEnded)]
    assert accepted == list(range(1, len(accepted) + 1))
    assert filled == list(range(1, len(filled) + 1))
    assert len(filled) >= ENOUGH_FILLS
    assert len(set(ended)) == len(ended)
    assert set(ended) <= set(accepted)


def the_books_balance(said: Said, events: Sequence[ev.Event]) -> None:
    """Cash and positions are what the fills make of the start capital, also at every new start."""
    opened = events[0]
    assert isinstance(opened, ev.AccountOpened)
    cash, sizes = opened.terms.start_capital, defaultdict[str, Decimal](Decimal)
    after = [cash]
    for event in events[1:]:
        if isinstance(event, ev.Filled):
            cash -= event.side * event.size * event.price + event.fee
            sizes[event.symbol] += event.side * event.size
        after.append(cash)
    assert [Decimal(began.cash) for began in said.began] == [
        after[began.seq - 1] for began in said.began
    ]
    core = rebuild(events, {BTC: 0.0})
    ledger = core.records.portfolios[MANUAL].ledger
    assert ledger.cash == cash
    assert {symbol: ledger.size(symbol) for symbol in sizes} == dict(sizes)
    assert core.floor.portfolios[MANUAL].engine.cash == pytest.approx(float(cash), rel=1e-6)
