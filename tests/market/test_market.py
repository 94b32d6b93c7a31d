"""The market takes events in, keeps the newest, and tells listeners once."""

import pytest

from market.candle_builder import Outcome
from market.errors import UnknownSymbol
from market.market import Market
from market.types import SECOND, Interval, Quote, Symbol, Trade
from tests.market.reference import PAIR, trade

pytestmark = pytest.mark.kernel

START = 1_700_000_000 * SECOND


def test_trades_and_quotes_reach_their_symbol() -> None:
    market = Market([PAIR, Symbol("ETH-USD"), PAIR], capacity=10)
    assert market.symbols == (PAIR, "ETH-USD")
    quote = Quote(PAIR, START, 99.0, 1.0, 101.0, 2.0)
    assert market.apply(trade(1, START), 7) is Outcome.APPLIED
    assert market.apply(quote, 8) is None
    state = market["BTC-USD"]
    assert (state.last_trade, state.quote, state.received_ns) == (trade(1, START), quote, 8)
    assert state.builder.columns(Interval.D1).next_index == 1
    assert market["ETH-USD"].received_ns == market["ETH-USD"].version == 0


def test_the_last_trade_has_the_highest_id() -> None:
    market = Market([PAIR], capacity=10)
    for number in (5, 4, 6, 6, 3):
        market.apply(trade(number, START), number)
    last = market[PAIR].last_trade
    assert last is not None
    assert last.trade_id == 6


def test_a_version_rises_with_every_change_and_not_with_repetitions() -> None:
    market = Market([PAIR], capacity=10)
    versions = []
    for event in (
        trade(1, START),
        Quote(PAIR, 0, 1.0, 1.0, 2.0, 1.0),
        trade(1, START),
        trade(0, START),
    ):
        market.apply(event, 1)
        versions.append(market[PAIR].version)
    assert versions == [1, 2, 2, 3]


def test_other_symbols_are_counted_and_ignored() -> None:
    market = Market([PAIR], capacity=10)
    stranger = trade(1, START)._replace(symbol=Symbol("DOGE-USD"))
    assert market.apply(stranger, 1) is None
    assert market.fill(stranger) is None
    assert market.unknown_events == 2
    with pytest.raises(UnknownSymbol, match="'DOGE-USD'; available are BTC-USD"):
        market["DOGE-USD"]


def test_listeners_hear_every_live_trade_once_and_in_order() -> None:
    market = Market([PAIR], capacity=10)
    heard: list[Trade] = []
    market.listen(heard.append)
    for number in (1, 3, 2, 3, 4):
        market.apply(trade(number, START), 1)
    assert [each.trade_id for each in heard] == [1, 3, 4]


def test_a_filled_trade_is_told_only_when_it_also_comes_live() -> None:
    market = Market([PAIR], capacity=10)
    heard: list[Trade] = []
    market.listen(heard.append)
    assert market.fill(trade(1, START)) is Outcome.APPLIED
    assert (heard, market[PAIR].received_ns) == ([], 0)
    assert market.apply(trade(1, START), 5) is Outcome.DUPLICATE
    assert heard == [trade(1, START)]
