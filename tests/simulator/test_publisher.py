import json
from typing import Any

from data_feed.protocol import Malformed, Refused
from data_feed.simulator.exchange import SimulatedExchange
from data_feed.simulator.products import products_for
from data_feed.simulator.publisher import Publisher
from data_feed.simulator.session import CHANNELS, Topic
from data_feed.venues.coinbase import CoinbaseParser
from market.types import SECOND, Trade

START = 1_790_000_040 * SECOND
PRODUCTS = products_for(["BTC-USD", "LTC-USD"])
BITCOIN_BOOK = Topic("level2_batch", "BTC-USD")

Levels = dict[tuple[str, str], str]


def levels_of(snapshot: dict[str, Any]) -> Levels:
    names = {"bids": "buy", "asks": "sell"}
    return {(names[n], price): size for n in names for price, size in snapshot[n]}


def apply(levels: Levels, update: dict[str, Any]) -> None:
    for side, price, size in update["changes"]:
        levels[side, price] = size
        if float(size) == 0:
            del levels[side, price]


def test_snapshot_and_updates_rebuild_the_book_exactly() -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    publisher = Publisher(exchange)
    exchange.advance(START + 5 * SECOND)
    list(publisher.books([]))
    greeting = publisher.greeting(BITCOIN_BOOK)
    assert greeting is not None
    levels = levels_of(json.loads(greeting))
    for _ in range(200):
        exchange.advance(exchange.now_ns + SECOND // 20)
        for topic, text in publisher.books([BITCOIN_BOOK]):
            assert topic == BITCOIN_BOOK
            apply(levels, json.loads(text))
    now = publisher.greeting(BITCOIN_BOOK)
    assert now is not None
    assert levels == levels_of(json.loads(now))


def test_the_venues_parser_reads_every_frame() -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    publisher = Publisher(exchange)
    matches = exchange.advance(START + 20 * SECOND)
    wanted = [Topic(channel, p.symbol) for channel in CHANNELS for p in PRODUCTS]
    frames = [*publisher.trades(matches, wanted), *publisher.books(wanted)]
    texts = [text for _, text in frames + list(publisher.heartbeats(wanted))]
    texts += [text for topic in wanted if (text := publisher.greeting(topic)) is not None]
    parser = CoinbaseParser()
    events = [event for text in texts for event in parser.receive(text, START)]
    assert not [event for event in events if isinstance(event, Malformed | Refused)]
    trades = [event for event in events if isinstance(event, Trade)]
    decimals = {product.symbol: product.price_decimals for product in PRODUCTS}
    assert trades[: len(matches)] == [
        Trade(
            match.symbol,
            match.trade_id,
            match.time_ns,
            match.price / 10 ** decimals[match.symbol],
            match.size / 10**8,
            match.taker_side,
        )
        for match in matches
    ]


def test_only_wanted_topics_are_written() -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    publisher = Publisher(exchange)
    matches = exchange.advance(START + 20 * SECOND)
    wanted = [Topic("matches", "LTC-USD"), Topic("ticker", "BTC-USD")]
    frames = list(publisher.trades(matches, wanted))
    litecoin = [match for match in matches if match.symbol == "LTC-USD"]
    assert sum(topic == wanted[0] for topic, _ in frames) == len(litecoin)
    assert sum(topic == wanted[1] for topic, _ in frames) == len(matches) - len(litecoin)
    assert {json.loads(text)["type"] for _, text in frames} == {"match", "ticker"}
    assert list(publisher.trades(matches, [])) == []


def test_ticker_shows_the_trade_and_the_day() -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    matches = exchange.advance(START + 20 * SECOND)
    topic = Topic("ticker", "BTC-USD")
    *_, (_, text) = Publisher(exchange).trades(matches, [topic])
    ticker = json.loads(text)
    assert float(ticker["best_bid"]) < float(ticker["best_ask"])
    assert float(ticker["low_24h"]) <= float(ticker["open_24h"]) <= float(ticker["high_24h"])
    assert 0 < float(ticker["volume_24h"]) < float(ticker["volume_30d"])


def test_greetings_of_a_market_that_has_not_traded_are_only_books() -> None:
    publisher = Publisher(SimulatedExchange(PRODUCTS, 7, START))
    assert publisher.greeting(Topic("matches", "BTC-USD")) is None
    assert publisher.greeting(Topic("ticker", "BTC-USD")) is None
    assert publisher.greeting(BITCOIN_BOOK) is not None


def test_greetings_repeat_the_last_trade() -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    publisher = Publisher(exchange)
    last = exchange.advance(START + 30 * SECOND)[-1]
    match = json.loads(publisher.greeting(Topic("matches", last.symbol)) or "")
    ticker = json.loads(publisher.greeting(Topic("ticker", last.symbol)) or "")
    assert (match["type"], match["trade_id"]) == ("last_match", last.trade_id)
    assert (ticker["type"], ticker["trade_id"]) == ("ticker", last.trade_id)
    assert publisher.greeting(Topic("heartbeat", last.symbol)) is None


def test_heartbeats_name_the_last_trade() -> None:
    exchange = SimulatedExchange(PRODUCTS, 7, START)
    exchange.advance(START + 5 * SECOND)
    topic = Topic("heartbeat", "BTC-USD")
    ((sent_to, text),) = Publisher(exchange).heartbeats([topic])
    assert sent_to == topic
    assert json.loads(text)["last_trade_id"] == exchange.listings["BTC-USD"].trade_id
