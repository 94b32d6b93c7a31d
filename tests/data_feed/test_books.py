"""Books are followed, lost and found again."""

import pytest

from data_feed.books import MOST_WAITING, PAUSE_NS, Books
from data_feed.protocol import UNNUMBERED, BookDelta, BookRules, BookSnapshot
from market.order_book import Levels
from market.types import SECOND, Symbol

BTC = Symbol("BTC-USD")
STREAM, REST = BookRules(), BookRules(rest=True)
UNNUMBERED_RULES = BookRules(numbered=False)


def snapshot(
    sequence: int = 10, bids: Levels = ((99, 1),), asks: Levels = ((101, 1),),
    checksum: int | None = None,
) -> BookSnapshot:  # fmt: skip
    return BookSnapshot(BTC, 0, 0, 0, bids, asks, sequence, checksum)


def delta(
    first: int, last: int, bids: Levels = (), asks: Levels = (), checksum: int | None = None
) -> BookDelta:
    return BookDelta(BTC, 0, 0, 0, bids, asks, first, last, checksum)


def bids(books: Books) -> list[int]:
    book = books.book(BTC)
    assert book is not None
    return [price for price, _ in book.best(100)[0]]


def valid(books: Books) -> bool:
    book = books.book(BTC)
    assert book is not None
    return book.valid


def test_changes_in_order_are_applied() -> None:
    books = Books([BTC], STREAM)
    assert not valid(books)
    assert books.take(snapshot(), 0) is False
    assert books.take(delta(11, 11, bids=[(98, 5)]), 0) is False
    assert books.take(delta(12, 14, bids=[(99, 0)]), 0) is False
    assert (bids(books), valid(books), books.lost) == ([98], True, 0)


def test_a_gap_is_noticed_and_the_next_snapshot_repairs_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    books = Books([BTC], STREAM)
    books.take(snapshot(), 0)
    assert books.take(delta(12, 12, bids=[(98, 5)]), 0) is True
    assert (bids(books), valid(books), books.lost) == ([99], False, 1)
    assert "book of BTC-USD is asked for again: changes 11 to 11 are missing" in caplog.text
    books.take(snapshot(20), 1)
    assert books.take(delta(21, 21, bids=[(97, 5)]), 1) is False
    assert (bids(books), valid(books)) == ([99, 97], True)


def timed(time_ns: int, bids: Levels = ()) -> BookDelta:
    return delta(UNNUMBERED, UNNUMBERED, bids)._replace(time_ns=time_ns)


def test_changes_without_numbers_that_come_out_of_order_are_noticed() -> None:
    books = Books([BTC], UNNUMBERED_RULES)
    books.take(snapshot(UNNUMBERED), 0)
    assert books.take(timed(20, [(98, 5)]), 0) is False
    assert books.take(timed(20, [(97, 5)]), 0) is False
    assert books.take(timed(0, [(96, 5)]), 0) is False, "without a time nothing is known"
    assert books.take(timed(21), 0) is False
    assert books.take(timed(20, [(98, 0)]), 0) is True
    assert (bids(books), valid(books), books.lost) == ([99, 98, 97, 96], False, 1)
    books.take(snapshot(UNNUMBERED), 0)
    assert books.take(timed(15, [(98, 5)]), 0) is False
    assert (bids(books), valid(books)) == ([99, 98], True)
    numbered = Books([BTC], STREAM)
    numbered.take(snapshot(), 0)
    numbered.take(delta(11, 11)._replace(time_ns=20), 0)
    assert numbered.take(delta(12, 12)._replace(time_ns=10), 0) is False, "numbers know better"


def test_a_book_without_numbers_is_looked_at_now_and_then() -> None:
    books = Books([BTC], UNNUMBERED_RULES)
    books.connected(0)
    books.take(snapshot(UNNUMBERED), 0)
    asked = [s for s in range(2000) if books.take(timed(s + 1), s * SECOND)]
    assert asked == [600, 1200, 1800]
    assert (valid(books), books.lost) == (True, 0)
    books.take(snapshot(UNNUMBERED), 2000 * SECOND)
    asked = [s for s in range(2000, 3000) if books.take(timed(s + 1), s * SECOND)]
    assert asked == [2600], "each snapshot is as good as a look"
    numbered = Books([BTC], STREAM)
    numbered.take(snapshot(0), 0)
    assert not any(numbered.take(delta(s, s), s * SECOND) for s in range(1, 2000))


def test_a_lost_book_of_a_quiet_market_is_overdue() -> None:
    books = Books([BTC], STREAM)
    books.connected(0)
    assert books.overdue(1) == [], "the first one comes by itself"
    books.take(snapshot(), 0)
    assert books.overdue(9 * PAUSE_NS) == []
    assert books.take(delta(13, 13), 9 * PAUSE_NS) is True
    assert books.overdue(10 * PAUSE_NS - 1) == []
    assert books.overdue(10 * PAUSE_NS) == [BTC]
    assert books.overdue(10 * PAUSE_NS) == [], "it has been asked for"


def test_a_lost_book_is_asked_for_again_after_a_pause() -> None:
    books = Books([BTC], STREAM)
    books.take(snapshot(), 0)
    assert books.take(delta(13, 13), 5) is True
    assert books.take(delta(14, 14), 5 + PAUSE_NS - 1) is False
    assert books.take(delta(15, 15), 5 + PAUSE_NS) is True
    assert books.take(delta(16, 16), 5 + 3 * PAUSE_NS - 1) is False
    assert books.take(delta(17, 17), 5 + 3 * PAUSE_NS) is True


def test_pauses_double_up_to_a_minute_until_a_change_was_applied() -> None:
    books = Books([BTC], STREAM)
    asked = [s for s in range(600) if books.take(delta(s, s), s * SECOND)]
    assert asked[:7] == [0, 2, 6, 14, 30, 62, 126]
    assert asked[7] - asked[6] == 64
    assert asked[8] - asked[7] == 64
    books.take(snapshot(700), 700 * SECOND)
    books.take(delta(701, 701), 700 * SECOND)
    asked = [s for s in range(700, 800) if books.take(delta(1000 + s, 1000 + s), s * SECOND)]
    assert asked[:3] == [700, 704, 712]


def test_repeated_changes_are_counted_and_change_nothing() -> None:
    books = Books([BTC], STREAM)
    books.take(snapshot(), 0)
    books.take(delta(11, 11, bids=[(98, 5)]), 0)
    books.take(delta(12, 12, bids=[(98, 0)]), 0)
    assert books.take(delta(11, 11, bids=[(98, 5)]), 0) is False
    assert (bids(books), books.old, books.lost) == ([99], 1, 0)


def test_a_venue_that_counts_anew_is_followed() -> None:
    """OKX after maintenance: the change follows the last one but has a lower number."""
    books = Books([BTC], STREAM)
    books.take(snapshot(100), 0)
    books.take(delta(101, 3, bids=[(98, 5)]), 0)
    assert books.take(delta(4, 4, bids=[(97, 5)]), 0) is False
    assert (bids(books), books.old, books.lost) == ([99, 98, 97], 0, 0)


def test_an_empty_change_that_repeats_the_number_is_in_order() -> None:
    """OKX while the market is quiet: seqId equals prevSeqId."""
    books = Books([BTC], STREAM)
    books.take(snapshot(100), 0)
    books.take(delta(101, 100), 0)
    books.take(delta(101, 105, bids=[(98, 5)]), 0)
    assert (bids(books), books.lost, books.old) == ([99, 98], 0, 0)


def test_changes_wait_for_the_snapshot_from_rest() -> None:
    """Binance: those before the snapshot are dropped, the one that contains it is the first."""
    books = Books([BTC], REST)
    books.connected(0)
    assert books.take(delta(1, 5, bids=[(90, 1)]), 0) is True
    assert books.take(delta(6, 12, bids=[(98, 5)]), 1) is False
    assert books.take(delta(13, 14, bids=[(97, 5)]), 2) is False
    assert not valid(books)
    assert books.take(snapshot(10), 3) is False
    assert (bids(books), valid(books), books.old) == ([99, 98, 97], True, 1)


def test_a_snapshot_that_is_too_old_is_asked_for_again() -> None:
    books = Books([BTC], REST)
    books.connected(0)
    assert books.take(delta(20, 25, bids=[(98, 5)]), 0) is True
    assert books.take(snapshot(10), PAUSE_NS) is True
    assert not valid(books)
    assert books.take(snapshot(22), PAUSE_NS + 1) is False
    assert (bids(books), valid(books)) == ([99, 98], True)


def test_a_snapshot_in_the_stream_makes_older_changes_void() -> None:
    books = Books([BTC], STREAM)
    books.connected(0)
    assert books.take(delta(500, 500, bids=[(98, 5)]), 1) is False  # it comes by itself
    books.take(snapshot(1), 1)
    books.take(delta(2, 2, bids=[(97, 1)]), 1)
    assert (bids(books), books.lost) == ([99, 97], 0)


def test_the_first_book_that_is_lost_is_asked_for_at_once() -> None:
    books = Books([BTC], STREAM)
    books.connected(5)
    assert books.take(delta(1, 1), 6) is False
    books.take(snapshot(), 7)
    assert books.take(delta(13, 13), 8) is True
    books.take(snapshot(20), 9)
    assert books.take(delta(33, 33), 10) is False


def test_what_waits_is_bounded() -> None:
    books = Books([BTC], REST)
    for number in range(MOST_WAITING + 10):
        books.take(delta(number, number), 0)
    assert len(books._followed[BTC].waiting) == MOST_WAITING
    assert books.take(snapshot(5), 0) is False
    assert (valid(books), books.lost) == (False, 1)


def test_a_new_connection_knows_no_book() -> None:
    books = Books([BTC], STREAM)
    books.take(snapshot(), 0)
    books.connected(1)
    assert not valid(books)
    books.take(snapshot(bids=[(50, 1)]), 2)
    assert (bids(books), valid(books)) == ([50], True)


@pytest.mark.parametrize("bad", [[(101, 5)], [(102, 5)], [(2**62, 5)], [(1, -5)]])
def test_crossed_sides_and_impossible_numbers_are_noticed(bad: Levels) -> None:
    books = Books([BTC], UNNUMBERED_RULES)
    books.take(snapshot(UNNUMBERED), 0)
    assert books.take(delta(UNNUMBERED, UNNUMBERED, bids=bad), 0) is True
    assert (valid(books), books.lost) == (False, 1)
    assert books.take(snapshot(UNNUMBERED, bids=[(1, -1)]), PAUSE_NS) is True


def weighed(bids: Levels, asks: Levels, price_decimals: int, size_decimals: int) -> int:
    """A checksum that tells what it was given."""
    return sum(price * size for price, size in (*bids, *asks)) + 1000 * price_decimals


def test_checksums_are_compared_after_every_message() -> None:
    rules = BookRules(depth=2, checksum=weighed, checked=1, numbered=False)
    books = Books([BTC], rules)
    assert books.take(snapshot(UNNUMBERED, checksum=99 + 101), 0) is False
    more = delta(UNNUMBERED, UNNUMBERED, bids=[(98, 7), (97, 7)], checksum=99 + 101)
    assert books.take(more, 0) is False
    assert bids(books) == [99, 98]
    assert books.take(delta(UNNUMBERED, UNNUMBERED, bids=[(99, 2)], checksum=200), 0) is True
    assert (valid(books), books.lost) == (False, 1)
    assert books.take(snapshot(UNNUMBERED, checksum=1), PAUSE_NS) is True
    assert books.lost == 2


def test_an_unreadable_frame_is_doubt_only_where_nothing_else_tells() -> None:
    books = Books([BTC], UNNUMBERED_RULES)
    books.take(snapshot(UNNUMBERED), 0)
    assert books.doubt(5) == [BTC]
    assert (valid(books), books.lost) == (False, 1)
    assert books.doubt(6) == []
    numbered = Books([BTC], STREAM)
    numbered.take(snapshot(), 0)
    assert numbered.doubt(5) == []
    assert valid(numbered)


def test_other_symbols_are_ignored() -> None:
    books = Books([Symbol("ETH-USD")], STREAM)
    assert books.take(snapshot(), 0) is False
    assert books.book(BTC) is None
