import statistics
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_feed.simulator.coinbase_messages import match_message
from data_feed.simulator.exchange import Match, SimulatedExchange
from data_feed.simulator.products import DEFAULT_SYMBOLS, products_for
from market.types import MINUTE, SECOND

START = 1_790_000_040 * SECOND
PRODUCTS = products_for(["BTC-USD", "LTC-USD"])


def trade_for(seconds: int, seed: int = 7) -> tuple[SimulatedExchange, list[Match]]:
    exchange = SimulatedExchange(PRODUCTS, seed, START)
    return exchange, exchange.advance(START + seconds * SECOND)


def messages(matches: list[Match]) -> list[str]:
    products = {product.symbol: product for product in PRODUCTS}
    return [match_message(products[match.symbol], match) for match in matches]


def test_same_seed_and_start_give_the_same_messages() -> None:
    first, again = trade_for(60)[1], trade_for(60)[1]
    assert len(first) > 50
    assert messages(first) == messages(again)


def test_another_seed_gives_other_trades() -> None:
    first, other = trade_for(20)[1], trade_for(20, seed=8)[1]
    assert [match.price for match in first] != [match.price for match in other]


def test_symbols_trade_alike_whatever_else_is_listed() -> None:
    alone = SimulatedExchange(products_for(["LTC-USD"]), 7, START)
    together = [match for match in trade_for(60)[1] if match.symbol == "LTC-USD"]
    assert alone.advance(START + 60 * SECOND) == together


@given(st.lists(st.integers(1, 3 * SECOND), min_size=1, max_size=12))
@settings(max_examples=10, deadline=None)
def test_how_time_is_cut_changes_nothing(steps: list[int]) -> None:
    whole = SimulatedExchange(PRODUCTS[1:], 7, START)
    pieces = SimulatedExchange(PRODUCTS[1:], 7, START)
    in_pieces: list[Match] = []
    for step in steps:
        in_pieces += pieces.advance(pieces.now_ns + step)
    assert whole.advance(START + sum(steps)) == in_pieces


def test_trade_ids_are_contiguous_and_sequences_and_times_rise() -> None:
    _, matches = trade_for(60)
    assert [m.time_ns for m in matches] == sorted(m.time_ns for m in matches)
    for product in PRODUCTS:
        own = [match for match in matches if match.symbol == product.symbol]
        ids = [match.trade_id for match in own]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        sequences = [match.sequence for match in own]
        assert sequences == sorted(set(sequences))
        assert all(match.time_ns % 1000 == 0 for match in own)


def test_quotation_after_a_trade_is_not_crossed() -> None:
    _, matches = trade_for(60)
    for match in matches:
        quote = match.quotation
        assert 0 < quote.bid < quote.ask
        assert quote.bid_size > 0
        assert quote.ask_size > 0


def test_first_trades_join_the_history() -> None:
    exchange, matches = trade_for(20)
    for product in PRODUCTS:
        first = next(match for match in matches if match.symbol == product.symbol)
        assert abs(first.price - product.price) < product.price * 0.001
        newest, *_, before = exchange.listings[product.symbol].candles.rows(60, 0, 2**40, 2)
        assert abs(newest[3] - before[4]) < product.price * 0.001


def test_recent_trades_are_newest_first_and_page_backwards() -> None:
    exchange, matches = trade_for(60)
    listing = exchange.listings["BTC-USD"]
    own = [match for match in matches if match.symbol == "BTC-USD"]
    assert listing.recent(10) == own[::-1][:10]
    assert listing.recent(10, own[20].trade_id) == own[10:20][::-1]
    assert listing.recent(10, own[0].trade_id) == []
    assert listing.recent(1, own[-1].trade_id + 99) == own[-1:]


def test_a_quarter_of_an_hour_of_trades_is_kept_and_at_least_a_thousand() -> None:
    exchange, matches = trade_for(1000)
    for symbol, listing in exchange.listings.items():
        own = [match for match in matches if match.symbol == symbol]
        fresh = [match for match in own if match.time_ns >= exchange.now_ns - 15 * MINUTE]
        assert listing.recent(10**6) == own[::-1][: max(len(fresh), 1000)]


def test_minutes_hold_every_trade() -> None:
    exchange, matches = trade_for(150)
    listing = exchange.listings["BTC-USD"]
    rows = listing.candles.rows(60, START // SECOND, 2**40, 300)
    own = [match for match in matches if match.symbol == "BTC-USD"]
    assert rows[:, 5].sum() == sum(match.size for match in own)
    assert rows[0, 4] == own[-1].price
    assert rows[-1, 3] == own[0].price


def test_time_that_has_passed_changes_nothing() -> None:
    exchange, _ = trade_for(10)
    assert exchange.advance(START) == []
    assert exchange.now_ns == START + 10 * SECOND


def test_nothing_trades_while_halted() -> None:
    exchange, _ = trade_for(10)
    exchange.skip(START + 100 * SECOND)
    exchange.skip(START)
    matches = exchange.advance(START + 130 * SECOND)
    assert matches
    assert min(match.time_ns for match in matches) > START + 100 * SECOND


@pytest.mark.parametrize("milliseconds", [1, 50, 333, 20_000])
def test_nothing_trades_after_the_time_handed_over(milliseconds: int) -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    for _ in range(10):
        matches = exchange.advance(exchange.now_ns + milliseconds * SECOND // 1000)
        assert all(match.time_ns <= exchange.now_ns for match in matches)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_market_looks_alive(seed: int) -> None:
    exchange = SimulatedExchange(products_for(DEFAULT_SYMBOLS), seed, START)
    matches = exchange.advance(START + 4 * MINUTE)
    trades = Counter(match.symbol for match in matches)
    per_second = {symbol: trades[symbol] / 240 for symbol in DEFAULT_SYMBOLS}
    assert 4 < per_second[DEFAULT_SYMBOLS[0]] < 30
    assert all(per_second[symbol] > 0.3 for symbol in DEFAULT_SYMBOLS)
    spreads = [m.quotation.ask - m.quotation.bid for m in matches if m.symbol == "BTC-USD"]
    assert statistics.median(spreads) <= 25
    for listing in exchange.listings.values():
        assert len(listing.book.bids) >= 8
        assert len(listing.book.asks) >= 8
        sides = (listing.book.bids, listing.book.asks)
        resting = sum(len(s.orders_at(price)) for s in sides for price, _ in s.levels())
        assert resting < 330
