"""A series of candles as one file of its own."""

from functools import partial
from pathlib import Path

from market.columns import CandleWindow
from market.errors import BadCandles
from storage.candle_store import FIELDS, columns_of
from storage.checked_files import read_checked, write_checked
from storage.errors import FileDamaged, ReadFailed
from storage.files import replace_files
from storage.parquet import TIME

__all__ = ["candles_in", "put_candles"]


def put_candles(path: Path, candles: CandleWindow) -> None:
    """Write ``candles``, as a whole or not at all; raises ``WriteFailed``."""
    replace_files({path: partial(write_checked, columns=columns_of(candles))})


def candles_in(path: Path) -> CandleWindow:
    """What was written there; raises ``FileDamaged`` and ``ReadFailed``."""
    try:
        columns = read_checked(path, (TIME, *FIELDS, "trades"))
        return CandleWindow.from_arrays(*columns.values())
    except OSError as error:
        raise ReadFailed(path, error) from None
    except BadCandles as error:
        raise FileDamaged(path, str(error)) from None
