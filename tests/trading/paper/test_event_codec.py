"""Events as the journal keeps them."""

from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.types import Side
from trading.engine.records import Cause, Kind, Reason, State, TimeInForce
from trading.errors import BadEvent
from trading.paper.event_codec import KINDS, decode, encode, kind_of
from trading.paper.events import Event, Filled, OrderAccepted
from trading.paper.risk import RiskLimits
from trading.paper.terms import OrderTerms

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=12))
st.register_type_strategy(RiskLimits, st.just(RiskLimits(max_order_size={"BTC-USD": 0.1})))


def made(kind: type) -> st.SearchStrategy[object]:
    """Instances of a struct with fields of any value."""
    parts = {
        name: made(hint) if hasattr(hint, "__struct_fields__") else st.from_type(hint)
        for name, hint in get_type_hints(kind).items()
    }
    return st.builds(kind, **parts)


EVENTS = st.one_of([made(kind) for kind in get_args(Event)])


@given(EVENTS)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(kind_of(event), encode(event)) == event


def test_a_journal_is_read_by_people_too() -> None:
    fill = Filled(
        7, 2, 1, "manual", "BTC-USD", Side.SELL, Decimal("0.10"), Decimal("38529.5"),
        Decimal("3.85295"), Decimal("-1.5"), False, Cause.ORDER, 38530.0,
    )  # fmt: skip
    assert kind_of(fill) == "filled"
    assert encode(fill) == (
        b'{"time_ns":7,"id":2,"order":1,"owner":"manual","symbol":"BTC-USD","side":-1,'
        b'"size":"0.10","price":"38529.5","fee":"3.85295","realised":"-1.5","maker":false,'
        b'"cause":0,"reference":38530.0}'
    )


def test_kinds_are_the_names_of_the_events() -> None:
    assert len(KINDS) == len(get_args(Event))
    assert kind_of(
        OrderAccepted(1, 1, "manual", OrderTerms("A-B", Side.BUY, Kind.MARKET, 1.0))
    ) == ("order_accepted")


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("order_eaten", b"{}", "kind 'order_eaten'; allowed are account_opened, "),
        ("resumed", b'{"time_ns":1}', "required field `by`"),
        ("resumed", b'{"time_ns":1,"by":"page","why":""}', "unknown field `why`"),
        ("resumed", b'{"time_ns":"1","by":"page"}', "Expected `int`"),
        ("resumed", b'{"time_ns":1', "truncated"),
        ("order_ended", b'{"time_ns":1,"id":1,"state":99,"reason":0}', "Invalid enum value 99"),
    ],
)
def test_what_is_no_event_is_refused_with_what_is_wrong(kind: str, body: bytes, words: str) -> None:
    with pytest.raises(BadEvent, match=words):
        decode(kind, body)


def test_numbers_in_old_journals_keep_their_meaning() -> None:
    assert [(each.name, each.value) for each in (*Kind, *TimeInForce, *Cause)] == [
        ("MARKET", 0), ("LIMIT", 1), ("STOP", 2), ("STOP_LIMIT", 3), ("TRAILING", 4),
        ("GTC", 0), ("IOC", 1), ("FOK", 2), ("ORDER", 0), ("LIQUIDATION", 1),
    ]  # fmt: skip
    assert [each.name for each in State] == [
        "WAITING", "WORKING", "FILLED", "CANCELLED", "EXPIRED", "REFUSED",
    ]  # fmt: skip
    assert [each.name for each in Reason][:10] == [
        "NONE", "ASKED", "TIME_IN_FORCE", "MARGIN", "POST_ONLY", "REDUCE_ONLY", "PARTNER",
        "PARENT", "LIQUIDATION", "NO_SIZE",
    ]  # fmt: skip
