"""The watchlist's rows: what changed since last time, computed once for everybody."""

from dataclasses import replace

import pytest

from market.market import Market
from server import watch_rows
from server.watch_rows import WatchRows
from server.watch_views import WatchView
from tests.server.harness import BTC, ETH, MINUTE_NS, START_NS, HandMarket

NEXT_NS = START_NS + 40 * MINUTE_NS


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms * 1_000_000


@pytest.fixture
def hand() -> HandMarket:
    made = HandMarket()
    made.minutes(BTC, 30)
    return made


def test_everything_at_first_then_what_changed(hand: HandMarket) -> None:
    rows = WatchRows(hand.market, Clock())
    moment, first = rows.since(0)
    assert [row.symbol for row in first] == [BTC, ETH]
    assert rows.since(moment) == (moment, [])
    hand.trade(ETH, NEXT_NS, 50.0)
    later, changed = rows.since(moment)
    assert [(row.symbol, row.price) for row in changed] == [(ETH, 50.0)]
    assert later > moment
    assert rows.since(0)[1] == [first[0], *changed]  # for another viewer


def test_moments_go_on_rising_after_a_restart(hand: HandMarket) -> None:
    clock = Clock()
    before, _ = WatchRows(hand.market, clock).since(0)
    clock.ms += 5000
    restarted, rows = WatchRows(hand.market, clock).since(before)
    assert restarted > before and len(rows) == 2


def test_a_quote_alone_changes_no_row(hand: HandMarket) -> None:
    rows = WatchRows(hand.market, Clock())
    moment, _ = rows.since(0)
    hand.quote(BTC, 1.0, 2.0)
    assert rows.since(moment) == (moment, [])


def test_computed_once_until_a_trade_or_a_minute(
    hand: HandMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    whole = watch_rows.watch_row

    def counted(market: Market, symbol: str) -> WatchView:
        asked.append(symbol)
        return whole(market, symbol)

    monkeypatch.setattr(watch_rows, "watch_row", counted)
    clock = Clock()
    rows = WatchRows(hand.market, clock)
    rows.since(0)
    rows.since(0)
    assert asked == [BTC, ETH]
    hand.trade(ETH, NEXT_NS, 50.0)
    rows.since(0)
    assert asked == [BTC, ETH, ETH]
    clock.ms += 60_000
    rows.since(0)
    assert asked[3:] == [BTC, ETH]


def test_turnover_is_of_the_last_day_in_quote_currency(hand: HandMarket) -> None:
    hand.trade(ETH, START_NS, 1000.0, 3.0)  # more than a day before the others
    hand.trade(ETH, START_NS + 25 * 60 * MINUTE_NS, 50.0, 2.0)
    hand.trade(ETH, START_NS + 26 * 60 * MINUTE_NS, 40.0, 1.0)
    row = watch_rows.watch_row(hand.market, ETH)
    assert row.turnover == 140.0
    assert watch_rows.watch_row(HandMarket().market, BTC) == replace(
        row, symbol=BTC, price=None, change_pct=None, turnover=None, decimals=2
    )
