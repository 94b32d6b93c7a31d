"""Idempotency keys: a command that is sent twice is done once."""

import hashlib
from dataclasses import dataclass, field

import msgspec

from storage.journal.entry import Entry
from trading.paper.commands import Command

__all__ = ["KnownKeys", "digest", "written"]


def digest(command: Command) -> str:
    """16 hexadecimal digits of what ``command`` asks for, its key left out."""
    bare = msgspec.structs.replace(command, key=None)
    content = type(command).__name__.encode() + msgspec.json.encode(bare)
    return hashlib.sha256(content).hexdigest()[:16]


def written(key: str, body: str) -> str:
    """How the journal has ``key`` of a command with the digest ``body``."""
    return f"{key}#{body}"


@dataclass(slots=True)
class KnownKeys:
    """Every key that an account was sent, with the digest of its command and its first event."""

    _known: dict[str, tuple[str, int]] = field(default_factory=dict)

    def learn(self, entry: Entry) -> None:
        """Take in an entry of the journal; those without a key say nothing."""
        if entry.key is not None:
            key, _, body = entry.key.rpartition("#")
            self._known[key] = (body, entry.seq)

    def add(self, key: str, body: str, seq: int) -> None:
        """Remember a key whose command led to the event ``seq``."""
        self._known[key] = (body, seq)

    def find(self, key: str) -> tuple[str, int] | None:
        """Digest and seq of an earlier command with ``key``."""
        return self._known.get(key)
