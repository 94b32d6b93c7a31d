"""Decimal texts become integers exactly, or an error."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.venues.levels import LARGEST, MOST_DECIMALS, LevelReader, LevelReaders
from market.order_book import Levels
from market.types import Symbol

BTC = Symbol("BTC-USD")
NUMBERS = st.decimals("0.00000001", 10**6, places=8) | st.integers(1, 10**9).map(Decimal)
TEXTS = NUMBERS.map(lambda number: format(number, "f")) | NUMBERS.map(str)
ROWS = st.lists(st.tuples(TEXTS, TEXTS), max_size=5)


def exact(levels: Levels, reader: LevelReader) -> list[tuple[Decimal, Decimal]]:
    return [
        (Decimal(price).scaleb(-reader.price_decimals), Decimal(size).scaleb(-reader.size_decimals))
        for price, size in levels
    ]


@given(ROWS, ROWS, st.lists(st.tuples(ROWS, ROWS), max_size=4), st.booleans())
def test_levels_are_the_decimals_of_their_texts(
    bids: list[tuple[str, str]],
    asks: list[tuple[str, str]],
    changes: list[tuple[list[tuple[str, str]], list[tuple[str, str]]]],
    zeros_count: bool,
) -> None:
    reader = LevelReader(BTC, zeros_count=zeros_count)
    whole = reader.snapshot(7, bids, asks, 8, 9)
    assert (whole.symbol, whole.time_ns, whole.sequence, whole.checksum) == (BTC, 7, 8, 9)
    for found, rows in ((whole.bids, bids), (whole.asks, asks)):
        assert exact(found, reader) == [(Decimal(p), Decimal(s)) for p, s in rows]
    for new_bids, new_asks in changes:
        before = reader.price_decimals, reader.size_decimals
        delta = reader.delta(7, new_bids, new_asks, (1, 2), 3)
        assert (delta.first, delta.last, delta.checksum) == (1, 2, 3)
        assert (reader.price_decimals, reader.size_decimals) >= before
        assert (delta.price_decimals, delta.size_decimals) == (
            reader.price_decimals, reader.size_decimals,
        )  # fmt: skip
        for found, rows in ((delta.bids, new_bids), (delta.asks, new_asks)):
            assert exact(found, reader) == [(Decimal(p), Decimal(s)) for p, s in rows]


def test_zeros_at_the_end_count_where_the_venue_says_so() -> None:
    rows = [("0.0270", "1000.00000000")]
    assert LevelReader(BTC).snapshot(0, rows, []).bids == [(27, 1000)]
    kept = LevelReader(BTC, zeros_count=True).snapshot(0, rows, [])
    assert (kept.bids, kept.price_decimals, kept.size_decimals) == ([(270, 10**11)], 4, 8)
    fresh = LevelReader(BTC, zeros_count=True).delta(0, rows, [])
    assert (fresh.price_decimals, fresh.size_decimals) == (4, 8)


def test_exponents_and_bare_points() -> None:
    reader = LevelReader(BTC)
    assert reader.snapshot(0, [("5.1e-05", "1E2"), ("2.", ".5")], []).bids == [
        (51, 1000), (2_000_000, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", ".", "-1", "+-1", "NaN", "Infinity", "inf", "1e999999", "1e-30", "1_000", " 1", "1 ", "²",
     "١", "1.2.3", "0x10", "null", '"1"', "1" * 30, "0." + "1" * 19, "-0.5", "1.-5"],
)  # fmt: skip
def test_texts_that_are_no_numbers_are_refused_and_change_nothing(text: str) -> None:
    reader = LevelReader(BTC)
    reader.snapshot(0, [("1.25", "2.5")], [])
    for rows in ([(text, "1")], [("1", text)]):
        with pytest.raises(ValueError, match="a level h"):
            reader.delta(0, rows, [])
        with pytest.raises(ValueError, match="a level h"):
            LevelReader(BTC).snapshot(0, [], rows)
    assert (reader.price_decimals, reader.size_decimals) == (2, 1)


def test_a_price_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="a price level was at 0"):
        LevelReader(BTC).delta(0, [("0.00", "1")], [])


def test_a_message_that_fails_leaves_the_decimals_as_they_were() -> None:
    reader = LevelReader(BTC)
    reader.snapshot(0, [("1.5", "2")], [])
    with pytest.raises(ValueError, match="a price level was at 0"):
        reader.delta(0, [("1.23456", "1.25"), ("0", "1")], [])
    assert (reader.price_decimals, reader.size_decimals) == (1, 0)


def test_the_limits_themselves_pass() -> None:
    finest = "0." + "0" * (MOST_DECIMALS - 1) + "1"
    assert LevelReader(BTC).snapshot(0, [(finest, str(LARGEST))], []).bids == [(1, LARGEST)]


def test_every_symbol_has_a_reader_of_its_own() -> None:
    readers = LevelReaders()
    readers.of(BTC).snapshot(0, [("1.25", "1")], [])
    assert readers.of(BTC).price_decimals == 2
    assert readers.of(Symbol("ETH-USD")).price_decimals == 0
