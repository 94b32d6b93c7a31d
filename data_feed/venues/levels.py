"""Decimal texts of price levels to integers, exactly.

One reader per symbol remembers how many decimals prices and sizes of that symbol have; a snapshot
sets them, a change may raise them. Zeros at the end do not count, unless the venue's checksum needs
them (Kraken's numbers carry the pair's precision).
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from data_feed.protocol import UNNUMBERED, BookDelta, BookSnapshot
from market.order_book import Levels
from market.types import Symbol

Rows: TypeAlias = Sequence[Sequence[str]]
"""Price levels as texts, price and size first."""

MOST_DECIMALS = 18
LARGEST = 10**18
"""Ticks and lots stay far below 64 bits, so that a book can still be rescaled."""

_NUMERIC = frozenset("0123456789.eE+-")


class LevelReaders:
    """A :class:`LevelReader` for every symbol that comes up."""

    def __init__(self, *, zeros_count: bool = False) -> None:
        self._zeros_count = zeros_count
        self._readers: dict[Symbol, LevelReader] = {}

    def of(self, symbol: Symbol) -> "LevelReader":
        """The reader of ``symbol``."""
        reader = self._readers.get(symbol)
        if reader is None:
            reader = self._readers[symbol] = LevelReader(symbol, zeros_count=self._zeros_count)
        return reader


class LevelReader:
    """Makes the book events of one symbol."""

    def __init__(self, symbol: Symbol, *, zeros_count: bool = False) -> None:
        self.price_decimals = 0
        self.size_decimals = 0
        self._symbol = symbol
        self._zeros_count = zeros_count

    def snapshot(
        self,
        time_ns: int,
        bids: Rows,
        asks: Rows,
        sequence: int = UNNUMBERED,
        checksum: int | None = None,
    ) -> BookSnapshot:
        """A whole book; its decimals count from now on. Raises ValueError."""
        rows = (*bids, *asks)
        self.price_decimals, self.size_decimals = self._decimals(rows, 0), self._decimals(rows, 1)
        return BookSnapshot(
            self._symbol, time_ns, self.price_decimals, self.size_decimals,
            self._read(bids), self._read(asks), sequence, checksum,
        )  # fmt: skip

    def delta(
        self,
        time_ns: int,
        bids: Rows,
        asks: Rows,
        numbers: tuple[int, int] = (UNNUMBERED, UNNUMBERED),
        checksum: int | None = None,
    ) -> BookDelta:
        """Changes ``numbers`` first to last. Raises ValueError; decimals stay as they were then."""
        try:
            levels = self._read(bids), self._read(asks)
        except _Finer:
            levels = self._read_finer(bids, asks)
        return BookDelta(
            self._symbol, time_ns, self.price_decimals, self.size_decimals, *levels, *numbers,
            checksum,
        )  # fmt: skip

    def _read_finer(self, bids: Rows, asks: Rows) -> tuple[Levels, Levels]:
        before = self.price_decimals, self.size_decimals
        rows = (*bids, *asks)
        finer = self._decimals(rows, 0), self._decimals(rows, 1)
        self.price_decimals, self.size_decimals = map(max, before, finer)
        try:
            return self._read(bids), self._read(asks)
        except ValueError:
            self.price_decimals, self.size_decimals = before
            raise

    def _read(self, rows: Rows) -> Levels:
        price_decimals, size_decimals = self.price_decimals, self.size_decimals
        zeros_count = self._zeros_count
        levels = [
            (
                _units(row[0], price_decimals, zeros_count),
                _units(row[1], size_decimals, zeros_count),
            )
            for row in rows
        ]
        for price, _size in levels:
            if not price:
                raise ValueError("a price level was at 0; allowed are prices above it")
        return levels

    def _decimals(self, rows: Rows, field: int) -> int:
        most = 0
        for row in rows:
            fraction = _plain(row[field]).partition(".")[2]
            if len(fraction) > most:
                most = max(most, len(fraction if self._zeros_count else fraction.rstrip("0")))
        if most > MOST_DECIMALS:
            raise ValueError(f"a level had {most} decimals; allowed are {MOST_DECIMALS}")
        return most


class _Finer(ValueError):
    """A number with more decimals than its symbol had before."""


def _units(text: str, decimals: int, zeros_count: bool) -> int:
    """``text`` in units of 10 to the minus ``decimals``: ``_units("1.50", 4, …) == 15000``."""
    whole, _, fraction = text.partition(".")
    if len(fraction) <= decimals:
        digits = whole + fraction.ljust(decimals, "0")
    elif zeros_count or fraction[decimals:].strip("0"):
        digits = ""
    else:
        digits = whole + fraction[:decimals]
    if not (whole and digits.isdigit() and digits.isascii()):
        return _unusual(text, decimals)
    number = int(digits)
    if number > LARGEST:
        raise ValueError(f"a level held {text[:40]!r}, more than {LARGEST:.0e} of its units")
    return number


def _unusual(text: str, decimals: int) -> int:
    """As :func:`_units`, for texts with an exponent; all others are an error or finer."""
    plain = _plain(text)
    if plain != text:
        return _units(plain, decimals, False)
    raise _Finer(f"a level had more than {decimals} decimals")


def _plain(text: str) -> str:
    """``text`` without an exponent; raises ValueError unless it is a number from 0 up."""
    if text.isascii() and text.replace(".", "", 1).isdigit() and text[0] != ".":
        return text
    try:
        number = Decimal(text if _NUMERIC.issuperset(text) else "NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    # An exponent such as 1e999999 would become a text of a million zeros.
    if not number.is_finite() or number.is_signed() or abs(number.adjusted()) > MOST_DECIMALS:
        raise ValueError(f"a level held {text[:40]!r}; allowed are finite numbers from 0")
    return format(number, "f")
