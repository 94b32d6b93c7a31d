"""Bytes kept in memory for a while, so that nothing is made twice.

Flask-Caching needs a Flask object to read its settings from; this one serves nothing. What is
cached are bytes, so any of its back ends can hold them and nothing of ours is pickled.
"""

from flask import Flask
from flask_caching import Cache

__all__ = ["ByteCache"]


class ByteCache:
    """Up to ``most`` entries, each for ``seconds``; 0 sets no end."""

    def __init__(self, name: str, most: int, seconds: int) -> None:
        self._flask = Flask(name)
        self._cache = Cache(
            self._flask,
            config={
                "CACHE_TYPE": "SimpleCache",
                "CACHE_THRESHOLD": most,
                "CACHE_DEFAULT_TIMEOUT": seconds,
            },
        )

    def get(self, key: str) -> bytes | None:
        """What is kept under ``key``, if it is still there."""
        kept = self._cache.get(key)
        return kept if isinstance(kept, bytes) else None

    def put(self, key: str, content: bytes) -> None:
        """Keep ``content``; the oldest go when there are too many."""
        self._cache.set(key, content)
