"""Sentences of events."""

from decimal import Decimal
from typing import get_args

import pytest

from market.types import Side
from paper_trading import words
from trading.engine.records import Cause, Kind, Reason, State, TimeInForce
from trading.paper import events as ev
from trading.paper.risk import RiskLimits
from trading.paper.terms import AccountTerms, OrderTerms, Role

ORDER = OrderTerms(symbol="BTC-USD", side=Side.BUY, kind=Kind.LIMIT, size=0.1, limit=37_600.0)
FILL = ev.Filled(
    1, 3, 5, "manual", "BTC-USD", Side.SELL, Decimal("0.2500"), Decimal("39200.0"),
    Decimal("9.80000000"), Decimal("339.375"), True, Cause.ORDER, 39_200.0,
)  # fmt: skip
SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (ev.OrderAccepted(1, 4, "manual", ORDER), "Order 4: buy limit 0.1 BTC-USD at 37,600."),
        (
            ev.OrderAccepted(
                1, 5, "manual",
                OrderTerms("BTC-USD", Side.SELL, Kind.STOP, 0.0, stop=37_000.5, role=Role.STOP_LOSS,
                           tif=TimeInForce.IOC),
            ),
            "Order 5 (stop loss): sell stop BTC-USD stop 37,000.5 IOC.",
        ),
        (FILL, "Sold 0.25 BTC-USD at 39,200, fee 9.8, realised 339.375."),
        (
            ev.OrderEnded(1, 4, State.EXPIRED, Reason.TIME_IN_FORCE),
            "Order 4 expired: could not fill at once.",
        ),
        (ev.OrderEnded(1, 4, State.FILLED, Reason.NONE), "Order 4 filled."),
        (
            ev.OrderChanged(1, 4, 0.1, 37_700.0, 0.0, 0.0, 0.0, "page"),
            "Order 4 changed: size 0.1, limit 37,700.",
        ),
        (
            ev.ClockJumped(1, 100 * SECOND, 90 * SECOND),
            "The computer's clock was put back by 10 s.",
        ),
        (
            ev.MarketGap(1, "", 0, 61 * SECOND, "the program did not run."),
            "The market was not heard from 1970-01-01 00:00:00 to 1970-01-01 00:01:01 UTC: "
            "the program did not run.",
        ),
        (
            ev.AccountOpened(1, AccountTerms(name="Main account")),
            "Main account opened with 100,000 USD on the live market.",
        ),
        (ev.Noted(1, "fill 3", "Too early", ("mistake",)), "Note on fill 3: Too early [mistake]"),
    ],
)  # fmt: skip
def test_an_event_says_what_happened(event: ev.Event, said: str) -> None:
    assert words.sentence(event) == said


def test_every_kind_of_event_has_a_sentence() -> None:
    assert set(words._SENTENCES) | set(words._NAMED) == set(get_args(ev.Event))
    assert not set(words._SENTENCES) & set(words._NAMED)
    assert words.sentence(ev.LimitsSet(1, RiskLimits(), "page")) == "Risk limits were set by page."


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (ev.AutomationStepped(1, "a1", 0, ()), "MA cross saw a candle close."),
        (ev.AutomationRemoved(1, "a1"), "Automation MA cross was removed."),
        (ev.AutomationRemoved(1, "a2"), "Automation a2 was removed."),
        (
            ev.CashMoved(1, "manual", "a1", Decimal(500), "its capital."),
            "500 moved from manual to MA cross: its capital.",
        ),
    ],
)
def test_automations_are_called_by_name(event: ev.Event, said: str) -> None:
    assert words.sentence(event, {"a1": "MA cross"}) == said


def test_every_end_has_a_reason() -> None:
    assert all(words.end_words(each) for each in set(Reason) - {Reason.NONE, Reason.ASKED})
    assert words.end_words(Reason.ASKED) == ""
    assert set(words.KIND_WORDS) == set(Kind)


def test_numbers_say_nothing_that_they_do_not_know() -> None:
    given = (0.1, 37_600.0, Decimal("100"), Decimal("1.500"), 1e-7)
    assert [words.number(each) for each in given] == ["0.1", "37,600", "100", "1.5", "0.0000001"]


def test_owners_are_called_by_name() -> None:
    automation = ev.AutomationSet(
        1, "a1", "MA cross", "sma_cross", {}, ("BTC-USD",), "15m", Decimal(10), "running"
    )
    known = {"a1": automation}
    named = [words.owner_name(owner, known) for owner in ("manual", "a1", "a2")]
    assert named == ["Manual", "MA cross", "a2"]
