"""Values of an indicator beside the candles of a ring: all at once, or kept up with the market.

Both give the same: the indicator's batch form over every candle the ring holds. Kept up, a trade
costs one bar, not thousands: closed candles go into the indicator's state, of which a copy values
the newest one as often as it changes.
"""

import numpy as np

from indicators.batch import run
from indicators.parts import F64
from indicators.spec import Input
from market.columns import CandleWindow
from server.studies import ChosenIndicator


def batch(chosen: ChosenIndicator, candles: CandleWindow) -> F64:
    """Every output over ``candles``, float64 (outputs, n), NaN while warming up."""
    indicator = chosen.indicator
    names = (parameter.name for parameter in indicator.parameters)
    columns = [getattr(candles, name) for name in indicator.inputs]
    return run(indicator, columns, **dict(zip(names, chosen.parameters, strict=True)))


class StudySeries:
    """One indicator over the candles of one ring."""

    def __init__(self, chosen: ChosenIndicator) -> None:
        self.chosen = chosen
        self._indicator = chosen.indicator
        self._first = 0
        self._inputs: list[F64] = []
        self._state = np.zeros(self._indicator.cells(*chosen.parameters))
        self._values: F64 = np.empty((len(self._indicator.outputs), 0))

    def follow(self, candles: CandleWindow) -> None:
        """Take in all candles that a ring holds; the last one may still change.

        Candles that were closed before and are the same now are not computed again.
        """
        inputs = self._columns(candles, 0, max(0, len(candles) - 1))
        known = self._values.shape[1]
        if candles.first_index != self._first or not _begins(inputs, self._inputs):
            self._forget()
            known = 0
        self._first = candles.first_index
        self._inputs = inputs
        added = self._run(self._state, [column[known:] for column in inputs])
        self._values = np.concatenate([self._values, added], axis=1)

    def beside(self, candles: CandleWindow) -> F64:
        """Every output beside ``candles``, float64 (outputs, n).

        They belong to the ring as :meth:`follow` saw it, but the newest may have changed since.
        """
        first = candles.first_index - self._first
        values = self._values[:, first : first + len(candles)]
        if values.shape[1] == len(candles):
            return values.copy()
        # A copy of the state values the forming candle: what is closed stays as it is.
        newest = self._columns(candles, len(candles) - 1, len(candles))
        return np.concatenate([values, self._run(self._state.copy(), newest)], axis=1)

    def _forget(self) -> None:
        self._state = np.zeros_like(self._state)
        self._values = self._values[:, :0]

    def _run(self, state: F64, columns: list[F64]) -> F64:
        """The next bars from where ``state`` stands, which moves on: see indicators.spec."""
        out = np.empty((len(self._indicator.outputs), len(columns[0])))
        self._indicator.kernel(state, *self.chosen.parameters, *columns, out)
        return out

    def _columns(self, candles: CandleWindow, first: int, end: int) -> list[F64]:
        """Writable copies: kernels are compiled for one kind of array only."""
        return [_column(candles, name)[first:end].copy() for name in self._indicator.inputs]


def _column(candles: CandleWindow, name: Input) -> F64:
    column: F64 = getattr(candles, name)
    return column


def _begins(columns: list[F64], start: list[F64]) -> bool:
    """Whether every column begins with what stands in ``start``; anything begins with nothing."""
    return all(
        len(column) >= len(known) and np.array_equal(column[: len(known)], known)
        for column, known in zip(columns, start, strict=False)
    )
