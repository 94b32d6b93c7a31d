"""Commands as plain values."""

from typing import get_args

from market.types import Side
from trading.engine.records import Kind, TimeInForce
from trading.paper.commands import Command, Place
from trading.paper.terms import MANUAL


def test_an_order_at_market_needs_no_more_than_symbol_side_and_size() -> None:
    place = Place(symbol="BTC-USD", side=Side.BUY, size=0.1)
    assert (place.owner, place.kind, place.tif) == (MANUAL, Kind.MARKET, TimeInForce.GTC)
    assert not place.reduce_only
    assert not place.post_only


def test_every_command_may_carry_an_idempotency_key() -> None:
    assert [
        each.__name__ for each in get_args(Command) if "key" not in each.__struct_fields__
    ] == []
