"""When the live loop has to run next, as plain arithmetic on times that are given."""

from collections.abc import Iterable
from typing import NamedTuple

from server.frames_client import FramesClient

LOOK_NS = 250_000_000
"""How often what tells nobody of its changes is looked at: the feed's state, countdowns, fills."""
QUOTE_LOOK_NS = 50_000_000
"""The same where a chart shows bid and ask, which change more often than there are trades."""


class Rest(NamedTuple):
    """Sleep until monotonic ``until_ns``; where ``armed``, a trade ends it."""

    until_ns: int
    armed: bool


def next_look_ns(now_ns: int, clock_ns: int, quotes: bool) -> int:
    """The monotonic time of the next look, a whole part of a second of the clock on the wall, which
    says ``clock_ns`` now: a countdown changes with the clock.
    """
    period = QUOTE_LOOK_NS if quotes else LOOK_NS
    return now_ns + period - clock_ns % period


def rest(clients: Iterable[FramesClient], now_ns: int, look_ns: int) -> Rest:
    """How long nothing can be done, once everything that could be done was.

    A tab that may take a picture is served with the next trade, one that had one a moment ago when
    its pause is over, one that owes acknowledgements with the next of these, which wakes the loop.
    """
    until_ns, armed = look_ns, False
    for client in clients:
        if not client.room or not client.watches:
            continue
        if client.due_ns <= now_ns:
            armed = True
        else:
            until_ns = min(until_ns, client.due_ns)
    return Rest(until_ns, armed)
