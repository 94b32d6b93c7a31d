"""What a venue parser is: text in, events out, no socket, no clock.

A parser is told what arrived and when; it answers with events. The socket loop, the replay and the
simulator's client are the same code with another parser or another source of frames.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from market.types import Quote, Symbol, Trade

HEAD = 80
"""Bytes of a malformed frame that are kept for the log."""


class Heartbeat(NamedTuple):
    """The venue says it is alive; ``time_ns`` is its clock, 0 where it gives none."""

    time_ns: int


class Acknowledged(NamedTuple):
    """The venue confirmed a subscription; the symbols that are subscribed now."""

    symbols: tuple[Symbol, ...]


class Refused(NamedTuple):
    """The venue refused a request; ``reason`` is its own text."""

    reason: str


class Closing(NamedTuple):
    """The venue announced that it will close this connection."""

    reason: str


class Malformed(NamedTuple):
    """A frame that is not what the venue's protocol allows, with its first bytes."""

    reason: str
    head: bytes


Event: TypeAlias = Trade | Quote | Heartbeat | Acknowledged | Refused | Closing | Malformed


class VenueParser(Protocol):
    """One venue's protocol."""

    @property
    def name(self) -> str:
        """The venue's name for people: ``Coinbase``."""
        ...

    def url(self, symbols: Sequence[Symbol]) -> str:
        """Address of the WebSocket to open."""
        ...

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """Messages to send once the connection is open, in order.

        Raises :class:`data_feed.errors.SymbolNotOffered`.
        """
        ...

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """Events in one frame, received at monotonic ``received_ns``.

        Never raises: a frame that is not understood is one :class:`Malformed`, a message of a kind
        that nobody asked for is nothing.
        """
        ...


def malformed(reason: str, frame: bytes | str) -> Malformed:
    """A :class:`Malformed` with the first bytes of ``frame``."""
    head = frame[:HEAD]
    if isinstance(head, str):
        head = head.encode("utf-8", "replace")[:HEAD]
    return Malformed(reason, bytes(head))
