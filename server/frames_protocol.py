"""The frames socket's messages as plain values: packing, unpacking, validation. No socket, no time.

The layout is spelled out in ``docs/frames_protocol.md``. All binary numbers are little-endian.
"""

import struct
from collections.abc import Sequence
from dataclasses import fields
from enum import IntEnum
from typing import Annotated, NamedTuple

import msgspec

from chart_acceleration.spec import (
    FEWEST_BARS,
    LARGEST,
    LEAST_SCALE,
    MOST_SCALE,
    SMALLEST,
)  # fmt: skip
from server.book_reader import MOST_LEVELS, MOST_MULTIPLE
from server.errors import ProtocolError
from server.market_reader import MOST_BARS
from server.views import ChartQuery, ElementsQuery

MAGIC = 0x31464343
"""The bytes ``CCF1``."""

MAX_CLIENT_BYTES = 4096
MAX_CHARTS = 64

_HEADER = struct.Struct("<IIHHI")
_ENTRY = struct.Struct("<HBB8H")
_LENGTH = struct.Struct("<I")

HAS_ROWS = 1
"""Flag of an entry: its rows follow the JSON."""


class Kind(IntEnum):
    """What an entry carries."""

    KEYFRAME = 0
    PATCH = 1


class Box(NamedTuple):
    """A rectangle in device pixels: top left corner, width, height."""

    x: int
    y: int
    width: int
    height: int


class Entry(NamedTuple):
    """One chart's part of a picture: ``source`` in the picture goes to ``target`` in the chart.

    ``rows``: the numbers behind it, see :mod:`server.frame_rows`; empty when there are none.
    """

    chart: int
    kind: Kind
    source: Box
    target: Box
    rows: bytes = b""


class FrameMessage(NamedTuple):
    """A binary message taken apart. ``meta`` is the JSON list, one object per entry."""

    sequence: int
    entries: tuple[Entry, ...]
    meta: bytes
    picture: bytes


ChartId = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Pixels = Annotated[int, msgspec.Meta(ge=SMALLEST, le=LARGEST)]
Bars = Annotated[int, msgspec.Meta(ge=FEWEST_BARS, le=MOST_BARS)]
Scale = Annotated[float, msgspec.Meta(ge=LEAST_SCALE, le=MOST_SCALE)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Text = Annotated[str, msgspec.Meta(max_length=3000)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=64)]
Index = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Levels = Annotated[int, msgspec.Meta(ge=0, le=MOST_LEVELS)]
Trades = Annotated[int, msgspec.Meta(ge=0, le=MOST_LEVELS)]
Multiple = Annotated[int, msgspec.Meta(ge=1, le=MOST_MULTIPLE)]
Account = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
PriceRange = tuple[float, float]
Sequence32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe", forbid_unknown_fields=True):
    """Show a chart, or replace what it shows. Sizes are device pixels.

    From ``style`` on as in :class:`server.views.ElementsQuery`.
    """

    chart: ChartId
    symbol: Word
    interval: Word
    width: Pixels
    height: Pixels
    scale: Scale = 1.0
    theme: Word = "dark"
    bars: Bars = 120
    end: Index | None = None
    style: Word = "candles"
    axis: Word = "linear"
    zone: Word = "UTC"
    volume: bool = True
    indicators: Texts = ()
    lines: Texts = ()
    quote: bool = False
    countdown: bool = False
    trades: bool = False
    price_range: PriceRange | None = None

    @property
    def query(self) -> ChartQuery:
        """The chart that is asked for."""
        elements = {field.name: getattr(self, field.name) for field in fields(ElementsQuery)}
        return ChartQuery(
            self.symbol, self.interval, self.bars, self.width, self.height, self.theme, self.scale,
            ElementsQuery(**elements), price_range=self.price_range,
        )  # fmt: skip


class Viewport(msgspec.Struct, frozen=True, tag="viewport", forbid_unknown_fields=True):
    """Zoom or pan: number of candles, index one past the last (``None`` follows the newest), prices
    at the plot's bottom and top (``None`` fits them).
    """

    chart: ChartId
    bars: Bars
    end: Index | None = None
    price_range: PriceRange | None = None


class Unsubscribe(msgspec.Struct, frozen=True, tag="unsubscribe", forbid_unknown_fields=True):
    """The chart is gone."""

    chart: ChartId


class Visibility(msgspec.Struct, frozen=True, tag="visibility", forbid_unknown_fields=True):
    """The tab was shown or hidden."""

    visible: bool


class Ack(msgspec.Struct, frozen=True, tag="ack", forbid_unknown_fields=True):
    """The picture with this sequence number was decoded and swapped in."""

    sequence: Sequence32


class FollowBook(msgspec.Struct, frozen=True, tag="book", forbid_unknown_fields=True):
    """Tell of one symbol's order book and trades from now on, instead of another's.

    ``levels`` of each side, in steps of ``multiple`` ticks, and ``trades``; 0 for none of them.
    """

    symbol: Word
    levels: Levels = 0
    trades: Trades = 0
    multiple: Multiple = 1


class FollowPaper(msgspec.Struct, frozen=True, tag="paper", forbid_unknown_fields=True):
    """Tell of a paper account from now on, instead of another; without ``symbol`` of none.

    ``account`` 0, or one that is gone: the account of the market that the feed shows (those of a
    replay count down from −1). ``symbol``: whose bid and ask are told.
    """

    account: Account = 0
    symbol: Annotated[str, msgspec.Meta(max_length=40)] = ""


ClientMessage = Subscribe | Viewport | Unsubscribe | Visibility | Ack | FollowBook | FollowPaper

_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)


def parse_client_message(text: str | bytes) -> ClientMessage:
    """The message in ``text``; raises :class:`ProtocolError` saying what was wrong in 120 bytes.

    A close frame holds 123 bytes of reason (RFC 6455 section 5.5.1), so the sentence stays below.
    """
    data = text.encode() if isinstance(text, str) else text
    if len(data) > MAX_CLIENT_BYTES:
        raise ProtocolError(f"message had {len(data)} bytes; allowed are {MAX_CLIENT_BYTES}")
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(shorten(f"message was refused: {error}")) from None


def shorten(reason: str, limit: int = 120) -> str:
    """``reason`` cut to ``limit`` bytes of UTF-8, so that it fits a close frame."""
    data = reason.encode()
    if len(data) <= limit:
        return reason
    return data[: limit - 3].decode(errors="ignore") + "…"


def pack_frame(sequence: int, entries: Sequence[Entry], meta: bytes, picture: bytes) -> bytes:
    """The binary message; raises :class:`ProtocolError` for a number too large for its field."""
    try:
        parts = [_HEADER.pack(MAGIC, sequence & 0xFFFFFFFF, len(entries), 0, len(meta))]
        parts.extend(
            _ENTRY.pack(
                entry.chart, entry.kind, HAS_ROWS if entry.rows else 0,
                *entry.source, *entry.target,
            )
            for entry in entries
        )  # fmt: skip
    except struct.error as error:
        raise ProtocolError(f"frame cannot be packed: {error}") from None
    parts.append(meta)
    for entry in entries:
        if entry.rows:
            parts += (_LENGTH.pack(len(entry.rows)), entry.rows)
    parts.append(picture)
    return b"".join(parts)


def unpack_frame(message: bytes) -> FrameMessage:
    """The parts of a binary message; raises :class:`ProtocolError` for anything else."""
    if len(message) < _HEADER.size:
        raise ProtocolError(f"frame had {len(message)} bytes; a header has {_HEADER.size}")
    magic, sequence, count, _reserved, meta_length = _HEADER.unpack_from(message)
    if magic != MAGIC:
        raise ProtocolError(f"frame began with {magic:#010x}; expected {MAGIC:#010x}")
    start = _HEADER.size + count * _ENTRY.size
    if len(message) < start + meta_length:
        raise ProtocolError(f"frame had {len(message)} bytes; its header says more")
    entries = []
    end = at = start + meta_length
    for offset in range(_HEADER.size, start, _ENTRY.size):
        chart, kind, flags, *boxes = _ENTRY.unpack_from(message, offset)
        if kind not in Kind.__members__.values():
            raise ProtocolError(f"entry kind was {kind}; allowed are 0 and 1")
        rows = _rows_at(message, at) if flags & HAS_ROWS else b""
        at += _LENGTH.size + len(rows) if flags & HAS_ROWS else 0
        entries.append(Entry(chart, Kind(kind), Box(*boxes[:4]), Box(*boxes[4:]), rows))
    return FrameMessage(sequence, tuple(entries), message[start:end], message[at:])


def _rows_at(message: bytes, at: int) -> bytes:
    """The rows whose length stands at ``at``. Raises :class:`ProtocolError`."""
    begin = at + _LENGTH.size
    length = _LENGTH.unpack_from(message, at)[0] if begin <= len(message) else 0
    if begin + length > len(message):
        raise ProtocolError(f"frame had {len(message)} bytes; its rows say more")
    return message[begin : begin + length]
