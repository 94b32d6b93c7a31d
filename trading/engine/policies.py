"""What trading costs and what it may risk: small frozen objects, checked when they are made."""

from dataclasses import dataclass, field
from enum import IntEnum
from math import isfinite

from trading.engine.records import Books, Path
from trading.errors import BadCosts, BadPolicy

__all__ = ["Fees", "Latency", "Margin", "Matching", "Participation", "Policies", "Slippage"]

MAX_FEE = 0.1
MAX_SLIPPAGE = 0.1
MAX_LATENCY_NS = 3_600_000_000_000
MAX_LEVERAGE = 125.0


@dataclass(frozen=True, slots=True)
class Fees:
    """Shares of a fill's value: ``maker`` for orders that rested, ``taker`` for all others.

    Raises :class:`BadCosts` outside 0 to 0.1.
    """

    maker: float = 0.001
    taker: float = 0.001

    def __post_init__(self) -> None:
        for name, rate in (("maker", self.maker), ("taker", self.taker)):
            if not 0 <= rate <= MAX_FEE:
                raise BadCosts(f"The {name} fee was {rate}; allowed is 0 to {MAX_FEE:g}.")


@dataclass(frozen=True, slots=True)
class Slippage:
    """Every fill that takes is worse by this ``fraction`` of the price (5 basis points: 0.0005).

    Raises :class:`BadCosts` outside 0 to 0.1.
    """

    fraction: float = 0.0005

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= MAX_SLIPPAGE:
            raise BadCosts(f"Slippage was {self.fraction}; allowed is 0 to {MAX_SLIPPAGE:g}.")


@dataclass(frozen=True, slots=True)
class Latency:
    """Nanoseconds from placing an order until the market knows it.

    Raises :class:`BadPolicy` outside 0 to an hour.
    """

    ns: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.ns <= MAX_LATENCY_NS:
            raise BadPolicy(f"Latency was {self.ns} ns; allowed is 0 to {MAX_LATENCY_NS} ns.")


@dataclass(frozen=True, slots=True)
class Participation:
    """The ``share`` of a candle's or trade's volume that may be ours; 0 sets no limit.

    Raises :class:`BadPolicy` outside 0 to 1.
    """

    share: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise BadPolicy(f"Participation was {self.share}; allowed is 0 (no limit) to 1.")


@dataclass(frozen=True, slots=True)
class Margin:
    """How much may be held: exposure up to ``leverage`` × equity, closed by force below a floor.

    At equity = ``maintenance`` × exposure everything is liquidated. Leverage 1 without maintenance
    is a cash account whose shorts need as much cash as they are worth. Raises :class:`BadPolicy`
    unless 1 <= leverage <= 125 and 0 <= maintenance < 1 / leverage.
    """

    leverage: float = 1.0
    maintenance: float = 0.0

    def __post_init__(self) -> None:
        if not (isfinite(self.leverage) and 1 <= self.leverage <= MAX_LEVERAGE):
            raise BadPolicy(f"Leverage was {self.leverage}; allowed is 1 to {MAX_LEVERAGE:g}.")
        if not 0 <= self.maintenance < 1 / self.leverage:
            raise BadPolicy(
                f"Maintenance was {self.maintenance}; with leverage {self.leverage:g} it is 0 or "
                f"more and below {1 / self.leverage:g}."
            )


class Matching(IntEnum):
    """What orders meet: candles and trades of a history, or the market as it is now.

    LIVE takes trades, quotes and books and no candles, see :mod:`trading.engine.live`.
    """

    CANDLES = 0
    LIVE = 1


@dataclass(frozen=True, slots=True)
class Policies:
    """All of them, and the intrabar rule.

    Raises :class:`BadPolicy` for a participation in live matching: there the book and the queue say
    how much fills.
    """

    fees: Fees = field(default_factory=Fees)
    slippage: Slippage = field(default_factory=Slippage)
    latency: Latency = field(default_factory=Latency)
    participation: Participation = field(default_factory=Participation)
    margin: Margin = field(default_factory=Margin)
    path: Path = Path.NEAREST
    matching: Matching = Matching.CANDLES

    def __post_init__(self) -> None:
        if self.matching is Matching.LIVE and self.participation.share:
            raise BadPolicy(
                f"Participation was {self.participation.share}; live matching allows none but 0."
            )

    def write_to(self, books: Books) -> None:
        """Fill the policy of ``books`` and the margin of its account."""
        policy, account = books.policy[0], books.account[0]
        policy["maker_fee"], policy["taker_fee"] = self.fees.maker, self.fees.taker
        policy["slippage"] = self.slippage.fraction
        policy["latency_ns"] = self.latency.ns
        policy["participation"] = self.participation.share
        account["leverage"] = self.margin.leverage
        account["maintenance"] = self.margin.maintenance
