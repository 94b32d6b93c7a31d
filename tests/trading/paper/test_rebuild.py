"""An account made anew from its events is the account that it was, whatever happened to it."""

from collections import deque
from dataclasses import fields, is_dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.types import Side
from tests.trading.paper.account import BTC, STEPS, Account
from tests.trading.paper.life import STEPS_OF_LIFE, TERMS, Step, live
from trading.engine.records import Cause, Kind
from trading.errors import BadEvent
from trading.paper.commands import Place, SetLimits
from trading.paper.core import AccountCore, rebuild
from trading.paper.event_codec import decode, encode, kind_of
from trading.paper.events import (
    EquityMarked,
    Event,
    Filled,
    OrderAccepted,
    OrderEnded,
)
from trading.paper.terms import AccountTerms

pytestmark = pytest.mark.kernel


def known(core: AccountCore) -> dict[str, object]:
    """Everything that an account's records say, trailing stops as far as they are told."""
    records = core.records
    found = {
        name: getattr(records, name)
        for name in (
            "terms", "limits", "risk", "portfolios", "orders", "ended", "fills", "order_count",
            "realised", "fees", "today", "automations", "notes", "curve", "session", "time_ns",
        )
    }  # fmt: skip
    return {name: plain(value) for name, value in found.items()} | {
        "log": records.fill_log.records.tobytes()
    }


def plain(value: object) -> object:
    """A copy that does not change any more, of what classes are made of."""
    if is_dataclass(value):
        compared = (each.name for each in fields(value) if each.compare)
        return {name: plain(getattr(value, name)) for name in compared}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | deque):
        return [plain(each) for each in value]
    return value


def decided(core: AccountCore) -> dict[str, object]:
    """What the engines know of money and orders, by the account's order ids."""
    found: dict[str, object] = {}
    for owner, portfolio in core.floor.portfolios.items():
        state = portfolio.engine.state()
        ids = {number: order for order, number in portfolio.numbers.items()}
        found[owner] = (
            state.cash,
            {name: (each.size, each.cost) for name, each in state.positions.items() if each.size},
            [
                (
                    ids[each.key], each.order.side, each.order.size, each.order.limit,
                    each.order.trail or each.order.stop, pytest.approx(each.filled, abs=1e-12),
                    pytest.approx(each.taken, abs=1e-12), each.triggered,
                )
                for each in state.orders
            ],
        )  # fmt: skip
    return found


@settings(max_examples=120, deadline=None)
@given(TERMS, st.lists(STEPS_OF_LIFE, max_size=30))
def test_events_make_the_account_again(terms: AccountTerms, steps: list[Step]) -> None:
    account = Account(terms)
    live(account, steps)
    journal = [(kind_of(event), encode(event)) for event in account.events]
    again = rebuild((decode(kind, body) for kind, body in journal), STEPS)
    assert known(again) == known(account.core)
    assert decided(again) == decided(account.core)
    assert again.waiting_symbols == account.core.waiting_symbols
    assert again.active == account.core.active


@settings(max_examples=60, deadline=None)
@given(TERMS, st.lists(STEPS_OF_LIFE, max_size=20))
def test_every_prefix_of_the_events_is_an_account_whose_books_balance(
    terms: AccountTerms, steps: list[Step]
) -> None:
    account = Account(terms)
    live(account, steps)
    for end in range(1, len(account.events) + 1):
        part = Account(terms)
        part.events = account.events[:end]
        part.restart()
        assert part.balances()
        assert all(each.ledger.balances() for each in part.core.records.portfolios.values())
    assert known(part.core) == known(account.core)


@settings(max_examples=60, deadline=None)
@given(TERMS, st.lists(STEPS_OF_LIFE, max_size=20))
def test_the_same_life_makes_the_same_events(terms: AccountTerms, steps: list[Step]) -> None:
    first, second = Account(terms), Account(terms)
    live(first, steps)
    live(second, steps)
    assert first.events == second.events


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS_OF_LIFE, max_size=15), st.lists(STEPS_OF_LIFE, max_size=8))
def test_after_a_restart_an_account_goes_on_as_it_would_have(
    before: list[Step], after: list[Step]
) -> None:
    """But for what waits until every price is known again: queues, trailing stops, worths."""
    stays, restarts = Account(), Account()
    plain: list[Step] = [
        (act, later_ns)
        for act, later_ns in before
        if not isinstance(act, SetLimits) and getattr(act, "kind", None) is not Kind.TRAILING
    ]
    live(stays, plain)
    live(restarts, plain)
    restarts.restart()
    for account in (stays, restarts):
        live(account, [act for act in after if not isinstance(act[0], SetLimits)])
        account.events = [each for each in account.events if not isinstance(each, EquityMarked)]
    assert restarts.events == stays.events


def test_a_stop_that_was_reached_stays_reached() -> None:
    account = Account()
    account.trade(60_000.0)
    account.quote(59_990.0, 60_010.0)
    account.do(
        Place(
            symbol=BTC, side=Side.BUY, size=0.1, kind=Kind.STOP_LIMIT, stop=60_100.0, limit=60_050.0
        )
    )  # fmt: skip
    account.quote(60_140.0, 60_160.0)
    account.trade(60_150.0)
    assert account.core.records.orders[1].triggered
    account.restart()
    account.quote(60_020.0, 60_045.0)
    account.trade(60_040.0, side=Side.SELL)
    assert [(fill.order, fill.price) for fill in account.fills()] == [(1, Decimal(60_050))]


def opened() -> list[Event]:
    """The events of an account with one fill."""
    account = Account()
    account.trade(60_000.0)
    account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    return list(account.events)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda events: events[1:], "begins with AccountOpened; the first event was LimitsSet"),
        (lambda events: [], "begins with AccountOpened; the first event was None"),
        (lambda events: [*events, events[0]], "opened by its first event only"),
        (
            lambda events: [each for each in events if not isinstance(each, OrderAccepted)],
            "Event 4: Order 1 is not live",
        ),
        (
            lambda events: [*events, next(each for each in events if isinstance(each, Filled))],
            "Fill 1 follows on fill 1",
        ),
        (
            lambda events: [*events, next(each for each in events if isinstance(each, OrderEnded))],
            "Order 1 is not live",
        ),
        (
            lambda events: [
                *events, Filled(
                    1, 2, 0, "manual", BTC, Side.SELL, Decimal("0.1"), Decimal(61_000), Decimal(0),
                    Decimal(99), False, Cause.ORDER, 1.0,
                ),
            ],
            "Fill 2 says to have realised 99; by the fills before it that is 1E",
        ),
        (
            lambda events: [
                *events, Filled(
                    1, 2, 0, "ghost", BTC, Side.SELL, Decimal("0.1"), Decimal(61_000), Decimal(0),
                    Decimal(99), False, Cause.ORDER, 1.0,
                ),
            ],
            "There is no portfolio 'ghost'",
        ),
    ],
)  # fmt: skip
def test_events_that_no_account_has_are_refused(spoil, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadEvent, match=words):
        rebuild(spoil(opened()), STEPS)
