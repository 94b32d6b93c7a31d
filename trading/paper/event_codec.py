"""Events as bytes: JSON, one object per event, decimals as texts; the kind is kept beside it."""

import re
from typing import get_args

import msgspec

from trading.errors import BadEvent
from trading.paper.events import Event

__all__ = ["KINDS", "decode", "encode", "kind_of"]

_ENCODER = msgspec.json.Encoder(decimal_format="string")


def _kind(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


_NAMES: dict[type, str] = {each: _kind(each.__name__) for each in get_args(Event)}
_DECODERS: dict[str, msgspec.json.Decoder[Event]] = {
    name: msgspec.json.Decoder(each) for each, name in _NAMES.items()
}

KINDS = tuple(_DECODERS)
"""The kinds of events: ``order_accepted`` for an ``OrderAccepted``."""


def kind_of(event: Event) -> str:
    """The kind under which an event is journaled."""
    return _NAMES[type(event)]


def encode(event: Event) -> bytes:
    """The body of an event."""
    return _ENCODER.encode(event)


def decode(kind: str, body: bytes) -> Event:
    """The event of a kind and a body; raises :class:`BadEvent` with what is wrong with them."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise BadEvent(f"An event had the kind {kind[:40]!r}; allowed are {', '.join(KINDS)}.")
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadEvent(f"An event of kind {kind} cannot be read: {error}.") from error
