"""What the simulated exchange lists: price and size units, and how lively each product trades.

Prices are integer ticks of ``10**-price_decimals`` in quote currency, sizes integer lots of
``10**-size_decimals`` in base currency.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data_feed.simulator.errors import InvalidSymbol
from market.types import Symbol

_PAIR = re.compile(r"[A-Z0-9]{2,12}-[A-Z0-9]{2,12}")
_STABLE_QUOTES = frozenset({"USD", "USDT", "USDC", "EUR", "GBP"})


@dataclass(frozen=True, slots=True)
class Product:
    """One listed pair and the character of its simulated traders."""

    symbol: Symbol
    price: int
    """First price of the book, in ticks."""
    price_decimals: int
    mean_size: int
    """Typical size of one order, in lots."""
    orders_per_second: float
    """Rate of trader decisions in a calm market; roughly a fifth of them trade."""
    daily_volatility: float
    """Standard deviation of one day's log return."""
    size_decimals: int = 8
    trades_per_second: float | None = None
    """Rate of trades that is kept on average; None leaves it to the traders."""

    @property
    def base(self) -> str:
        """Base currency: ``BTC`` of ``BTC-USD``."""
        return self.symbol.split("-")[0]

    @property
    def quote(self) -> str:
        """Quote currency: ``USD`` of ``BTC-USD``."""
        return self.symbol.split("-")[1]


def _listed(
    symbol: str, price: int, decimals: int, size: float, rate: float, volatility: float
) -> Product:
    return Product(Symbol(symbol), price, decimals, round(size * 10**8), rate, volatility)


_PRODUCTS: dict[str, Product] = {
    product.symbol: product
    for product in (
        _listed("BTC-USD", 385_330, 1, 0.04, 19.0, 0.032),
        _listed("ETH-USD", 26_864, 1, 0.45, 15.0, 0.040),
        _listed("SOL-USD", 9_987, 2, 9.0, 10.0, 0.055),
        _listed("ADA-USD", 10_524, 4, 600.0, 7.0, 0.050),
        _listed("LTC-USD", 10_925, 2, 4.0, 6.0, 0.045),
        _listed("ETH-BTC", 6_973, 5, 0.8, 5.0, 0.022),
    )
}

DEFAULT_SYMBOLS: tuple[Symbol, ...] = tuple(Symbol(symbol) for symbol in _PRODUCTS)
"""What the simulator lists when nothing else is asked for."""


def product_for(symbol: str) -> Product:
    """The listed product, or one with a price derived from the symbol's text, the same on every
    run.

    Raises :class:`InvalidSymbol` for anything that is not BASE-QUOTE.
    """
    if not _PAIR.fullmatch(symbol):
        raise InvalidSymbol(symbol)
    listed = _PRODUCTS.get(symbol)
    return listed if listed is not None else _derived(symbol)


def products_for(symbols: Sequence[str]) -> tuple[Product, ...]:
    """One product per distinct symbol, in the order given."""
    return tuple(product_for(symbol) for symbol in dict.fromkeys(symbols))


def at_rate(products: Sequence[Product], messages: float) -> tuple[Product, ...]:
    """``products`` trading so much that all together cause about ``messages`` a second, a match and
    a ticker per trade; the lively ones keep their larger share.
    """
    total = sum(product.orders_per_second for product in products)
    return tuple(
        replace(product, trades_per_second=messages / 2 * product.orders_per_second / total)
        for product in products
    )


def _derived(symbol: str) -> Product:
    digest = hashlib.sha256(symbol.encode()).digest()
    share, second, third = (int.from_bytes(digest[i : i + 4]) / 2**32 for i in (0, 4, 8))
    price_ticks = int(10_000 * 9.0**share)
    decimals = 2 + digest[12] % 3 if symbol.split("-")[1] in _STABLE_QUOTES else 7
    quote_price = price_ticks / 10**decimals
    size = (900.0 if decimals < 7 else 0.03) / quote_price
    return _listed(symbol, price_ticks, decimals, size, 6.0 + 8.0 * second, 0.035 + 0.03 * third)
