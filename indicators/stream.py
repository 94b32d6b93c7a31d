"""An indicator bar by bar, equal to the batch form: it runs the same kernel."""

from math import isfinite, isnan, nan
from operator import attrgetter
from struct import Struct

import numpy as np

from indicators.errors import BadValues
from indicators.spec import Indicator, Input
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
        self._kernel = indicator.kernel
        self.parameters = indicator.values(parameters)
        self._state = np.zeros(indicator.cells(*self.parameters))
        self._scratch = self._state.copy()
        self._started = False
        kinds = ["q" if name is Input.TIME else "d" for name in indicator.inputs]
        self._bar = bytearray(8 * len(kinds))
        columns = [np.frombuffer(self._bar, kind, 1, 8 * at) for at, kind in enumerate(kinds)]
        out = np.zeros((len(indicator.outputs), 1))
        self._tail = (*self.parameters, *columns, out)
        # Packing all numbers at once costs a fraction of storing them one by one into arrays.
        self._pack = Struct("=" + "".join(kinds)).pack_into
        self._unpack = Struct(f"={len(out)}d").unpack_from
        self._out = out.reshape(-1).data
        self._before, self._after = self._state.data, self._scratch.data
        take = attrgetter(*indicator.inputs)
        self._take = take if len(kinds) > 1 else lambda bar: (take(bar),)

    def update(self, bar: Candle) -> tuple[float, ...]:
        """Outputs at a closed bar, which becomes part of the state."""
        if not self._put(bar):
            return (nan,) * len(self._out)
        self._started = True
        self._kernel(self._state, *self._tail)
        return self._unpack(self._out)

    def peek(self, bar: Candle) -> tuple[float, ...]:
        """Outputs if the forming ``bar`` closed like this; the state stays as it is."""
        if not self._put(bar):
            return (nan,) * len(self._out)
        self._after[:] = self._before
        self._kernel(self._scratch, *self._tail)
        return self._unpack(self._out)

    def _put(self, bar: Candle) -> bool:
        """Whether the bar counts; raises :class:`BadValues`."""
        values = self._take(bar)
        if not isfinite(sum(values)) and not self._counts(values):
            return False
        self._pack(self._bar, 0, *values)
        return True

    def _counts(self, values: tuple[float, ...]) -> bool:
        bad = [at for at, value in enumerate(values) if not isfinite(value)]
        for at in bad:
            if self._started or not isnan(values[at]):
                name = self.indicator.inputs[at]
                raise BadValues(f"{name} of the bar was {values[at]}; allowed are finite numbers")
        return not bad
