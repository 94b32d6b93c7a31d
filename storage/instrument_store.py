"""What a venue took of orders when it was last asked, kept for a start before it answers again.

``ROOT/instruments/VENUE.json``: by symbol the steps of prices and sizes, the least size and value.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from data_feed.errors import HistoryError
from data_feed.listing import Told, instrument
from market.instrument import Instrument
from market.types import Symbol
from storage.files import checked_name, replace_files, write_synced

log = logging.getLogger(__name__)

_Figures = tuple[float, float, float, float]


class InstrumentStore:
    """The instruments of one venue under ``root``, by plain symbols. One thread writes.

    Raises :class:`storage.errors.BadName` for a venue that cannot name a file.
    """

    def __init__(self, root: Path, venue: str) -> None:
        self.path = root / "instruments" / f"{checked_name(venue)}.json"
        self._decode = msgspec.json.Decoder(dict[str, _Figures]).decode

    def read(self) -> dict[Symbol, Instrument]:
        """What is known; nothing, and a line in the log, where the file cannot be read."""
        try:
            told = self._decode(self.path.read_bytes())
            return {
                Symbol(name): instrument(Symbol(name), Told(name, *figures))
                for name, figures in told.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, HistoryError) as error:
            log.warning("%s cannot be read (%s): the venue is asked", self.path, error)
            return {}

    def write(self, instruments: Sequence[Instrument]) -> None:
        """Know ``instruments`` beside what is known of other symbols.

        Raises :class:`storage.errors.WriteFailed`.
        """
        before = self.read()
        known = before | {each.symbol: each for each in instruments}
        if known != before:
            content = _encoded(known)
            replace_files({self.path: partial(write_synced, content=content)})


def _encoded(known: Mapping[Symbol, Instrument]) -> bytes:
    return msgspec.json.encode({symbol: each[1:] for symbol, each in sorted(known.items())})
