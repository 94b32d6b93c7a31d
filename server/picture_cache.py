"""Pictures asked for by URL, kept for a while: the same picture for many askers is drawn once."""

from collections.abc import Hashable

from storage.byte_cache import ByteCache

SECONDS = 30
MOST_PICTURES = 128


class PictureCache:
    """Keeps up to 128 pictures in memory. Used from the event loop only."""

    def __init__(self) -> None:
        self._cache = ByteCache("candlecast-cache", MOST_PICTURES, SECONDS)

    def get(self, key: Hashable) -> bytes | None:
        """The picture kept under ``key``, which must change whenever the picture would."""
        return self._cache.get(repr(key))

    def put(self, key: Hashable, picture: bytes) -> None:
        """Keep ``picture``; the oldest go when there are too many."""
        self._cache.put(repr(key), picture)
