"""Dollar-cost averaging: buys for the same amount again and again."""

from collections.abc import Mapping

from trading.event_strategy import Desk, EventStrategy, Parameter

__all__ = ["STRATEGY"]


class _Dca:
    def __init__(self, values: Mapping[str, float]) -> None:
        self._every = int(values["every"])
        self._amount = values["amount"]
        self._goal = 1 + values["take_profit"] / 100

    def init(self, desk: Desk) -> None:
        self._close = desk.candles().close

    def next(self, desk: Desk) -> None:
        if self._goal > 1 and self._close[-1] >= desk.entry_price() * self._goal:
            desk.close()
        elif desk.index % self._every == 0 and desk.cash >= self._amount:
            desk.buy(self._amount / self._close[-1])


STRATEGY = EventStrategy(
    "dca",
    "DCA",
    "Buys for the same amount every so many candles while there is cash. With a take-profit it "
    "sells everything that far above its average price and begins again.",
    "Constantinides, A Note on the Suboptimality of Dollar-Cost Averaging as an Investment Policy, "
    "Journal of Financial and Quantitative Analysis 1979",
    (
        Parameter("every", "Buy every", 24, 1, 100_000, 1, "candles"),
        Parameter("amount", "Amount, in quote currency", 100.0, 0.01, 1e9, 1.0),
        Parameter("take_profit", "Take-profit, 0 for none", 0.0, 0.0, 10_000.0, 0.5, "%"),
    ),
    (),
    _Dca,
)
