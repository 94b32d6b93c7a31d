"""What accounts and their orders are made of, as plain values that journals keep."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from market.types import Side
from trading.engine.records import Kind, Sizing, TimeInForce

__all__ = [
    "MANUAL", "AccountTerms", "AutomationState", "MarketMode", "OrderTerms", "Role",
]  # fmt: skip

MANUAL = "manual"
"""The portfolio of orders that no automation placed."""

MarketMode = Literal["live", "simulated", "replay"]
AutomationState = Literal["running", "paused", "stopped", "failed"]


class Role(StrEnum):
    """What an order is for."""

    ENTRY = "entry"
    STOP_LOSS = "stop loss"
    TAKE_PROFIT = "take profit"


class AccountTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account is and trades under.

    It trades only while the feed's mode is ``market``. Fees and slippage are fractions of a fill's
    value; slippage is for fills without a known book. ``maintenance`` is the share of the exposure
    at which a portfolio is liquidated, 0: never. ``short``: whether more may be sold than is held.
    """

    name: str
    market: MarketMode = "live"
    currency: str = "USD"
    start_capital: Decimal = Decimal(100_000)
    maker_fee: float = 0.001
    taker_fee: float = 0.001
    slippage: float = 0.0
    leverage: float = 1.0
    maintenance: float = 0.0
    latency_ns: int = 0
    short: bool = True


class OrderTerms(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An order as the market gets it: prices in quote currency, 0 where it has none.

    ``parent`` and ``group`` are ids of orders: what must fill first, and whose fills are taken off
    this one. Unless ``sizing`` is GIVEN the size is made of ``share`` of the portfolio's equity
    when the order reaches the market, see :class:`trading.engine.records.Sizing`; it is 0 until
    then.
    """

    symbol: str
    side: Side
    kind: Kind
    size: float
    limit: float = 0.0
    stop: float = 0.0
    trail: float = 0.0
    tif: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    post_only: bool = False
    role: Role = Role.ENTRY
    parent: int = 0
    group: int = 0
    sizing: Sizing = Sizing.GIVEN
    share: float = 0.0
