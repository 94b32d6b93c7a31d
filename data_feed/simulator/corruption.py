"""Frames made unusable in the ways that frames go bad: cut off, scrambled, wrongly typed.

Only damage that a reader can notice is done: a digit changed within a number would be a false price
that nobody could tell from a true one, and against that a real venue's line is protected by TLS.
"""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from market.types import DAY, HOUR, SECOND

_NONSENSE: tuple[Any, ...] = (None, [], {}, "NaN", "1e400", "-1", "²", "Infinity")
_JUMPS_NS = (-50 * 365 * DAY, -30 * DAY, -HOUR, HOUR, 30 * DAY, 50 * 365 * DAY)


def corrupted(text: str, generator: random.Random) -> str | bytes:
    """``text``, a JSON object, with one kind of damage."""
    return generator.choice(_DAMAGES)(text, generator)


def _cut_off(text: str, generator: random.Random) -> str:
    """The beginning of ``text``, without its last byte at least."""
    return text[: generator.randrange(len(text))]


def _scrambled(text: str, generator: random.Random) -> bytes:
    """A run of bytes replaced by others that are no UTF-8."""
    data = bytearray(text.encode())
    at = generator.randrange(len(data))
    data[at : at + 4] = bytes(generator.randrange(0x80, 0xC0) for _ in range(4))
    return bytes(data)


def _foreign(text: str, generator: random.Random) -> str:
    """Something else altogether, such as an error page in between."""
    return generator.choice(("<html><h1>502 Bad Gateway</h1></html>", "", "[]", "null", "x" * 9999))


def _mistyped(text: str, generator: random.Random) -> str:
    """One field with a value that it cannot have."""
    message: dict[str, Any] = json.loads(text)
    message[generator.choice(list(message))] = generator.choice(_NONSENSE)
    return json.dumps(message)


def _time_travelling(text: str, generator: random.Random) -> str:
    """A time an hour to fifty years from the true one; cut off where the message has none."""
    message: dict[str, Any] = json.loads(text)
    if "time" not in message:
        return _cut_off(text, generator)
    moment = datetime.fromisoformat(message["time"])
    moment += timedelta(seconds=generator.choice(_JUMPS_NS) / SECOND)
    message["time"] = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps(message)


_DAMAGES: tuple[Callable[[str, random.Random], str | bytes], ...] = (
    _cut_off, _scrambled, _foreign, _mistyped, _time_travelling,
)  # fmt: skip
