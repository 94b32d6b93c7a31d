"""Candles that were uploaded: read, checked and kept under a key made of them."""

import hashlib
import logging
import tempfile
import threading
from pathlib import Path

import numpy as np

from market.columns import CandleWindow
from research.errors import RequestError
from research.views import DatasetView
from storage.candle_store import columns_of
from storage.dataset_store import Dataset, DatasetStore
from storage.errors import StorageError
from storage.importing import Imported, read_candles

__all__ = ["MOST_BYTES", "Datasets", "content_key", "gaps_in"]

MOST_BYTES = 64 * 1024 * 1024
MOST_UNKEPT = 8
"""Uploads held in memory where nothing is stored."""
LONGEST_NAME = 60
_BAD = frozenset('<>:"|?*')

log = logging.getLogger(__name__)


def content_key(candles: CandleWindow) -> str:
    """The same for the same candles and, in effect, for no others."""
    found = hashlib.sha256()
    for column in columns_of(candles).values():
        found.update(np.ascontiguousarray(column).data)
    return found.hexdigest()[:20]


def gaps_in(candles: CandleWindow, interval_ns: int) -> tuple[int, int]:
    """Places where candles are missing, and the longest time without any in ns."""
    steps = np.diff(candles.time_ns)
    gaps = steps[steps > interval_ns]
    return len(gaps), int(gaps.max()) - interval_ns if len(gaps) else 0


class Datasets:
    """Uploads by key, in a store or, without one, the last few in memory. For any thread."""

    def __init__(self, root: Path | None) -> None:
        self._store = None if root is None else DatasetStore(root)
        self._held: dict[str, tuple[Dataset, CandleWindow]] = {}
        # One large file in memory at a time, and what is kept is whole before it can be removed.
        self._changing = threading.Lock()

    def upload(self, name: str, content: bytes) -> DatasetView:
        """Keep the candles of a CSV or Parquet file.

        Raises :class:`RequestError` with the line at fault for what is no table of candles, and
        for more than :data:`MOST_BYTES`.
        """
        name = _shown(name)
        if len(content) > MOST_BYTES:
            raise RequestError(
                f"{name} is {len(content) / 2**20:,.0f} MiB; allowed are {MOST_BYTES >> 20} MiB"
            )
        try:
            with self._changing:
                found = _read(name, content)
                dataset = _described(name, found)
                self._keep(dataset, found.candles)
        except StorageError as error:
            raise RequestError(str(error)) from None
        return _view(dataset)

    def all(self) -> tuple[DatasetView, ...]:
        """What there is, by name; what cannot be read is logged."""
        if self._store is not None:
            kept = self._store.all(lambda damage: log.warning("%s", damage))
            return tuple(map(_view, kept))
        return tuple(_view(dataset) for dataset, _ in list(self._held.values()))

    def view(self, key: str) -> DatasetView:
        """One of them; raises :class:`RequestError`."""
        found = next((each for each in self.all() if each.key == key), None)
        if found is None:
            raise RequestError(
                f"dataset was {key[:40]!r}; allowed are the keys that /api/datasets lists"
            )
        return found

    def candles(self, key: str) -> CandleWindow:
        """Its candles; raises :class:`RequestError`."""
        self.view(key)
        held = self._held.get(key)
        if held is not None:
            return held[1]
        if self._store is None:
            raise RequestError("the dataset was removed meanwhile")
        try:
            return self._store.candles(key)
        except StorageError as error:
            raise RequestError(str(error)) from None

    def remove(self, key: str) -> None:
        """Forget one; raises :class:`RequestError` for an unknown one."""
        self.view(key)
        try:
            with self._changing:
                self._held.pop(key, None)
                if self._store is not None:
                    self._store.remove(key)
        except StorageError as error:
            raise RequestError(str(error)) from None

    def _keep(self, dataset: Dataset, candles: CandleWindow) -> None:
        if self._store is not None:
            self._store.keep(dataset, candles)
            return
        self._held.pop(dataset.key, None)
        self._held[dataset.key] = (dataset, candles)
        for key in list(self._held)[:-MOST_UNKEPT]:
            del self._held[key]


def _read(name: str, content: bytes) -> Imported:
    with tempfile.TemporaryDirectory(prefix="candlecast-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_candles(path)


def _described(name: str, found: Imported) -> Dataset:
    candles, interval = found
    gaps, _ = gaps_in(candles, interval.nanoseconds)
    return Dataset(
        content_key(candles),
        name,
        interval.value,
        len(candles),
        int(candles.time_ns[0]),
        int(candles.time_ns[-1]) + interval.nanoseconds,
        gaps,
    )


def _shown(name: str) -> str:
    """The last part of a path, without what some system has no place for in a name."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in last if each.isprintable() and each not in _BAD).strip(". ")
    return kept[-LONGEST_NAME:] or "upload"


def _view(dataset: Dataset) -> DatasetView:
    return DatasetView(
        dataset.key, dataset.name, dataset.interval, dataset.candles, dataset.start_ns,
        dataset.end_ns, dataset.gaps,
    )  # fmt: skip
