"""Positions, orders and fills, and what a venue takes: a part of :mod:`paper_trading.views`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

__all__ = ["FillView", "InstrumentView", "OrderView", "PositionView"]


@dataclass(frozen=True, slots=True)
class PositionView:
    """An open position of one portfolio.

    ``owner`` is ``manual`` or an automation's id as text, ``opened_by`` its name. ``value``,
    ``unrealised`` and ``return_percent`` (of the entry's value, signed by the result) are at
    ``mark``, None before the first price. ``stop`` and ``target`` are ids of orders that close it.
    """

    owner: str
    opened_by: str
    symbol: str
    side: Literal["long", "short"]
    size: Decimal
    entry: Decimal
    mark: Decimal | None
    value: Decimal | None
    unrealised: Decimal | None
    return_percent: float | None
    realised: Decimal
    stop: int | None
    target: int | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """A live order, or one of the newest that have ended.

    ``kind``: market, limit, stop, stop limit, trailing. ``state``: waiting (on its way, or its
    entry has not filled), working, filled, cancelled, expired, refused; ``words`` say why it ended.
    ``parent`` is the entry that a stop loss or take profit closes. ``queue_ahead``: size that
    trades at its price must still take before it; None for what stands in no queue (stops that are
    not triggered, what is on its way) and where it is not known.
    """

    id: int
    owner: str
    opened_by: str
    symbol: str
    side: Literal["buy", "sell"]
    kind: str
    size: Decimal
    filled: Decimal
    limit: Decimal | None
    stop: Decimal | None
    trail: Decimal | None
    tif: str
    post_only: bool
    reduce_only: bool
    state: str
    words: str
    parent: int | None
    role: Literal["entry", "stop loss", "take profit"]
    queue_ahead: Decimal | None
    placed_ms: int
    triggered: bool = False

    @property
    def live(self) -> bool:
        """Whether it may still fill."""
        return self.state in ("waiting", "working")


@dataclass(frozen=True, slots=True)
class FillView:
    """One execution; ``realised`` before fees, on what it closed."""

    id: int
    order: int | None
    owner: str
    opened_by: str
    symbol: str
    side: Literal["buy", "sell"]
    size: Decimal
    price: Decimal
    fee: Decimal
    realised: Decimal
    maker: bool
    time_ms: int
    note: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstrumentView:
    """What the venue takes of orders: prices and sizes are multiples of their steps.

    ``least_value`` is in quote currency. None where the venue tells nothing.
    """

    symbol: str
    price_step: Decimal | None
    size_step: Decimal
    least_size: Decimal | None
    least_value: Decimal | None
