"""Short words for the scenarios of the engine's tests."""

from typing import Any

from market.types import Side
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import (
    Fees,
    Latency,
    Margin,
    Participation,
    Policies,
    Slippage,
)
from trading.engine.records import Kind, Path, Reason, State

BUY, SELL = Side.BUY, Side.SELL
X = "X-USD"


def free(
    *, participation: float = 0.0, latency_ns: int = 0, leverage: float = 1.0,
    maintenance: float = 0.0, path: Path = Path.NEAREST,
) -> Policies:  # fmt: skip
    """Policies without costs."""
    return Policies(
        Fees(0.0, 0.0), Slippage(0.0), Latency(latency_ns), Participation(participation),
        Margin(leverage, maintenance), path,
    )  # fmt: skip


class Desk:
    """An engine for one symbol whose inputs come second by second."""

    def __init__(self, policies: Policies | None = None, step: float = 0.0) -> None:
        self.engine = Engine({X: step}, 10_000.0, policies or free())
        self.seconds = 0

    def order(self, side: Side, size: float, kind: Kind = Kind.MARKET, **more: Any) -> int:
        """Place an order and return its number."""
        return self.engine.place(Order(symbol=X, side=side, size=size, kind=kind, **more))

    def candle(
        self, opened: float, high: float, low: float, closed: float, volume: float = 0.0
    ) -> None:
        """The next second's candle."""
        self.engine.candle(X, opened, high, low, closed, volume, self.seconds * 10**9)
        self.seconds += 1

    def price(self, price: float, volume: float = 0.0) -> None:
        """A candle that stands still."""
        self.candle(price, price, price, price, volume)

    @property
    def size(self) -> float:
        """The position."""
        return float(self.engine.positions[0]["size"])

    @property
    def filled(self) -> list[tuple[Any, ...]]:
        """(order, signed size, price) of every fill."""
        return [
            (int(fill["order"]), float(fill["side"] * fill["size"]), float(fill["price"]))
            for fill in self.engine.fills
        ]

    def state(self, number: int) -> tuple[State, Reason]:
        """State and reason of an order."""
        order = self.engine.orders[number - 1]
        return State(order["state"]), Reason(order["reason"])
