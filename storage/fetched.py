"""Which times of a symbol and interval a venue was asked for, beside the candles themselves.

Times without a trade have no candle, so the candles alone do not tell what is missing. The notes
are replaced as a whole after every answer that was stored; notes that cannot be read are as good as
none: then the venue is asked again.
"""

import json
from pathlib import Path

import numpy as np

from market.columns import I64
from market.types import DAY, Interval
from storage.candle_store import CandleStore
from storage.errors import ReadFailed
from storage.files import checked_name, replace_files

FILE = "fetched.json"

Span = tuple[int, int]
"""Start and end in ns; the end is not in it."""


class FetchedTimes:
    """The notes on one symbol and interval of a store."""

    def __init__(self, store: CandleStore, symbol: str, interval: Interval) -> None:
        self._path = store.folder / checked_name(symbol) / interval.value / FILE

    def spans(self) -> list[Span]:
        """What was asked for, in order and apart; raises :class:`ReadFailed`."""
        try:
            noted = json.loads(self._path.read_bytes())
            return united([(int(start), int(end)) for start, end in noted])
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ReadFailed(self._path, error) from None
        except (ValueError, TypeError):
            return []

    def add(self, span: Span) -> None:
        """Note that ``span`` was asked for and stored; raises ``WriteFailed``."""
        text = json.dumps(united([*self.spans(), span]))

        def write(path: Path) -> None:
            path.write_text(text)

        replace_files({self._path: write})


def united(spans: list[Span]) -> list[Span]:
    """The same times in as few spans as possible."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(made[-1][1], end)
        elif start < end:
            made.append((start, end))
    return made


def without(whole: Span, known: list[Span]) -> list[Span]:
    """What of ``whole`` is in none of ``known``."""
    missing, at = [], whole[0]
    for start, end in united(known):
        if start >= whole[1]:
            break
        if start > at:
            missing.append((at, start))
        at = max(at, end)
    if at < whole[1]:
        missing.append((at, whole[1]))
    return missing


def whole_days(times_ns: I64, interval: Interval) -> list[Span]:
    """The days of which every candle is among ``times_ns``; none for candles of a day."""
    per_day = DAY // interval.nanoseconds
    if per_day < 2:
        return []
    days, counts = np.unique(times_ns // DAY, return_counts=True)
    return [(day * DAY, (day + 1) * DAY) for day in days[counts == per_day].tolist()]
