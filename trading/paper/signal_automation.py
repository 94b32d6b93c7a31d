"""A signal strategy's orders on a market that goes on: those that a backtest places."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from market.types import Candle, Side
from trading.backtest.candle_checks import Steps
from trading.backtest.setup import Setup
from trading.backtest.signal_run import plan_of
from trading.backtest.turning import Way, exits, way_finding
from trading.engine.orders import Order
from trading.engine.records import Kind, Path, Sizing
from trading.errors import BadStrategy
from trading.hand import Hand
from trading.paper.steps import Step

__all__ = ["Decider", "SignalRun"]


class Decider(Protocol):
    """Who decides: see :class:`trading.paper.signal_decider.SignalDecider`."""

    def close(self, candle: Candle) -> None: ...

    def target(self) -> float: ...

    def tidy(self) -> None: ...


class SignalRun:
    """A :class:`trading.paper.automation.LiveRun` of the signal form, over one symbol."""

    def __init__(self, symbol: str, setup: Setup, decider: Decider, hand: Hand) -> None:
        self.told = ""
        self.acted = 0.0
        self._symbol, self._decider, self._hand = symbol, decider, hand
        self._plan = plan_of(setup, Steps(0, 0, 0), Path.NEAREST)
        self._share: float = self._plan["share"].item(0)
        self._least: float = self._plan["least"].item(0)
        self._greatest: float = self._plan["most"].item(0)
        self._way_to = way_finding()

    @property
    def wanted(self) -> float:
        """The target at the newest close, cut to the sides that are traded."""
        return min(max(self._decider.target(), self._least), self._greatest)

    def begin(self) -> None:
        """Nothing: a signal waits for a close."""

    def close(self, candles: Mapping[str, Candle]) -> None:
        """Take the candle of the symbol, if there is one."""
        candle = candles.get(self._symbol)
        if candle is not None:
            self._decider.close(candle)

    def act(self) -> None:
        """Turn to the target where it is another one than that acted on.

        Sizes are settled at the newest price; before there is one it waits for the next close.
        """
        self.told, wanted = "", self.wanted
        price = self._hand.price(self._symbol)
        if wanted == self.acted or not price > 0:
            return
        self.acted = wanted
        self.told = msgspec.json.encode(wanted).decode()
        self._turn(wanted, price)

    def _turn(self, target: float, price: float) -> None:
        """Cancel what is in the market and go to ``target``.

        Sizes are left to the market that the orders meet, ``price`` is what exits are counted from.
        """
        hand, symbol = self._hand, self._symbol
        for order in hand.orders():
            if order.symbol == symbol:
                hand.cancel(order.number)
        share, engine = target * self._share, hand.engine
        at = engine.symbols.index(symbol)
        way = self._way_to(engine.books, at, self._plan, float(target), float(price))
        if way.closed:
            hand.place(self._to_share(0.0))
        if way.change and way.attached:
            entry = replace(self._market(way.change), size=0.0, share=abs(share))
            hand.place_bracket(replace(entry, sizing=Sizing.SHARE), *self._exits(way))
        elif way.change:
            hand.place(self._to_share(share))
        if way.guarded and not way.attached:
            self._guard(way)

    def recall(self, steps: Sequence[Step]) -> None:
        """Take the candles, and what was acted on last."""
        for candles, told in steps:
            self.close(candles)
            if told:
                self.acted = _target_of(told)

    def tidy(self) -> None:
        """Let the decisions become cheaper."""
        self._decider.tidy()

    def _to_share(self, share: float) -> Order:
        """Brings the position to ``share`` × equity, whichever side that takes."""
        return Order(
            symbol=self._symbol, side=Side.BUY, size=0.0, share=share, sizing=Sizing.TARGET
        )

    def _market(self, change: float) -> Order:
        side = Side.BUY if change > 0 else Side.SELL
        return Order(symbol=self._symbol, side=side, size=abs(change))

    def _exits(self, way: Way) -> tuple[float, float]:
        """Prices of the stop-loss and the take-profit, 0 for none."""
        stop, profit = exits(self._plan, way.entry, 1 if way.guarded > 0 else -1)
        return float(stop), float(profit)

    def _guard(self, way: Way) -> None:
        """Place what closes a position that is there; one cancels the other."""
        stop, profit = self._exits(way)
        order = replace(self._market(-way.guarded), reduce_only=True)
        orders = []
        if stop:
            orders.append(replace(order, kind=Kind.STOP, stop=stop))
        if profit:
            orders.append(replace(order, kind=Kind.LIMIT, limit=profit))
        if orders:
            self._hand.place_group(*orders)


def _target_of(told: str) -> float:
    try:
        return msgspec.json.decode(told, type=float)
    except msgspec.DecodeError:
        raise BadStrategy(
            f"The run was told {told:.60}, which is no target: it was a run of another form."
        ) from None
