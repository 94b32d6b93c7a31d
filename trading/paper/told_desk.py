"""A desk whose answers about the account come from elsewhere, and can be kept and given again.

Candles and indicators are a :class:`trading.desk.Desk`'s own. Everything about money, positions and
orders is a question with a name and JSON-able arguments. Who answers is exchanged: the desk itself
(:class:`DeskAnswers`), with a record kept (:class:`Recording`), the record of an earlier run
(:class:`Remembered`), or a server on the other side of a process.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple
from math import nan
from typing import Any, Unpack

import msgspec
import numpy as np
from numpy.typing import NDArray

from market.types import Side
from trading.desk import Desk
from trading.engine.records import FILL, Kind, Reason, State
from trading.errors import BadOrder, BadStrategy
from trading.hand import Hand
from trading.order_terms import Terms
from trading.order_view import OrderView
from trading.series import CandleView, Series

__all__ = ["Ask", "DeskAnswers", "Recording", "Remembered", "ToldDesk"]

Ask = Callable[..., Any]
"""``ask(question, *arguments)``; raises :class:`BadOrder`."""


class DeskAnswers:
    """Answers a desk's questions: by asking the desk for orders, the account for all else."""

    def __init__(self, desk: Desk, hand: Hand) -> None:
        self._desk, self._hand = desk, hand

    def __call__(self, question: str, *arguments: Any) -> Any:
        """The answer as JSON-able values."""
        answer: Any = getattr(self, f"_{question}")(*arguments)
        return answer

    def _held(self, symbol: str | None) -> np.void:
        """The record of the position."""
        self._desk.candles(symbol)  # raises where it is not one of the strategy's
        engine = self._hand.engine
        name = self._desk.symbols[0] if symbol is None else symbol
        record: np.void = engine.books.positions[engine.symbols.index(name)]
        return record

    def _position(self, symbol: str | None) -> float:
        return float(self._held(symbol)["size"])

    def _entry_price(self, symbol: str | None) -> float | None:
        held = self._held(symbol)
        return float(held["cost"] / held["size"]) if held["size"] else None

    def _equity(self) -> float:
        return self._hand.engine.equity

    def _cash(self) -> float:
        return self._hand.engine.cash

    def _orders(self) -> list[tuple[Any, ...]]:
        return [astuple(order) for order in self._desk.orders]

    def _order(self, number: int) -> tuple[Any, ...]:
        return astuple(self._desk.order(number))

    def _fills(self, known: int) -> list[Any]:
        """Those after the first ``known``."""
        new: list[Any] = self._desk.fills[known:].tolist()
        return new

    def _enter(
        self, side: int, size: float | None, symbol: str | None, fraction: float | None,
        terms: Mapping[str, Any],
    ) -> int:  # fmt: skip
        place = self._desk.buy if side > 0 else self._desk.sell
        return place(size, symbol, fraction=fraction, **terms)

    def _target(self, fraction: float, symbol: str | None) -> int:
        return self._desk.target(fraction, symbol)

    def _cancel(self, number: int) -> bool:
        return self._desk.cancel(number)

    def _cancel_all(self, symbol: str | None) -> int:
        return self._desk.cancel_all(symbol)


class Recording:
    """Passes questions on and keeps the answers, refusals included."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._kept: list[tuple[str, Any, str]] = []

    def __call__(self, question: str, *arguments: Any) -> Any:
        """The answer of the one who is asked."""
        try:
            answer = self._ask(question, *arguments)
        except BadOrder as error:
            self._kept.append((question, None, str(error)))
            raise
        self._kept.append((question, answer, ""))
        return answer

    def taken(self) -> str:
        """What was answered since the last call, as JSON; empty when nothing was."""
        kept, self._kept = self._kept, []
        return msgspec.json.encode(kept).decode() if kept else ""


class Remembered:
    """Gives the answers of a :class:`Recording` again, in their order."""

    def __init__(self, told: str) -> None:
        try:
            kept = msgspec.json.decode(told, type=list[tuple[str, Any, str]]) if told else []
        except msgspec.DecodeError:
            raise BadStrategy(
                f"The run was told {told:.60}, which are no answers: it was a run of another form."
            ) from None
        self._left = iter(kept)

    def __call__(self, question: str, *arguments: Any) -> Any:
        """The next answer; raises :class:`BadStrategy` where that was one to something else."""
        asked, answer, refusal = next(self._left, ("nothing", None, ""))
        if asked != question:
            raise BadStrategy(
                f"The strategy asked for {question.replace('_', ' ')} where it asked for "
                f"{asked.replace('_', ' ')} before: it is not the same one. Start it anew."
            )
        if refusal:
            raise BadOrder(refusal)
        return answer


class ToldDesk:
    """What a trader works with, see :class:`trading.desk.Desk`; ``ask`` answers for the account."""

    def __init__(self, desk: Desk, ask: Ask) -> None:
        self.ask = ask
        self.symbols = desk.symbols
        self.curves, self.gauges = desk.curves, desk.gauges
        self.candles: Callable[..., CandleView] = desk.candles
        self.indicator: Callable[..., Series] = desk.indicator
        self.indicators: Callable[..., tuple[Series, ...]] = desk.indicators
        self._desk = desk
        self._fills = np.empty(0, FILL)

    @property
    def index(self) -> int:
        """The number of the newest close."""
        return self._desk.index

    @property
    def time_ns(self) -> int:
        """When the newest candle closed."""
        return self._desk.time_ns

    def position(self, symbol: str | None = None) -> float:
        """The size held, negative when short."""
        return float(self.ask("position", symbol))

    def entry_price(self, symbol: str | None = None) -> float:
        """The average price of the open position; NaN when flat."""
        price = self.ask("entry_price", symbol)
        return nan if price is None else float(price)

    @property
    def equity(self) -> float:
        """Cash and positions."""
        return float(self.ask("equity"))

    @property
    def cash(self) -> float:
        """Cash."""
        return float(self.ask("cash"))

    @property
    def orders(self) -> tuple[OrderView, ...]:
        """The orders that may still fill, oldest first."""
        return tuple(_order(each) for each in self.ask("orders"))

    @property
    def fills(self) -> NDArray[np.void]:
        """Every fill so far, oldest first."""
        new = self.ask("fills", len(self._fills))
        if new:
            records = np.array([tuple(each) for each in new], FILL)
            self._fills = np.concatenate((self._fills, records))
        return self._fills

    def order(self, number: int) -> OrderView:
        """How an order stands."""
        return _order(self.ask("order", number))

    def buy(
        self, size: float | None = None, symbol: str | None = None, *,
        fraction: float | None = None, **terms: Unpack[Terms],
    ) -> int:  # fmt: skip
        """Place an order to buy."""
        return int(self.ask("enter", int(Side.BUY), size, symbol, fraction, dict(terms)))

    def sell(
        self, size: float | None = None, symbol: str | None = None, *,
        fraction: float | None = None, **terms: Unpack[Terms],
    ) -> int:  # fmt: skip
        """Place an order to sell."""
        return int(self.ask("enter", int(Side.SELL), size, symbol, fraction, dict(terms)))

    def target(self, fraction: float, symbol: str | None = None) -> int:
        """Bring the position to ``fraction`` × equity."""
        number = int(self.ask("target", fraction, symbol))
        self._desk.replaces(number, symbol)
        return number

    def close(self, symbol: str | None = None) -> int:
        """Close the position."""
        return self.target(0.0, symbol)

    def cancel(self, number: int) -> bool:
        """Cancel an order."""
        return bool(self.ask("cancel", number))

    def cancel_all(self, symbol: str | None = None) -> int:
        """Cancel the live orders of one symbol, or of all."""
        return int(self.ask("cancel_all", symbol))


def _order(values: Any) -> OrderView:
    number, symbol, side, kind, size, filled, limit, stop, parent, state, reason = values
    return OrderView(
        number, symbol, Side(side), Kind(kind), size, filled, limit, stop, parent, State(state),
        Reason(reason),
    )  # fmt: skip
