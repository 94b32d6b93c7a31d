"""How venues are named, and symbols of several of them.

``--venue coinbase,kraken`` names venues; ``ccxt:bitstamp`` is one of the many that the ccxt library
speaks to. The first venue's symbols are plain, ``BTC-USD``; those of the others carry the venue's
name, ``ETH-USD@kraken``, everywhere: on pages, in addresses, in the API. ``kraken:ETH-USD`` is
understood too.
"""

import re
from collections.abc import Sequence

from data_feed.errors import BadRequest, UnknownVenue
from market.types import Symbol, plain, venue_of

NATIVE = ("coinbase", "binance", "kraken", "bybit", "okx")
"""Venues with parsers of their own."""

ALLOWED = (*NATIVE, "ccxt:NAME")

_KEY = re.compile(rf"{'|'.join(NATIVE)}|ccxt:[a-z0-9]+")
_SYMBOL = re.compile(
    r"(?:(?P<before>[a-z0-9]+):)?(?P<pair>[A-Z0-9]{1,16}-[A-Z0-9]{1,16})(?:@(?P<after>[a-z0-9]+))?"
)


def venue_keys(text: str) -> tuple[str, ...]:
    """``coinbase,ccxt:bitstamp`` as a tuple.

    Raises :class:`UnknownVenue`, and :class:`BadRequest` for a venue that is named twice.
    """
    keys = tuple(part.strip() for part in text.split(","))
    for key in keys:
        if _KEY.fullmatch(key) is None:
            raise UnknownVenue(key, ALLOWED)
    if len(set(map(tag, keys))) != len(keys):
        raise BadRequest(f"venue was {text!r}; each venue may be named once")
    return keys


def tag(key: str) -> str:
    """What symbols and folders are marked with: ``bitstamp`` of ``ccxt:bitstamp``."""
    return key.rpartition(":")[2]


def canonical(text: str) -> Symbol | None:
    """``eth-usd``, ``kraken:ETH-USD`` or ``ETH-USD@kraken`` as a symbol; None for anything else."""
    before, colon, pair = text.strip().rpartition(":")
    pair, at, after = pair.partition("@")
    found = _SYMBOL.fullmatch(f"{before.lower()}{colon}{pair.upper()}{at}{after.lower()}")
    if found is None or (found["before"] and found["after"]):
        return None
    venue = found["before"] or found["after"]
    return Symbol(f"{found['pair']}@{venue}" if venue else found["pair"])


def by_venue(symbols: Sequence[Symbol], keys: Sequence[str]) -> dict[str, tuple[Symbol, ...]]:
    """``symbols`` by venue, in the market's spelling: without its name for the first venue.

    Raises :class:`UnknownVenue` for the name of none, :class:`BadRequest` for a venue without any.
    """
    first, tags = keys[0], [tag(key) for key in keys]
    found: dict[str, list[Symbol]] = {key: [] for key in keys}
    for symbol in symbols:
        venue = venue_of(symbol) or tags[0]
        if venue not in tags:
            raise UnknownVenue(f"{venue}, of {symbol}", tags)
        key = keys[tags.index(venue)]
        found[key].append(plain(symbol) if key == first else symbol)
    for key, chosen in found.items():
        if not chosen:
            raise BadRequest(f"no symbol is of {key}; name one, like {tag(key)}:BTC-USD")
    return {key: tuple(dict.fromkeys(chosen)) for key, chosen in found.items()}


def marked(symbols: Sequence[Symbol], key: str) -> tuple[Symbol, ...]:
    """Plain ``symbols`` with the name of the venue ``key``."""
    return tuple(Symbol(f"{symbol}@{tag(key)}") for symbol in symbols)
