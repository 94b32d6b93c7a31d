"""Strategies on a paper account: begun, paused, stopped, gone on with after a restart."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from market.types import SECOND
from tests.paper_trading.automated_account import A, Account, B, Place, trades
from trading.paper.events import AutomationSet, AutomationStepped, Filled, OrderAccepted


def steps(place: Place) -> list[AutomationStepped]:
    """What is kept of the run."""
    return [each for each in place.account.events if isinstance(each, AutomationStepped)]


def running(folder: Path | None = None, **other: Any) -> Place:
    """An automation that begins after 100 seconds of history."""
    place = Place(folder)
    walk = trades(100, 7)
    place.history(walk)
    place.automations.begin(walk[-1].time_ns)
    place.pass_on(walk[-1:])
    place.set(**other)
    return place


def test_an_automation_trades_at_closes() -> None:
    place = running()
    place.pass_on(trades(300, 7, first=100))
    fills = place.account.fills("a1")
    assert len(fills) > 5
    assert {(fill.time_ns // SECOND) % 5 for fill in fills} == {0}
    closed = [step.closed_ns for step in steps(place)[1:]]
    assert closed == [closed[0] + at * 5 * SECOND for at in range(60)]
    assert place.account.core.records.portfolios["a1"].ledger.balances()
    assert not place.account.fills("manual")


def test_what_it_is_told_comes_after_its_orders() -> None:
    """So that the journal holds a step only with the orders that it led to."""
    place = running()
    place.pass_on(trades(60, 7, first=100))
    kinds = [type(event) for event in place.account.events]
    at = kinds.index(OrderAccepted)
    assert AutomationStepped in kinds[at:]
    acted = [step for step in steps(place) if step.told]
    assert len(acted) == len({fill.order for fill in place.account.fills("a1")})


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"strategy": "grid", "values": {"levels": 3, "spacing": 0.2}},
        {"strategy": "dca", "values": {"every": 4, "take_profit": 0.5}},
        {"strategy": "pairs", "values": {"period": 6, "enter": 0.8}, "symbols": (A, B)},
        {"stop_loss": 0.004, "take_profit": 0.006},
    ],
)
@pytest.mark.parametrize("restart", [101, 150, 233])
def test_a_restart_goes_on_as_if_nothing_had_been(
    setting: dict[str, Any], restart: int, tmp_path: Path
) -> None:
    """The same fills, order by order, as the program that went on."""
    walk = sorted(
        trades(300, 7, first=100) + trades(300, 8, B, first=100), key=lambda each: each.time_ns
    )
    history = trades(100, 8, B)
    whole, before = Place(tmp_path / "whole"), Place(tmp_path / "cut")
    cut = (restart - 100) * 2
    for place, part in ((whole, walk), (before, walk[:cut])):
        place.history(trades(100, 7) + history)
        place.automations.begin(walk[0].time_ns - SECOND)
        place.pass_on(trades(100, 7)[-1:] + history[-1:])
        place.set(**setting)
        place.pass_on(part)
    after = Place(tmp_path / "cut", Account(before.account.events))
    after.history(trades(100, 7) + history + walk[:cut])
    for item in (trades(restart, 7)[-1], trades(restart, 8, B)[-1]):
        after.show(item)
    after.automations.begin(before.now_ns)
    after.pass_on(walk[cut:])
    assert [str(fill) for fill in whole.account.fills("a1")] == [
        str(fill) for fill in after.account.fills("a1")
    ]
    assert len(whole.account.fills("a1")) > 5


def test_a_paused_automation_watches() -> None:
    place = running()
    place.pass_on(trades(50, 7, first=100))
    place.set("paused")
    before = len(place.account.fills("a1"))
    place.pass_on(trades(100, 7, first=150))
    assert len(place.account.fills("a1")) == before
    assert [step.told for step in steps(place)[-20:]] == [None] * 20
    place.set("running")
    place.pass_on(trades(100, 7, first=250))
    assert len(place.account.fills("a1")) > before


def test_a_stopped_automation_sells_and_begins_anew() -> None:
    place = running(strategy="grid", values={"levels": 3, "spacing": 0.2})
    place.pass_on(trades(100, 7, first=100))
    assert place.account.core.records.portfolios["a1"].live
    place.set("stopped")
    record = place.account.core.records.portfolios["a1"]
    assert not record.live
    assert not any(held.size for held in record.ledger.holdings.values())
    place.pass_on(trades(50, 7, first=200))
    count = len(steps(place))
    place.set("running", strategy="grid", values={"levels": 3, "spacing": 0.2})
    assert steps(place)[count].candles == ()
    place.pass_on(trades(50, 7, first=250))
    assert len(steps(place)) == count + 11


def test_closes_that_nobody_saw_are_taken_later() -> None:
    """The candles are the market's own, none is missing, none acted on but the newest."""
    place = running()
    missed = trades(40, 7, first=100)
    place.history(missed)
    place.pass_on(trades(10, 7, first=140))
    told = steps(place)[1:]
    assert [step.told is None for step in told] == [True] * 8 + [False] * (len(told) - 8)
    assert [step.candles[0][1] for step in told] == [
        told[0].candles[0][1] + at * 5 * SECOND for at in range(len(told))
    ]


def test_a_quiet_market_closes_by_the_clock() -> None:
    place = running()
    due = place.automations.next_ns()
    assert due is not None
    place.automations.clock(due - 1)
    assert len(steps(place)) == 1
    place.automations.clock(due)
    assert len(steps(place)) == 2


def test_fifteen_at_once_have_their_own_money() -> None:
    place = running()
    for number in range(2, 17):
        place.set(
            owner=f"a{number}",
            capital=Decimal(300 * number),
            values={"fast": 2, "slow": number + 2},
        )
    place.pass_on(trades(300, 7, first=100))
    records = place.account.core.records
    assert len({str(records.portfolios[f"a{number}"].ledger.cash) for number in range(1, 17)}) == 16
    assert all(each.ledger.balances() for each in records.portfolios.values())
    assert all(place.account.fills(f"a{number}") for number in range(1, 17))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"strategy": "no_such"}, "There is no strategy 'no_such'"),
        ({"values": {"fast": 9, "slow": 8}}, "must be below"),
        ({"symbols": (A, B)}, "SMA cross trades 1 symbol; 2 were given."),
    ],
)
def test_what_cannot_run_says_why(setting: dict[str, Any], words: str) -> None:
    place = running(**setting)
    setting_now = place.account.core.records.automations["a1"]
    assert setting_now.state == "failed"
    assert words in setting_now.words


def test_an_automation_waits_for_its_history() -> None:
    place = Place(None)
    place.loaded = False
    place.automations.begin(place.now_ns)
    place.set()
    assert not steps(place)
    place.history(trades(100, 7))
    place.loaded = True
    now = place.automations.next_ns()
    assert now is not None
    place.automations.clock(trades(101, 7)[-1].time_ns)
    assert len(steps(place)) == 1
    assert place.automations.symbols == {A}


def test_another_market_ends_it_until_it_is_back() -> None:
    place = running()
    place.pass_on(trades(50, 7, first=100))
    place.automations.end(trades(150, 7)[-1].time_ns)
    assert place.automations.symbols == frozenset()
    count = len(steps(place))
    place.pass_on(trades(20, 7, first=150))
    assert len(steps(place)) == count
    assert place.automations.next_ns() is None
    place.automations.begin(place.now_ns)
    place.pass_on(trades(20, 7, first=170))
    assert len(steps(place)) == count + 8
    assert isinstance(place.account.core.records.automations["a1"], AutomationSet)
    assert all(isinstance(fill, Filled) for fill in place.account.fills("a1"))
