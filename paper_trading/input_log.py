"""Everything that the core of an account was given, kept so that it can be given again.

One frame of a recording (:mod:`storage.blocks`) is a command, something of the market, or the
beginning of a process with the newest seq of the journal then; or a place up to which somebody
wanted to read. Together with the journal up to
there it makes the same account do the same things.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, cast, get_args

import msgspec
import numpy as np

from market.instrument import Instrument
from market.types import Quote, Side, Symbol, Trade
from storage.blocks import Damage
from storage.segments import SUFFIX, read_frames
from trading.errors import BadEvent
from trading.paper.commands import Command, Tell
from trading.paper.event_codec import decode, encode, kind_of
from trading.paper.tape import BookInput, FeedState, Heard, MarketInput, NoBook, PassTime

__all__ = ["Began", "Given", "InputLog", "Keeper", "Listed", "Reached", "given_in", "prune"]

MOST_BYTES = 1 << 30
"""Of all inputs kept; the oldest files go first."""


class Began(msgspec.Struct, frozen=True):
    """A process took the account up, when its journal had ``seq`` events."""

    seq: int
    steps: dict[str, float]


class Listed(msgspec.Struct, frozen=True):
    """The market showed other symbols."""

    steps: dict[str, float]


class Reached(msgspec.Struct, frozen=True):
    """What was given until here led to the first ``seq`` events of the account's journal."""

    seq: int


Given = Began | Listed | Reached | Command | MarketInput

_KINDS: dict[str, Any] = {
    each.__name__: each
    for each in (Began, Listed, Reached, *get_args(Command), *get_args(MarketInput))
}
_ENCODE = msgspec.msgpack.Encoder(decimal_format="string").encode
_DECODE: dict[str, Any] = {
    name: msgspec.msgpack.Decoder(each).decode
    for name, each in _KINDS.items()
    if issubclass(each, msgspec.Struct) and each is not Tell
}


class Keeper(Protocol):
    """Where frames go, see :class:`storage.recorder.Recorder`."""

    def keep(self, source: str, time_ns: int, data: bytes) -> None:
        """Keep ``data``."""


class InputLog:
    """What one account is given. Costs a few microseconds and never waits."""

    def __init__(self, keeper: Keeper, account: int) -> None:
        self._keeper = keeper
        self._source = str(account)

    def keep(self, given: Given, time_ns: int) -> None:
        """Keep what the core is given at ``time_ns``."""
        name = type(given).__name__
        body: Any = given
        if isinstance(given, BookInput):
            body = (given.symbol, given.bids.tobytes(), given.asks.tobytes())
        elif isinstance(given, Tell):
            body = (kind_of(given.event), encode(given.event), given.key)
        self._keeper.keep(self._source, time_ns, _ENCODE((name, _ENCODE(body))))


def given_in(folder: Path, account: int) -> Iterator[tuple[Given, int, int]]:
    """What an account was given, its time, and how many before it could not be kept.

    Damaged blocks count as one. Raises ``ReadFailed``; :class:`BadEvent` for what no log holds.
    """
    source, damaged = str(account), [0]

    def tell(_: Path, __: Damage) -> None:
        damaged[0] += 1

    if not folder.is_dir():
        return
    for frame in read_frames(folder, tell):
        if frame.source == source:
            lost, damaged[0] = frame.lost + damaged[0], 0
            yield _given(frame.data), frame.time_ns, lost


def prune(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Delete the oldest files of ``folder`` beyond ``most_bytes``."""
    left = most_bytes
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        left -= path.stat().st_size
        if left < 0:
            path.unlink()


def _given(data: bytes) -> Given:
    try:
        name, body = msgspec.msgpack.decode(data, type=tuple[str, bytes])
        if name in _DECODE:
            found: Given = _DECODE[name](body)
            return found
        values = msgspec.msgpack.decode(body)
        if name == "Tell":
            return Tell(cast(Any, decode(*values[:2])), values[2])
        return _market_input(name, values)
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise BadEvent(f"A recorded input cannot be read: {error}.") from error


def _market_input(name: str, values: Any) -> MarketInput:
    if name == "Trade":
        symbol, number, time_ns, price, size, side = values
        return Trade(Symbol(symbol), number, time_ns, price, size, Side(side))
    if name == "BookInput":
        symbol, bids, asks = values
        return BookInput(Symbol(symbol), _levels(bids), _levels(asks))
    kinds: Mapping[str, Callable[..., MarketInput]] = {
        "Quote": Quote, "NoBook": NoBook, "Heard": _heard, "PassTime": PassTime,
        "FeedState": FeedState, "Instrument": Instrument,
    }  # fmt: skip
    found: MarketInput = kinds[name](*values)
    return found


def _heard(symbol: str, heard_ns: int, own_ns: int | None = None) -> Heard:
    """Older recordings do not tell of the venue and of the symbol apart."""
    return Heard(symbol, heard_ns, heard_ns if own_ns is None else own_ns)


def _levels(data: bytes) -> Any:
    return np.frombuffer(data, np.float64).reshape(2, -1)
