"""A signal strategy on a market that goes on.

Signals are decided anew at every close, over a part of the candles that is long enough: the newest
of those over which decisions are the same as over all of them. That part is chosen by looking. A
decision forgets where its data began: averages by a share with every candle, positions that are
held with the next time they are left. Once two beginnings have led to the same decisions for a
while they go on doing so. Where they have not, the longer part is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np

from market.columns import CandleWindow
from market.types import Candle, Side
from trading.backtest.candle_checks import Steps
from trading.backtest.setup import Setup
from trading.backtest.signal_run import plan_of
from trading.backtest.turning import Way, exits, way_to
from trading.candles import Candles
from trading.engine.orders import Order
from trading.engine.records import Kind, Path
from trading.errors import BadStrategy
from trading.hand import Hand
from trading.paper.running_candles import RunningCandles
from trading.paper.steps import Step
from trading.strategy import Signal, SignalStrategy, decided

__all__ = ["SignalRun"]

LEAST = 256
WARM_UPS = 32
"""So many times the warm-up are looked at: what a Wilder average remembers of more is below
e⁻³², less than rounding."""

AGREED = 4
"""One part in so many, the newest, is compared."""


class SignalRun:
    """A :class:`trading.paper.automation.LiveRun` of the signal form, over one symbol."""

    def __init__(
        self, strategy: SignalStrategy, values: Mapping[str, float], setup: Setup,
        history: Mapping[str, CandleWindow], hand: Hand,
    ) -> None:  # fmt: skip
        ((self._symbol, window),) = history.items()
        self.told = ""
        self.acted = 0.0
        self._strategy, self._values, self._hand = strategy, values, hand
        self._at = hand.engine.symbols.index(self._symbol)
        self._plan = plan_of(setup, Steps(0, 0, 0), Path.NEAREST)
        self._least: float = self._plan["least"].item(0)
        self._greatest: float = self._plan["most"].item(0)
        self._candles = RunningCandles(window)
        self._signal: Signal | None = None
        self._most = 0

    @property
    def wanted(self) -> float:
        """The target at the newest close, cut to the sides that are traded."""
        if self._signal is None:
            window = Candles(self._candles.window)
            self._signal = decided(self._strategy, window, self._values)
        target = self._signal.target
        if not len(target):
            return 0.0
        newest: float = target.item(-1)
        return min(max(newest, self._least), self._greatest)

    @property
    def looked_at(self) -> int:
        """How many candles the next decision is made over."""
        return len(self._candles)

    def begin(self) -> None:
        """Nothing: a signal waits for a close."""

    def close(self, candles: Mapping[str, Candle]) -> None:
        """Take the candle of the symbol, if there is one."""
        candle = candles.get(self._symbol)
        if candle is not None and self._candles.append(candle):
            self._signal = None

    def act(self) -> None:
        """Turn to the target where it is another one than that acted on.

        Sizes are settled at the newest price; before there is one it waits for the next close.
        """
        self.told, wanted = "", self.wanted
        price = self._hand.engine.books.positions["mark"].item(self._at)
        if wanted == self.acted or not price > 0:
            return
        self.acted = wanted
        self.told = msgspec.json.encode(wanted).decode()
        self._turn(wanted, price)

    def _turn(self, target: float, price: float) -> None:
        """Cancel what is in the market and go to ``target`` at the reference ``price``."""
        hand = self._hand
        for order in hand.orders():
            if order.symbol == self._symbol:
                hand.cancel(order.number)
        way = way_to(hand.engine.books, self._at, self._plan, target, price)
        if way.closed:
            hand.place(self._market(way.closed, reduce_only=True))
        if way.change and way.attached:
            hand.place_bracket(self._market(way.change), *self._exits(way))
        elif way.change:
            hand.place(self._market(way.change))
        if way.guarded and not way.attached:
            self._guard(way)

    def recall(self, steps: Sequence[Step]) -> None:
        """Take the candles, and what was acted on last."""
        for candles, told in steps:
            self.close(candles)
            if told:
                self.acted = _target_of(told)

    def tidy(self) -> None:
        """Look whether fewer candles decide alike."""
        signal, count = self._signal, len(self._candles)
        if signal is None or count < self._most:
            return
        span = max(LEAST, WARM_UPS * signal.warm_up)
        self._most = 2 * span
        if count <= span:
            return
        part = self._candles.window.part(count - span, count)
        fewer = decided(self._strategy, Candles(part), self._values)
        agreed = slice(-span // AGREED, None)
        if np.array_equal(fewer.target[agreed], signal.target[agreed]):
            self._candles.keep(span)
            self._signal = fewer
        else:
            self._most = 2 * count

    def _market(self, change: float, *, reduce_only: bool = False) -> Order:
        side = Side.BUY if change > 0 else Side.SELL
        return Order(symbol=self._symbol, side=side, size=abs(change), reduce_only=reduce_only)

    def _exits(self, way: Way) -> tuple[float, float]:
        """Prices of the stop-loss and the take-profit, 0 for none."""
        stop, profit = exits(self._plan, way.entry, 1 if way.guarded > 0 else -1)
        return float(stop), float(profit)

    def _guard(self, way: Way) -> None:
        """Place what closes a position that is there; one cancels the other."""
        stop, profit = self._exits(way)
        order = self._market(-way.guarded, reduce_only=True)
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
