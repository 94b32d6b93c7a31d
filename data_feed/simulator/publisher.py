"""Which texts go to which topics: turns what the exchange did into frames, and writes only those
somebody wants.
"""

from collections.abc import Collection, Iterator, Sequence

from data_feed.simulator.coinbase_messages import (
    heartbeat_message,
    l2update_message,
    match_message,
    snapshot_message,
    ticker_message,
)
from data_feed.simulator.exchange import Listing, Match, SimulatedExchange
from data_feed.simulator.session import Topic
from market.types import SECOND

_BOOK_CHANNELS = ("level2", "level2_batch")


class Publisher:
    """Writes each frame once, however many clients read it."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self._exchange = exchange

    def greeting(self, topic: Topic) -> str | None:
        """The first frame of a new subscription: the whole book, the last trade or its ticker."""
        listing = self._exchange.listings[topic.product_id]
        if topic.channel in _BOOK_CHANNELS:
            return snapshot_message(listing.product, listing.book)
        last = listing.recent(1)
        if not last or topic.channel == "heartbeat":
            return None
        if topic.channel == "matches":
            return match_message(listing.product, last[0], "last_match")
        return self._ticker(listing, last[0])

    def trades(
        self, matches: Sequence[Match], wanted: Collection[Topic]
    ) -> Iterator[tuple[Topic, str]]:
        """A match and a ticker for every trade."""
        for match in matches:
            listing = self._exchange.listings[match.symbol]
            topic = Topic("matches", match.symbol)
            if topic in wanted:
                yield topic, match_message(listing.product, match)
            topic = Topic("ticker", match.symbol)
            if topic in wanted:
                yield topic, self._ticker(listing, match)

    def books(self, wanted: Collection[Topic]) -> Iterator[tuple[Topic, str]]:
        """The level changes since the last call; call it every 50 ms."""
        now = self._exchange.now_ns
        for symbol, listing in self._exchange.listings.items():
            changes = listing.book.take_changes()
            topics = [Topic(channel, symbol) for channel in _BOOK_CHANNELS]
            topics = [topic for topic in topics if topic in wanted]
            if changes and topics:
                text = l2update_message(listing.product, changes, now)
                yield from ((topic, text) for topic in topics)

    def heartbeats(self, wanted: Collection[Topic]) -> Iterator[tuple[Topic, str]]:
        """One per product; call it once a second."""
        now = self._exchange.now_ns
        for symbol, listing in self._exchange.listings.items():
            topic = Topic("heartbeat", symbol)
            if topic in wanted:
                yield (
                    topic,
                    heartbeat_message(listing.product, listing.trade_id, listing.sequence, now),
                )

    @staticmethod
    def _ticker(listing: Listing, match: Match) -> str:
        day = listing.candles.day_statistics(match.time_ns // SECOND)
        return ticker_message(listing.product, match, day)
