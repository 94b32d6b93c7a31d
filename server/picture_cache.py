"""Pictures asked for by URL, kept for a while: the same picture for many askers is drawn once.

Flask-Caching needs a Flask object to read its settings from; this one serves nothing.
"""

from collections.abc import Hashable

from flask import Flask
from flask_caching import Cache

SECONDS = 30
MOST_PICTURES = 128


class PictureCache:
    """Keeps up to 128 pictures in memory. Used from the event loop only."""

    def __init__(self) -> None:
        self._flask = Flask("candlecast-cache")
        self._cache = Cache(
            self._flask,
            config={
                "CACHE_TYPE": "SimpleCache",
                "CACHE_THRESHOLD": MOST_PICTURES,
                "CACHE_DEFAULT_TIMEOUT": SECONDS,
            },
        )

    def get(self, key: Hashable) -> bytes | None:
        """The picture kept under ``key``, which must change whenever the picture would."""
        picture = self._cache.get(repr(key))
        return picture if isinstance(picture, bytes) else None

    def put(self, key: Hashable, picture: bytes) -> None:
        """Keep ``picture``; the oldest go when there are too many."""
        self._cache.set(repr(key), picture)
