"""Grid: limit orders in steps below a price, each sold one step above where it was bought."""

from collections.abc import Mapping

from trading.event_strategy import Desk, EventStrategy, Parameter

__all__ = ["STRATEGY"]


class _Grid:
    """``_rungs`` are (price, number of the order that buys there); its sale has the next number."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._levels = int(values["levels"])
        self._step = 1 + values["spacing"] / 100
        self._fraction = values["share"] / 100 / self._levels
        self._top = 0.0
        self._rungs: list[tuple[float, int]] = []
        self._fills = 0

    def init(self, desk: Desk) -> None:
        self._close = desk.candles().close

    def next(self, desk: Desk) -> None:
        price = self._close[-1]
        if price > self._top * self._step and desk.position() == 0:
            self._lay(desk, price)
        elif len(desk.fills) != self._fills:
            self._fills = len(desk.fills)
            self._rungs = [(price, self._renewed(desk, price, at)) for price, at in self._rungs]

    def _lay(self, desk: Desk, price: float) -> None:
        """Lay the grid below ``price``, anew where the market has risen away from it."""
        desk.cancel_all()
        self._top = price
        prices = [price / self._step**level for level in range(1, self._levels + 1)]
        self._rungs = [(level, self._buy(desk, level)) for level in prices]

    def _buy(self, desk: Desk, price: float) -> int:
        return desk.buy(fraction=self._fraction, limit=price, take_profit=price * self._step)

    def _renewed(self, desk: Desk, price: float, number: int) -> int:
        """The order that buys at a rung: a new one where what the old one bought is sold."""
        done = not (desk.order(number).is_live or desk.order(number + 1).is_live)
        return self._buy(desk, price) if done and desk.equity > 0 else number


STRATEGY = EventStrategy(
    "grid",
    "Grid",
    "Buys by limit orders in steps below a price and sells each lot one step higher, again and "
    "again. Laid anew when all is sold and the price has risen by a step.",
    "Practice of market makers and of the exchanges' own grid bots; no paper claims that it pays",
    (
        Parameter("levels", "Levels", 5, 1, 100, 1),
        Parameter("spacing", "Spacing", 1.0, 0.01, 50.0, 0.1, "%"),
        Parameter("share", "Equity in all levels together", 100.0, 1.0, 100.0, 1.0, "%"),
    ),
    (),
    _Grid,
)
