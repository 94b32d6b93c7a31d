"""Orders, fills and positions: frozen records, money and sizes in ``Decimal``."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from market.types import Side, Symbol

__all__ = ["Fill", "Order", "Position", "PriceSource"]


class PriceSource(StrEnum):
    """Where the price of a fill came from."""

    ASK = "ask"
    BID = "bid"
    LAST = "last trade"
    NEXT_OPEN = "next open"


@dataclass(frozen=True, slots=True)
class Order:
    """A market order: buy or sell ``size`` (base currency, above zero) at once."""

    symbol: Symbol
    side: Side
    size: Decimal
    time_ns: int

    @property
    def change(self) -> Decimal:
        """The change of the position: ``size``, negative for a sale."""
        return self.size * int(self.side)


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution, numbered from 1 in the order of execution.

    ``price`` and ``fee`` are in quote currency, ``size`` in base currency. ``realised`` is the
    profit on the part of a position that this fill closed, before fees; zero when it closed none.
    """

    fill_id: int
    symbol: Symbol
    side: Side
    time_ns: int
    price: Decimal
    size: Decimal
    fee: Decimal
    realised: Decimal
    source: PriceSource


@dataclass(frozen=True, slots=True)
class Position:
    """An open position: signed ``size`` (negative: short) and its signed ``cost`` without fees."""

    symbol: Symbol
    size: Decimal
    cost: Decimal

    @property
    def side(self) -> Side:
        """Side of the fills that opened it: BUY is long, SELL is short."""
        return Side.BUY if self.size > 0 else Side.SELL

    @property
    def average_price(self) -> Decimal:
        """Average entry price, without fees."""
        return self.cost / self.size
