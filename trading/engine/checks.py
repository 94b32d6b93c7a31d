"""What an engine is given, checked before anything happens; a sentence where it makes no sense."""

from collections.abc import Mapping, Sequence
from math import inf, isfinite

from market.columns import F64
from trading.engine.venue import knows_sides
from trading.errors import BadMarketData, BadQuantity

__all__ = [
    "check_account", "check_book", "check_candle", "check_quote", "check_time", "check_trade",
]  # fmt: skip

MAX_CAPITAL = 1e15
MAX_PRICE = 1e12


def check_account(
    named: Sequence[str] | Mapping[str, float], steps: Mapping[str, float], capital: float
) -> None:
    """Raise :class:`BadQuantity` for no symbol, one named twice, a bad step or a bad capital."""
    if not steps or len(steps) != len(named):
        raise BadQuantity(f"The symbols were {list(named)}; one or more are needed, none twice.")
    for name, step in steps.items():
        if not (isfinite(step) and step >= 0):
            raise BadQuantity(f"The size step of {name} was {step}; allowed is 0 or above.")
    if not (isfinite(capital) and 0 < capital <= MAX_CAPITAL):
        raise BadQuantity(f"Start capital was {capital}; allowed is above 0 to {MAX_CAPITAL:g}.")


def check_candle(symbol: str, prices: tuple[float, float, float, float], volume: float) -> None:
    """Raise :class:`BadMarketData` for prices or a volume that no candle has."""
    opened, high, low, closed = prices
    if not (0 < low <= min(opened, closed) and max(opened, closed) <= high <= MAX_PRICE):
        raise BadMarketData(
            f"A candle of {symbol} had open {opened}, high {high}, low {low}, close {closed}; "
            f"allowed are prices above 0 to {MAX_PRICE:g}, none outside low to high."
        )
    _check_volume(symbol, volume)


def check_trade(symbol: str, price: float, volume: float) -> None:
    """Raise :class:`BadMarketData` for a price or a volume that no trade has."""
    if not 0 < price <= MAX_PRICE:
        raise BadMarketData(
            f"A trade of {symbol} had the price {price}; allowed is above 0 to {MAX_PRICE:g}."
        )
    _check_volume(symbol, volume)


def _check_volume(symbol: str, volume: float) -> None:
    if not 0 <= volume < inf:
        raise BadMarketData(f"{symbol} had the volume {volume}; allowed is 0 or above.")


def check_quote(symbol: str, bid: float, bid_size: float, ask: float, ask_size: float) -> None:
    """Raise :class:`BadMarketData` for what cannot be the best prices; 0 stands for none."""
    if not (0 <= bid <= MAX_PRICE and 0 <= ask <= MAX_PRICE):
        raise BadMarketData(
            f"A quote of {symbol} had bid {bid}, ask {ask}; allowed is 0 (none) to {MAX_PRICE:g}."
        )
    if not (0 <= bid_size < inf and 0 <= ask_size < inf):
        raise BadMarketData(
            f"A quote of {symbol} had the sizes {bid_size} and {ask_size}; allowed is 0 (not "
            "known) or above."
        )


def check_book(symbol: str, bids: F64, asks: F64) -> None:
    """Raise :class:`BadMarketData` for what cannot be the sides of a book."""
    if bids.ndim != 2 or asks.ndim != 2 or len(bids) != 2 or len(asks) != 2:
        raise BadMarketData(
            f"The sides of a book of {symbol} had the shapes {bids.shape} and {asks.shape}; "
            "allowed is (2, n): prices and sizes."
        )
    if not knows_sides(bids, asks):
        raise BadMarketData(
            f"A book of {symbol} had prices that are not above 0 and best first, or sizes that are "
            "not 0 or above."
        )


def check_time(symbol: str, time_ns: int, latest: int) -> None:
    """Raise :class:`BadMarketData` for an input that comes too late."""
    if time_ns < latest:
        raise BadMarketData(
            f"{symbol} came with the time {time_ns} ns after an input at {latest} ns."
        )
