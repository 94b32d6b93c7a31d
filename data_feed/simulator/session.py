"""One client's conversation: the subscribe grammar of Coinbase Exchange. Sans-IO.

A refused request changes nothing, as at the venue. Refusal texts are those seen in the wild;
unlike the venue, which has asked for a login since 2023, ``level2`` is served openly.
"""

import json
from collections.abc import Collection
from typing import NamedTuple

from data_feed.simulator.coinbase_messages import error_message, subscriptions_message

CHANNELS = ("heartbeat", "ticker", "matches", "level2", "level2_batch")
_LOGIN_CHANNELS = frozenset({"level3", "full", "user"})
_LOGIN_REASON = "level2, level3, and full channels now require authentication."


class Topic(NamedTuple):
    """A channel of one product: the unit of subscription."""

    channel: str
    product_id: str


class Answer(NamedTuple):
    """What a request led to: the text to send, and the topics that were not subscribed before."""

    text: str
    added: tuple[Topic, ...]


class _Refusal(Exception):
    pass


class Session:
    """The topics of one client."""

    def __init__(self, products: Collection[str]) -> None:
        self._products = products
        self.topics: dict[Topic, None] = {}
        """Subscribed topics, in the order they were asked for."""

    def receive(self, text: str | bytes) -> Answer:
        """Answer one message of the client; never raises on bad input."""
        try:
            request = json.loads(text)
        except (ValueError, RecursionError):
            return Answer(error_message("Malformed JSON", "the message is not JSON"), ())
        kind = request.get("type") if isinstance(request, dict) else None
        if kind not in ("subscribe", "unsubscribe"):
            return Answer(error_message("Type has to be either subscribe or unsubscribe", ""), ())
        try:
            topics = self._requested(request, kind)
        except _Refusal as refusal:
            return Answer(error_message(f"Failed to {kind}", str(refusal)), ())
        added = self._apply(kind, topics)
        return Answer(subscriptions_message(self._by_channel()), added)

    def _apply(self, kind: str, topics: list[Topic]) -> tuple[Topic, ...]:
        if kind == "unsubscribe":
            for topic in topics:
                self.topics.pop(topic, None)
            return ()
        added = tuple(dict.fromkeys(topic for topic in topics if topic not in self.topics))
        self.topics.update(dict.fromkeys(added))
        return added

    def _requested(self, request: dict[str, object], kind: str) -> list[Topic]:
        channels = request.get("channels")
        if not isinstance(channels, list) or not channels:
            if kind == "unsubscribe":
                return self._of_products(request)
            raise _Refusal("No channels provided")
        common = _product_ids(request)
        topics: list[Topic] = []
        for channel in channels:
            name, own = _channel(channel)
            self._check_channel(name)
            product_ids = list(dict.fromkeys(common + own))
            if not product_ids and kind == "unsubscribe":
                topics += [topic for topic in self.topics if topic.channel == name]
                continue
            if not product_ids:
                raise _Refusal(f"You need to specify at least one product ID for channel {name}")
            topics += [Topic(name, self._check_product(product_id)) for product_id in product_ids]
        return topics

    def _of_products(self, request: dict[str, object]) -> list[Topic]:
        """An unsubscribe without channels leaves every channel of its products."""
        product_ids = _product_ids(request)
        if not product_ids:
            raise _Refusal("No channels provided")
        checked = {self._check_product(product_id) for product_id in product_ids}
        return [topic for topic in self.topics if topic.product_id in checked]

    def _check_channel(self, name: str) -> None:
        if name in _LOGIN_CHANNELS:
            raise _Refusal(_LOGIN_REASON)
        if name not in CHANNELS:
            raise _Refusal(f"{name} is not a valid channel")

    def _check_product(self, product_id: str) -> str:
        if product_id not in self._products:
            raise _Refusal(f"{product_id} is not a valid product")
        return product_id

    def _by_channel(self) -> dict[str, list[str]]:
        channels: dict[str, list[str]] = {}
        for topic in self.topics:
            channels.setdefault(topic.channel, []).append(topic.product_id)
        return channels


def _channel(channel: object) -> tuple[str, list[str]]:
    if isinstance(channel, str):
        return channel, []
    if isinstance(channel, dict):
        name = channel.get("name")
        if isinstance(name, str):
            return name, _product_ids(channel)
    raise _Refusal(f"{json.dumps(channel)} is not a valid channel")


def _product_ids(request: dict[str, object]) -> list[str]:
    ids = request.get("product_ids", [])
    if not isinstance(ids, list) or not all(isinstance(product_id, str) for product_id in ids):
        raise _Refusal("product_ids must be a list of product IDs")
    return ids
