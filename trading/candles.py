"""The candles that a strategy decides on, with the indicators over them, each computed once."""

from collections.abc import Mapping

from indicators.batch import outputs
from indicators.registry import find
from indicators.spec import Value
from market.columns import F64, I64, CandleWindow

__all__ = ["Candles"]

ROOM = 128 << 20


class Candles:
    """Closed candles, oldest first: arrays of shape (n,), read-only, as in :class:`CandleWindow`.

    ``indicator`` and ``line`` keep what they have computed, up to ``room`` bytes, so that a sweep
    over many parameters computes every indicator once. Once that is full, further ones are computed
    anew: a sweep goes round in circles, where throwing out the oldest would keep none. Several
    threads may share an object; two that ask at the same moment may both compute.
    """

    def __init__(self, window: CandleWindow, room: int = ROOM) -> None:
        self.window = window
        self.time_ns: I64 = window.time_ns
        self.open: F64 = window.open
        self.high: F64 = window.high
        self.low: F64 = window.low
        self.close: F64 = window.close
        self.volume: F64 = window.volume
        self._room = room
        self._known: dict[tuple[str, tuple[Value, ...]], F64] = {}

    def __len__(self) -> int:
        return len(self.window)

    def indicator(self, key: str, **parameters: object) -> F64:
        """All outputs of an indicator, float64 of shape (outputs, n), NaN while warming up.

        ``key`` and ``parameters`` as in ``docs/indicators.md``. Raises ``UnknownIndicator``,
        ``BadParameter``, and ``BadValues`` where the candles hold what is not finite.
        """
        found = find(key)
        wanted = (key, found.values(_plain(parameters)))
        rows = self._known.get(wanted)
        if rows is None:
            rows = outputs(found, [getattr(self.window, name) for name in found.inputs], wanted[1])
            rows.flags.writeable = False
            if rows.nbytes <= self._room:
                self._room -= rows.nbytes
                self._known[wanted] = rows
        return rows

    def line(self, key: str, **parameters: object) -> F64:
        """The first output of :meth:`indicator`, float64 of shape (n,)."""
        row: F64 = self.indicator(key, **parameters)[0]
        return row

    @staticmethod
    def warm_up(key: str, **parameters: object) -> int:
        """The number of candles before the first at which all outputs of an indicator are known."""
        found = find(key)
        return int(found.warm_up(*found.values(_plain(parameters))))


def _plain(parameters: Mapping[str, object]) -> dict[str, object]:
    """Whole numbers as such: values of a strategy's parameters may come as floats."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in parameters.items()
    }
