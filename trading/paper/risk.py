"""What an account may do and how near it is to what it may not: plain values.

Money is float64 in the account's currency, sizes in base currency, times ns UTC of our own clock.
The rules themselves are in :mod:`trading.paper.risk_rules`.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from msgspec import Struct

from market.types import DAY, MINUTE
from trading.errors import BadLimit

__all__ = ["MOST_A_MINUTE", "Facts", "Gauge", "Intent", "Refusal", "RiskLimits", "RiskState"]

MOST = 1e15
MOST_A_MINUTE = 10_000
"""The highest limit of orders a minute, and how many times of orders are remembered."""

_BOUNDS: dict[str, tuple[float, float]] = {
    "max_drawdown": (0.0, 1.0),
    "orders_per_minute": (1, MOST_A_MINUTE),
    "price_collar": (0.0, 9.0),
    "stale_after_s": (0.1, 3600.0),
    "quiet_after_s": (1.0, 86_400.0),
    "rejects_in_a_row": (1, 10_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """The limits of an account; None or a symbol that is not named: no limit.

    ``max_order_size`` is by symbol. ``max_position_value`` is what a position in any one symbol may
    be worth, ``max_position_values`` that of named symbols instead; ``max_exposure`` is for all
    positions together. Orders that could still fill count as filled. ``max_daily_loss`` is counted
    from the equity at the start of the UTC day, ``max_drawdown`` is a fraction of the highest
    equity; both include what open positions have lost. ``price_collar`` is the largest distance of
    an order's own prices from the mid price, as a fraction. ``stale_after_s``: how long nothing at
    all may have come from the venue; ``quiet_after_s``: how long no trade, quote or book of the
    symbol itself, while the venue is heard. ``refuse_crossed``: whether orders are
    refused while the bid is at or above the ask. When daily loss, drawdown or the number of
    ``rejects_in_a_row`` is reached, the account halts and its orders are cancelled, with
    ``flatten_when_tripped`` its positions are closed too.

    Raises :class:`BadLimit` for a limit outside its bounds.
    """

    max_order_value: float | None = None
    max_order_size: Mapping[str, float] = field(default_factory=dict)
    max_position_value: float | None = None
    max_position_values: Mapping[str, float] = field(default_factory=dict)
    max_exposure: float | None = None
    max_daily_loss: float | None = None
    max_drawdown: float | None = None
    orders_per_minute: int | None = None
    price_collar: float | None = 0.5
    stale_after_s: float | None = 15.0
    quiet_after_s: float | None = 300.0
    refuse_crossed: bool = True
    rejects_in_a_row: int | None = 20
    flatten_when_tripped: bool = False

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is None or isinstance(value, bool):
                continue
            named = value.items() if isinstance(value, Mapping) else (("", value),)
            for symbol, limit in named:
                _check(f"{each.name} of {symbol}" if symbol else each.name, limit, each.name)


def _check(name: str, limit: float, bounds: str) -> None:
    low, high = _BOUNDS.get(bounds, (0.0, MOST))
    if not (low <= limit <= high and limit > 0):
        allowed = f"{low:,.10g}" if low > 0 else "above 0"
        raise BadLimit(f"{name} was {limit}; allowed is {allowed} to {high:,.10g}, or no limit.")


class Intent(Struct, frozen=True, gc=False):
    """An order before it is taken.

    ``size`` is above 0; ``price`` is what it is counted at: its limit, else its stop, else what the
    market shows. ``own`` are the prices that it names for itself (limit, stop), ``exits`` those of
    the orders that shall close it (stop loss, take profit).
    """

    symbol: str
    side: int
    size: float
    price: float
    own: tuple[float, ...] = ()
    exits: tuple[float, ...] = ()
    reduce_only: bool = False


class Facts(Struct, frozen=True, gc=False):
    """The account and the market of the intent's symbol, at the moment of the order.

    ``own`` is the signed size that the order's owner holds of the symbol, ``own_live`` what its
    live orders on the intent's side may still trade of it. ``net`` is the size that the whole
    account holds, ``buys`` and ``sells`` are what its live orders may still buy and sell of it.
    Reduce-only orders are left out of all these. ``exposure`` is the sum of what all positions are
    worth without their signs, ``pending`` what live orders could still add to it. ``bid``, ``ask``
    and ``mark`` are 0 where there is none, ``age_ns`` is the time since the venue was last heard,
    ``own_age_ns`` since it told something of this symbol, -1 for never.
    """

    time_ns: int
    equity: float
    currency: str
    own: float
    own_live: float
    net: float
    buys: float
    sells: float
    exposure: float
    pending: float
    bid: float
    ask: float
    mark: float
    age_ns: int
    own_age_ns: int

    @property
    def middle(self) -> float:
        """The price between bid and ask, without them the last one; 0 for none."""
        return 0.5 * (self.bid + self.ask) if self.bid > 0 and self.ask > 0 else self.mark


class Refusal(NamedTuple):
    """Which rule said no, and a sentence: what it was, what is allowed.

    ``rule`` is the name of a limit, or ``halted``, ``no_price``, ``price``, ``size``.
    """

    rule: str
    words: str


class Gauge(NamedTuple):
    """How much of a limit is used; ``limit`` is None where none is set.

    ``rule`` is the limit's name, ``name`` what a page calls it, ``unit`` a currency, ``%`` or "".
    """

    rule: str
    name: str
    used: float
    limit: float | None
    unit: str


@dataclass(slots=True)
class RiskState:
    """What the rules remember; changed by events only, so that a replay gives it again.

    ``peak`` is the highest equity, ``day_start`` that at the first mark of UTC day ``day``.
    """

    peak: float
    day_start: float
    day: int = -1
    rejects: int = 0
    halted: str | None = None
    placed_ns: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_A_MINUTE))

    def mark(self, equity: float, time_ns: int) -> None:
        """Take in what the account is worth now."""
        self.peak = max(self.peak, equity)
        day = time_ns // DAY
        if day != self.day:
            self.day, self.day_start = day, equity

    def accepted(self, time_ns: int) -> None:
        """An order was taken."""
        self.rejects = 0
        self.placed_ns.append(time_ns)

    def refused(self) -> None:
        """An order was refused; those that a halted account refuses count for nothing."""
        if self.halted is None:
            self.rejects += 1

    def halt(self, why: str) -> None:
        """Trading stops; ``why`` is a sentence: ``Trading stopped: …``."""
        self.halted = why

    def resume(self) -> None:
        """Trading goes on; rejects are counted anew."""
        self.halted = None
        self.rejects = 0

    def too_many(self, most: int, time_ns: int) -> bool:
        """Whether ``most`` orders were taken within the minute before ``time_ns``."""
        placed = self.placed_ns
        return len(placed) >= most and placed[-most] > time_ns - MINUTE

    def in_a_minute(self, time_ns: int) -> int:
        """How many orders were taken within the minute before ``time_ns``."""
        count = 0
        for placed in reversed(self.placed_ns):
            if placed <= time_ns - MINUTE:
                break
            count += 1
        return count
