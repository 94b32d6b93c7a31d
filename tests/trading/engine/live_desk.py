"""Short words for the scenarios of live matching."""

from typing import Any

from market.types import Side
from tests.trading.engine.live_days import rows
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Fees, Latency, Margin, Matching, Policies, Slippage
from trading.engine.records import Kind, Reason, State

BUY, SELL = Side.BUY, Side.SELL
X = "X-USD"


def live(
    *, maker: float = 0.0, taker: float = 0.0, slippage: float = 0.0, latency_ns: int = 0,
    margin: Margin | None = None,
) -> Policies:  # fmt: skip
    """Live matching, free unless said otherwise."""
    return Policies(
        Fees(maker, taker), Slippage(slippage), Latency(latency_ns), margin=margin or Margin(10.0),
        matching=Matching.LIVE,
    )  # fmt: skip


class LiveDesk:
    """An engine for one symbol; every word is a nanosecond later than the one before."""

    def __init__(self, policies: Policies | None = None, step: float = 0.0) -> None:
        self.engine = Engine({X: step}, 10_000.0, policies or live())
        self.now = 0

    def order(self, side: Side, size: float, kind: Kind = Kind.MARKET, **more: Any) -> int:
        """Place an order, let it act if it may, and return its number."""
        order = Order(symbol=X, side=side, size=size, kind=kind, **more)
        number = self.engine.place(order, self._later())
        self.engine.wake()
        return number

    def change(self, number: int, **terms: float) -> None:
        """Change an order and let it act."""
        self.engine.change(number, **terms, time_ns=self._later())
        self.engine.wake()

    def trade(self, price: float, volume: float = 0.0, taker: int = 0) -> bool:
        """A trade of the market."""
        return self.engine.trade(X, price, volume, self._later(), taker)

    def quote(self, bid: float, bid_size: float, ask: float, ask_size: float) -> bool:
        """The best prices."""
        return self.engine.quote(X, bid, bid_size, ask, ask_size, self._later())

    def book(self, bids: list[tuple[float, float]], asks: list[tuple[float, float]]) -> bool:
        """The order book: prices and sizes, best first."""
        return self.engine.book(X, rows(bids), rows(asks), self._later())

    def _later(self) -> int:
        self.now += 1
        return self.now

    @property
    def size(self) -> float:
        """The position."""
        return float(self.engine.positions[0]["size"])

    @property
    def filled(self) -> list[tuple[Any, ...]]:
        """(order, signed size, price, maker) of every fill."""
        return [
            (int(fill["order"]), float(fill["side"] * fill["size"]), float(fill["price"]),
             bool(fill["maker"]))
            for fill in self.engine.fills
        ]  # fmt: skip

    def state(self, number: int) -> tuple[State, Reason]:
        """State and reason of an order."""
        order = self.engine.orders[number - 1]
        return State(order["state"]), Reason(order["reason"])

    def ahead(self, number: int) -> float:
        """The size before an order in its queue."""
        return self.engine.queue_ahead(number)
