"""Recorded frames, played back through the same parser and loop as live ones.

Two envelopes are read, plain or gzip-compressed:

JSON lines   the first line is ``{"t":"header",…}``; lines with ``"t":"recv"`` hold one frame as the
             JSON string ``data`` and the recorder's clock ``ts`` in seconds
text lines   ``<recorder's clock in ns> <frame>``; a frame with a top-level ``lastUpdateId`` is an
             answer of the REST interface that was saved among the frames and is skipped
"""

import gzip
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

import msgspec
from msgspec import Struct

from data_feed.ccxt_parser import CcxtParser
from data_feed.connectors import Connection, RecordingEnded
from data_feed.errors import RecordingError
from data_feed.playhead import Playhead
from data_feed.protocol import VenueParser
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.okx import OkxParser
from market.types import SECOND, Quote, Symbol, Trade

PROBED = 50
"""Frames that are looked at to find out whose protocol a recording holds."""

MAX_TIME_NS = 2**63
"""Times are nanoseconds in 64 bits."""


class _Line(Struct):
    t: str
    ts: float = 0.0
    data: str = ""
    exchange: str = ""


class _Probe(Struct):
    ccxt: str = ""
    stream: str = ""
    type: str = ""
    product_id: str = ""
    channels: msgspec.Raw = msgspec.Raw()
    channel: str = ""
    method: str = ""
    topic: str = ""
    op: str = ""
    arg: msgspec.Raw = msgspec.Raw()


@dataclass(frozen=True, slots=True)
class Frame:
    """One recorded frame; ``time_ns`` is the recorder's clock."""

    time_ns: int
    data: bytes


class RecordedFrame(Protocol):
    """One recorded frame, whoever read it; ``time_ns`` is the recorder's clock."""

    @property
    def time_ns(self) -> int: ...
    @property
    def data(self) -> bytes: ...


ReadFrames = Callable[[Path], Iterator[RecordedFrame]]
"""Reads a recording from its start; raises :class:`RecordingError`."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that can be replayed; :func:`open_recording` makes it.

    ``name`` and ``venue`` are told instead of the file's name and the parser's, if not empty.
    """

    path: Path
    parser: Callable[..., VenueParser]
    read: ReadFrames
    name: str = ""
    venue: str = ""

    def frames(self) -> Iterator[RecordedFrame]:
        """All frames in the order of recording, read as they are asked for.

        Raises :class:`RecordingError` at a line that is none of the envelope's.
        """
        return self.read(self.path)


def open_recording(path: Path, read: ReadFrames | None = None) -> Recording:
    """Look at the start of the recording at ``path`` and choose the parser.

    ``read`` reads recordings of another form than the two envelopes.

    Raises :class:`RecordingError` when the file is missing, no recording, or of a protocol that
    nothing here can parse.
    """
    if not path.exists():
        raise RecordingError(path, "there is no such file")
    if path.is_dir() and read is None:
        raise RecordingError(path, "it is a folder; name one file in it")
    read = read or _frames
    probes = []
    for frame in read(path):
        probes.append(frame.data)
        if len(probes) == PROBED:
            break
    if not probes:
        raise RecordingError(path, "it holds no received frame")
    for data in probes:
        parser = _parser_of(data)
        if parser is not None:
            return Recording(path, parser, read)
    raise RecordingError(
        path,
        "its protocol is none of Binance, Bybit, Coinbase Exchange, Kraken v2, OKX; "
        f"a frame begins {probes[0][:60]!r}",
    )


def symbols_in(
    path: Path, read: ReadFrames | None = None, most: int | None = None
) -> tuple[Symbol, ...]:
    """Symbols with trades in the recording, most traded first, then those with quotes only.

    Reads the whole file, or its first ``most`` frames. Raises :class:`RecordingError`.
    """
    recording = open_recording(path, read)
    parser = recording.parser()
    traded: Counter[Symbol] = Counter()
    quoted: Counter[Symbol] = Counter()
    for frame in islice(recording.frames(), most):
        for event in parser.receive(frame.data, 0):
            if isinstance(event, Trade):
                traded[event.symbol] += 1
            elif isinstance(event, Quote):
                quoted[event.symbol] += 1
    if not traded and not quoted:
        raise RecordingError(path, "it holds no trade and no quote")
    names = [symbol for symbol, _ in (*traded.most_common(), *quoted.most_common())]
    return tuple(dict.fromkeys(names))


class ReplayConnector:
    """Opens a recording like a socket; ``head`` says when its frames are due."""

    def __init__(self, recording: Recording, head: Playhead) -> None:
        self._recording = recording
        self._head = head

    async def open(self) -> Connection:
        """See :class:`data_feed.connectors.Connector`."""
        return _Playback(self._recording.frames(), self._head)


class _Playback:
    def __init__(self, frames: Iterator[RecordedFrame], head: Playhead) -> None:
        self._frames = frames
        self._head = head
        self.arrived_ns = 0

    async def send(self, text: str) -> None:
        """A recording cannot be asked for anything: subscriptions are ignored."""

    async def receive(self) -> bytes:
        frame = next(self._frames, None)
        if frame is None:
            raise RecordingEnded
        await self._head.due(frame.time_ns)
        self.arrived_ns = time.monotonic_ns()
        return frame.data

    async def close(self) -> None:
        self._frames = iter(())


def _parser_of(frame: bytes) -> Callable[..., VenueParser] | None:
    try:
        probe = msgspec.json.decode(frame, type=_Probe)
    except (ValueError, RecursionError):
        return None
    if probe.ccxt:
        return CcxtParser
    if probe.stream:
        return BinanceParser
    # Other venues have a type too; a product or the confirmed channels are Coinbase Exchange's.
    if probe.type and (probe.product_id or probe.channels):
        return CoinbaseParser
    if "." in probe.topic or probe.op:
        return BybitParser
    if probe.arg:
        return OkxParser
    # Coinbase Advanced names channels too, but no type.
    return KrakenParser if (probe.channel and probe.type) or probe.method else None


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _frames(path: Path) -> Iterator[Frame]:
    decode = msgspec.json.Decoder(_Line).decode
    try:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                try:
                    frame = _text_line(line) if line[:1].isdigit() else _json_line(decode(line))
                except (ValueError, RecursionError) as error:
                    raise RecordingError(
                        path, f"line {number} is no recorded frame: {error}"
                    ) from None
                if frame is not None:
                    yield frame
    except (OSError, EOFError, zlib.error) as error:
        raise RecordingError(path, f"it cannot be read: {error}") from None


def _json_line(line: _Line) -> Frame | None:
    if line.t != "recv":
        return None
    return _frame(line.ts * SECOND, line.data.encode())


def _text_line(line: bytes) -> Frame | None:
    clock, _, data = line.partition(b" ")
    if data.startswith(b'{"lastUpdateId"'):
        return None
    return _frame(int(clock), data.rstrip())


def _frame(time_ns: float, data: bytes) -> Frame:
    if not 0 <= time_ns < MAX_TIME_NS:
        raise ValueError("its time is not in the years 1970 to 2261")
    return Frame(int(time_ns), data)
