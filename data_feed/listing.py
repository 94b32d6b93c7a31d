"""A venue's list of instruments: what is asked, and how figures are taken; no client."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from data_feed.errors import HistoryError
from market.instrument import Instrument
from market.types import Symbol

__all__ = ["FINEST", "Listing", "Told", "instrument"]

FINEST = 1e-18
"""The smallest step that is believed: no token has finer units."""

_Figure = Annotated[float, Meta(ge=0.0, le=1e15)]


class Told(NamedTuple):
    """An instrument as its venue writes it; figures are numbers, texts, or None: not told."""

    name: str
    price_step: Any
    size_step: Any
    least_size: Any
    least_value: Any


@dataclass(frozen=True, slots=True)
class Listing:
    """One venue's list of instruments.

    ``path`` asks for symbols, and for others perhaps. ``name`` is what the venue calls a symbol.
    ``rows`` are all instruments in an answer; it raises :class:`HistoryError`.
    """

    path: Callable[[Sequence[Symbol]], str]
    name: Callable[[Symbol], str]
    rows: Callable[[bytes], Iterable[Told]]

    def read(self, symbols: Sequence[Symbol], body: bytes) -> dict[Symbol, Instrument]:
        """Those of ``symbols`` that an answer tells of; raises :class:`HistoryError`."""
        told = {row.name: row for row in self.rows(body)}
        named = {symbol: told.get(self.name(symbol)) for symbol in symbols}
        return {symbol: instrument(symbol, row) for symbol, row in named.items() if row}


def instrument(symbol: Symbol, row: Told) -> Instrument:
    """What ``row`` tells of ``symbol``; raises :class:`HistoryError` for what no market has."""
    told = [0.0 if each is None or each == "" else each for each in row[1:]]
    try:
        figures = msgspec.convert(told, tuple[_Figure, _Figure, _Figure, _Figure], strict=False)
    except msgspec.ValidationError as error:
        raise HistoryError(f"steps of {symbol} were {told}: {error}") from None
    if any(0 < step < FINEST for step in figures[:2]):
        raise HistoryError(f"steps of {symbol} were {told}; allowed are {FINEST} and above, or 0")
    return Instrument(symbol, *figures)
