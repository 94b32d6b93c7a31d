"""Ten times a second: tell the tabs that show an order book or trades what changed there.

What is told replaces what was not sent yet, so a slow tab costs the same as a fast one and gets the
newest; of trades everything since the last text that was sent is told again. Nothing is read while
nobody looks.
"""

import logging
from dataclasses import asdict, dataclass
from time import monotonic_ns

import msgspec

from market.errors import ColumnsBusy
from server.book_reader import BookReader
from server.followers import Followers
from server.frames_client import FramesClient
from server.frames_protocol import FollowBook

EVERY_S = 0.1
_RATE_NS = 1_000_000_000
"""How often the rate of trades is told although there was none."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Follower:
    wanted: FollowBook
    book: bytes = b""
    told: int = -1  # number of the newest trade that was told
    sent: int = -1  # that is known to be sent
    told_ns: int = 0


class BookTeller:
    """The tabs that follow a book. Used from the event loop only."""

    def __init__(self, reader: BookReader) -> None:
        self.reader = reader
        self._followers = Followers[_Follower]("order books", EVERY_S)

    def follow(self, client: FramesClient, wanted: FollowBook) -> None:
        """Tell ``client`` what it wants from now on, at once everything.

        Raises :class:`RequestError` for an unknown symbol.
        """
        self.reader.state(wanted.symbol)
        if not (wanted.levels or wanted.trades):
            self.leave(client)
            return
        follower = _Follower(wanted)
        self._followers.add(client, follower)
        self._tell(client, follower, {}, monotonic_ns())

    def leave(self, client: FramesClient) -> None:
        """Tell ``client`` nothing any more."""
        self._followers.leave(client)

    @property
    def failure(self) -> str | None:
        """What defect of our own stopped it; None while it runs."""
        return self._followers.failure

    async def run(self) -> None:
        """Tell until cancelled."""
        await self._followers.run(self.tick)

    def tick(self, now_ns: int) -> None:
        """Tell every visible tab what changed, once."""
        texts: dict[tuple[str, int, int], bytes] = {}
        for client, follower in self._followers.shown:
            # Texts overtake pictures: on a slow line there would be nothing but books.
            if not client.busy:
                self._tell(client, follower, texts, now_ns)

    def _tell(
        self,
        client: FramesClient,
        follower: _Follower,
        texts: dict[tuple[str, int, int], bytes],
        now_ns: int,
    ) -> None:
        try:
            if follower.wanted.levels:
                self._tell_book(client, follower, texts)
            if follower.wanted.trades:
                self._tell_trades(client, follower, now_ns)
        except ColumnsBusy as error:
            _log.warning("the book of %s is told later: %s", follower.wanted.symbol, error)

    def _tell_book(
        self, client: FramesClient, follower: _Follower, texts: dict[tuple[str, int, int], bytes]
    ) -> None:
        wanted = follower.wanted
        key = (wanted.symbol, wanted.levels, wanted.multiple)
        if key not in texts:
            texts[key] = book_text(self.reader, *key)
        if texts[key] != follower.book:
            follower.book = texts[key]
            client.offer_text("book", follower.book)

    def _tell_trades(self, client: FramesClient, follower: _Follower, now_ns: int) -> None:
        wanted = follower.wanted
        if not client.waits("trades"):
            follower.sent = follower.told
        newest = self.reader.state(wanted.symbol).tape.next - 1
        if newest == follower.told and now_ns - follower.told_ns < _RATE_NS:
            return
        view = self.reader.trades(wanted.symbol, wanted.trades, after=follower.sent)
        follower.told, follower.told_ns = view.next - 1, now_ns
        client.offer_text("trades", msgspec.json.encode({"type": "trades", **asdict(view)}))


def book_text(reader: BookReader, symbol: str, levels: int, multiple: int) -> bytes:
    """A book as a tab is told of it; without its version, which also rises out of sight."""
    view = asdict(reader.ladder(symbol, levels, multiple))
    del view["version"]
    return msgspec.json.encode({"type": "book", **view})


def refused_text(symbol: str, reason: str) -> bytes:
    """Why there is nothing to tell of ``symbol``."""
    return msgspec.json.encode(
        {"type": "book", "symbol": symbol, "state": "refused", "detail": reason}
    )
