"""An indicator bar by bar, equal to the batch form: it runs the same kernel."""

from functools import partial
from math import isfinite, isnan, nan
from operator import itemgetter
from struct import Struct

import numpy as np

from indicators.errors import BadValues
from indicators.spec import Indicator, Input
from market.kernel import entry
from market.types import Candle

__all__ = ["Stream"]


class Stream:
    """Follows a market with constant work per bar, on average, and no allocation of arrays.

    ``update`` takes a closed bar; ``peek`` values the forming bar, as often as it changes, and
    keeps the state before it. Both return one float per output, NaN while warming up. Bars before
    the first whose inputs are all known (not NaN) count as warm-up; later ones must be finite.
    """

    def __init__(self, indicator: Indicator, **parameters: object) -> None:
        """Parameters by name, defaults for the rest; raises :class:`BadParameter`."""
        self.indicator = indicator
        self.parameters = indicator.values(parameters)
        self._state = np.zeros(indicator.cells(*self.parameters))
        self._scratch = self._state.copy()
        self._started = False
        kinds = ["q" if name is Input.TIME else "d" for name in indicator.inputs]
        cells = np.zeros(len(kinds))
        columns = [cells[at : at + 1].view(kind) for at, kind in enumerate(kinds)]
        out = np.zeros((len(indicator.outputs), 1))
        tail = (*self.parameters, *columns, out)
        kernel = entry(indicator.kernel, self._state, *tail)
        self._close = partial(kernel, self._state, *tail)
        self._try = partial(kernel, self._scratch, *tail)
        # Packing all numbers at once costs a fraction of storing them one by one into arrays.
        self._pack, self._cells = Struct("=" + "".join(kinds)).pack_into, cells.data
        self._unpack, self._out = Struct(f"={len(out)}d").unpack_from, out.reshape(-1).data
        self._before, self._after = self._state.data, self._scratch.data
        places = [Candle._fields.index(name) for name in indicator.inputs]
        single = slice(places[0], places[0] + 1)
        self._take = itemgetter(*places) if len(places) > 1 else itemgetter(single)

    def update(self, bar: Candle) -> tuple[float, ...]:
        """Outputs at a closed bar, which becomes part of the state."""
        values = self._take(bar)
        if not isfinite(sum(values)) and not self._counts(values):
            return (nan,) * len(self._out)
        self._started = True
        self._pack(self._cells, 0, *values)
        self._close()
        return self._unpack(self._out)

    def peek(self, bar: Candle) -> tuple[float, ...]:
        """Outputs if the forming ``bar`` closed like this; the state stays as it is."""
        values = self._take(bar)
        if not isfinite(sum(values)) and not self._counts(values):
            return (nan,) * len(self._out)
        self._after[:] = self._before
        self._pack(self._cells, 0, *values)
        self._try()
        return self._unpack(self._out)

    def _counts(self, values: tuple[float, ...]) -> bool:
        """Whether every value is known; raises :class:`BadValues` where that is too late."""
        bad = [at for at, value in enumerate(values) if not isfinite(value)]
        for at in bad:
            if self._started or not isnan(values[at]):
                name = self.indicator.inputs[at]
                raise BadValues(f"{name} of the bar was {values[at]}; allowed are finite numbers")
        return not bad
