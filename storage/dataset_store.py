"""Uploaded candles on disk: ``ROOT/datasets/KEY.parquet`` and what is told of them in ``KEY.json``.

The key is made of the candles: the same ones uploaded again are the same data set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from market.columns import CandleWindow
from storage.candle_files import candles_in, put_candles
from storage.errors import FileDamaged, WriteFailed
from storage.files import checked_name, replace_files

__all__ = ["Dataset", "DatasetStore"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """``name`` of the file that was uploaded; ``gaps`` are places where candles are missing."""

    key: str
    name: str
    interval: str
    candles: int
    start_ns: int
    end_ns: int
    gaps: int


class DatasetStore:
    """The uploads under ``root``. Nothing is created before the first is kept.

    Any thread or process may read and write. Errors are those of :mod:`storage.errors`.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "datasets"

    def keep(self, dataset: Dataset, candles: CandleWindow) -> None:
        """Keep the candles, then what is told of them; raises ``WriteFailed``."""
        path = self._path(dataset.key)
        told = msgspec.json.encode(dataset)
        put_candles(path, candles)
        replace_files({path.with_suffix(".json"): lambda new: _write(new, told)})

    def all(self, tell: Callable[[FileDamaged], None]) -> list[Dataset]:
        """Those whose description can be read, by name; ``tell`` hears of the others."""
        found = []
        for path in self.folder.glob("*.json"):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Dataset))
            except FileNotFoundError:
                continue  # removed since it was listed
            except (OSError, msgspec.DecodeError) as error:
                tell(FileDamaged(path, str(error)))
        return sorted(found, key=lambda each: (each.name, each.key))

    def candles(self, key: str) -> CandleWindow:
        """What was kept under ``key``; raises ``FileDamaged`` and ``ReadFailed``."""
        return candles_in(self._path(key))

    def remove(self, key: str) -> None:
        """Forget an upload, whether it is there or not; raises ``WriteFailed``."""
        path = self._path(key)
        try:
            path.with_suffix(".json").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise WriteFailed(path, error) from None

    def _path(self, key: str) -> Path:
        return self.folder / f"{checked_name(key)}.parquet"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
