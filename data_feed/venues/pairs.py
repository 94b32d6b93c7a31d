"""Pairs in the venues' notations and in the canonical one, ``BTC-USD``."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from data_feed.errors import SymbolNotOffered
from market.types import Symbol, quote_currency


def splitter(quotes: Sequence[str]) -> Callable[[str], Symbol]:
    """A function for names without a separator: ``BTCUSDT`` → ``BTC-USDT``.

    It splits off the longest of ``quotes`` that ends a name; a name that ends in none stays as it
    is.
    """
    by_length = sorted(quotes, key=len, reverse=True)

    @lru_cache(maxsize=4096)
    def canonical(name: str) -> Symbol:
        for quote in by_length:
            base = name.removesuffix(quote)
            if base and base != name:
                return Symbol(f"{base}-{quote}")
        return Symbol(name)

    return canonical


def check_quote(venue: str, symbol: Symbol, quotes: Sequence[str]) -> None:
    """Raise :class:`SymbolNotOffered` with the list unless ``symbol`` is paid in one of them."""
    if quote_currency(symbol) not in quotes:
        raise SymbolNotOffered(venue, symbol, f"its quote currencies are {', '.join(quotes)}")
