"""What to ask a venue for its instruments, and how to read the answers; no client.

Coinbase Exchange (and the simulator): docs.cdp.coinbase.com, get-all-known-trading-pairs. Binance:
rest-api.md, exchangeInfo with the filters PRICE_FILTER, LOT_SIZE and NOTIONAL. Of other venues
nothing is asked.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory, decoded
from data_feed.venues.binance import venue_symbol
from data_feed.venues.fields import Level
from market.instrument import Instrument
from market.types import Symbol

__all__ = ["Listing", "listing_of"]


class Listing(Protocol):
    """One venue's list of instruments."""

    def path(self, symbols: Sequence[Symbol]) -> str:
        """Asks for ``symbols``, and for others perhaps."""
        ...

    def read(self, symbols: Sequence[Symbol], body: bytes) -> dict[Symbol, Instrument]:
        """Those of ``symbols`` that an answer tells of; raises :class:`HistoryError`."""
        ...


def listing_of(history: VenueHistory) -> Listing | None:
    """How the venue of ``history`` is asked; None where it is not."""
    if isinstance(history, CoinbaseHistory):
        return _Coinbase()
    return _Binance() if isinstance(history, BinanceHistory) else None


class _Product(Struct):
    id: str
    quote_increment: Level
    base_increment: Level
    min_market_funds: Level = 0.0


class _Coinbase:
    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(list[_Product], strict=False).decode

    def path(self, symbols: Sequence[Symbol]) -> str:
        """See :class:`Listing`."""
        return "/products"

    def read(self, symbols: Sequence[Symbol], body: bytes) -> dict[Symbol, Instrument]:
        """See :class:`Listing`."""
        told = {each.id: each for each in decoded(self._decode, body)}
        return {
            symbol: Instrument(
                symbol, each.quote_increment, each.base_increment, 0.0, each.min_market_funds
            )
            for symbol in symbols
            if (each := told.get(symbol)) is not None
        }


class _Market(Struct):
    symbol: str
    filters: list[dict[str, Any]]


class _Answer(Struct):
    symbols: list[_Market]


class _Binance:
    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(_Answer, strict=False).decode

    def path(self, symbols: Sequence[Symbol]) -> str:
        """See :class:`Listing`."""
        names = json.dumps([venue_symbol(symbol) for symbol in symbols], separators=(",", ":"))
        return f"/api/v3/exchangeInfo?symbols={quote(names)}"

    def read(self, symbols: Sequence[Symbol], body: bytes) -> dict[Symbol, Instrument]:
        """See :class:`Listing`."""
        told = {each.symbol: each for each in decoded(self._decode, body).symbols}
        named = {symbol: told.get(venue_symbol(symbol)) for symbol in symbols}
        return {
            symbol: decoded(lambda _, at=symbol, of=each: _instrument(at, of.filters), body)  # type: ignore[misc]
            for symbol, each in named.items()
            if each is not None
        }


def _instrument(symbol: Symbol, filters: Sequence[Mapping[str, Any]]) -> Instrument:
    """Raises ``ValueError`` for a figure that is none."""
    named = {str(each.get("filterType")): each for each in filters}
    value = named.get("NOTIONAL") or named.get("MIN_NOTIONAL") or {}
    size = named.get("LOT_SIZE", {})
    return Instrument(
        symbol, _figure(named.get("PRICE_FILTER", {}), "tickSize"), _figure(size, "stepSize"),
        _figure(size, "minQty"), _figure(value, "minNotional"),
    )  # fmt: skip


def _figure(filters: Mapping[str, Any], name: str) -> float:
    found = float(filters.get(name) or 0.0)
    if not 0 <= found < 1e15:
        raise ValueError(f"{name} was {found}; allowed is 0 and above")
    return found
