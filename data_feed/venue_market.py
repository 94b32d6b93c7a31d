"""The part of a market that one venue feeds, under the names that the venue's parser uses.

The first venue's symbols are plain, ``BTC-USD``; a further venue's carry its name,
``BTC-USD@kraken``.
"""

from collections.abc import Sequence
from typing import Protocol

from market.candle_builder import Outcome
from market.market import Market, SymbolMarket
from market.types import Quote, Symbol, Trade, plain


class FedMarket(Protocol):
    """What a feed needs of a market, see :class:`market.market.Market`."""

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols to watch."""
        ...

    def __getitem__(self, symbol: str) -> SymbolMarket:
        """The state of ``symbol``."""
        ...

    def apply(self, event: Trade | Quote, received_ns: int) -> Outcome | None:
        """Take in one live event."""
        ...

    def fill(self, trade: Trade) -> Outcome | None:
        """Take in a trade asked for afterwards."""
        ...


class VenueMarket:
    """The ``symbols`` of ``market``, called by their plain names. Events are renamed on the way.

    Events of other symbols are ignored.
    """

    def __init__(self, market: Market, symbols: Sequence[Symbol]) -> None:
        self._market = market
        self._names = {plain(symbol): symbol for symbol in symbols}
        self.symbols = tuple(self._names)

    def __getitem__(self, symbol: str) -> SymbolMarket:
        """The state of the plain ``symbol``; raises :class:`market.errors.UnknownSymbol`."""
        return self._market[self._names.get(Symbol(symbol), Symbol(symbol))]

    def apply(self, event: Trade | Quote, received_ns: int) -> Outcome | None:
        """See :meth:`market.market.Market.apply`."""
        name = self._names.get(event.symbol)
        if name is None:
            return None
        return self._market.apply(event._replace(symbol=name), received_ns)

    def fill(self, trade: Trade) -> Outcome | None:
        """See :meth:`market.market.Market.fill`."""
        name = self._names.get(trade.symbol)
        return None if name is None else self._market.fill(trade._replace(symbol=name))


class Part:
    """Some of the ``symbols`` of ``market``: what one of several connections brings."""

    def __init__(self, market: FedMarket, symbols: Sequence[Symbol]) -> None:
        self.symbols = tuple(symbols)
        self.apply = market.apply
        self.fill = market.fill
        self._market = market

    def __getitem__(self, symbol: str) -> SymbolMarket:
        """See :class:`FedMarket`."""
        return self._market[symbol]
