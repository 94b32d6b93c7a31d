"""Which tab is told what of a book, when; over the socket, and with time in the test's hands."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

from chart_acceleration.palette import Role, theme
from server.book_reader import BookReader
from server.book_teller import BookTeller
from server.frames_client import FramesClient, Picture
from server.frames_protocol import FollowBook
from tests.server.harness import BTC, ETH, START_NS, HandFeed, HandMarket, Running
from tests.server.tab import open_tab, pixels
from tests.server.test_book_reader import half_tick_book

SECOND = 1_000_000_000


class Desk:
    """A teller over a market filled by hand, and one tab."""

    def __init__(self) -> None:
        self.hand, self.feed = HandMarket(), HandFeed()
        self.feed.books[BTC] = self.book = half_tick_book()
        reader = BookReader(self.hand.market, self.feed, True, clock=lambda: START_NS)
        self.teller = BookTeller(reader)
        self.tab = FramesClient()
        self.now = 10 * SECOND

    def follow(self, **wanted: Any) -> None:
        self.teller.follow(self.tab, FollowBook(BTC, **wanted))

    def tick(self) -> None:
        self.now += SECOND // 10
        self.teller.tick(self.now)

    async def told(self, kind: str) -> dict[str, Any] | None:
        """What the tab was told of this kind and did not take yet."""
        if not self.tab.waits(kind):
            return None
        while True:
            _, text, key = await self.tab.next_message()
            if key == kind:
                found: dict[str, Any] = json.loads(text)
                return found


async def test_a_book_is_told_when_it_changed() -> None:
    desk = Desk()
    desk.follow(levels=2)
    first = await desk.told("book")
    assert first is not None
    assert first["bids"] == [[100.0, 1.0, 1.0], [99.5, 1.001, 2.001]]
    assert (first["symbol"], first["state"], first["step"]) == (BTC, "followed", 0.5)
    desk.tick()
    assert await desk.told("book") is None
    desk.book.change([(500, 3)], [], 1, 3)  # out of sight
    desk.tick()
    assert await desk.told("book") is None
    desk.book.change([(1000, 7)], [], 1, 3)
    desk.tick()
    second = await desk.told("book")
    assert second is not None and second["bids"][0] == [100.0, 0.007, 0.007]
    assert await desk.told("trades") is None


async def test_trades_that_were_not_sent_are_told_again() -> None:
    desk = Desk()
    desk.hand.trade(BTC, START_NS, 100.0)
    desk.follow(trades=20)
    desk.hand.trade(BTC, START_NS + 1, 101.0)
    desk.tick()  # before the first text was taken: it is replaced
    told = await desk.told("trades")
    assert told is not None and [each["number"] for each in told["trades"]] == [1, 0]
    desk.hand.trade(BTC, START_NS + 2, 102.0)
    desk.tick()
    told = await desk.told("trades")
    assert told is not None and [each["price"] for each in told["trades"]] == [102.0]
    desk.tick()
    assert await desk.told("trades") is None
    desk.now += SECOND  # the rate is told once a second
    desk.tick()
    told = await desk.told("trades")
    assert told is not None and told["trades"] == [] and told["next"] == 3


async def test_hidden_and_busy_tabs_are_told_nothing() -> None:
    desk = Desk()
    desk.follow(levels=2)
    await desk.told("book")
    desk.book.change([(1000, 7)], [], 1, 3)
    desk.tab.visible = False
    desk.tick()
    assert not desk.tab.waits("book")
    desk.tab.visible = True
    desk.tab.offer_picture(Picture("patch", b"", (), 0), 1)
    desk.tick()
    assert not desk.tab.waits("book")
    await desk.tab.next_message()
    desk.tick()
    assert desk.tab.waits("book")


async def test_nobody_is_told_what_nobody_follows() -> None:
    desk = Desk()
    desk.follow(levels=2)
    await desk.told("book")
    desk.follow()
    desk.book.change([(1000, 7)], [], 1, 3)
    desk.tick()
    assert not desk.tab.waits("book")


async def test_a_tab_follows_one_symbol_over_the_socket(server: Running) -> None:
    server.feed.books[BTC] = half_tick_book()
    async with open_tab(server) as tab:
        await tab.say(type="book", symbol=BTC, levels=3, trades=5, multiple=2)
        book, trades = await tab.text("book"), await tab.text("trades")
        assert (book["symbol"], book["step"], len(book["bids"])) == (BTC, 1.0, 3)
        assert (trades["symbol"], len(trades["trades"])) == (BTC, 5)
        server.feed.books[BTC].change([(1000, 7)], [], 1, 3)
        assert (await tab.text("book"))["bids"][0] == [100.0, 0.007, 0.007]
        server.hand.trade(BTC, START_NS + 10**15, 123.0)
        while not trades["trades"] or trades["trades"][0]["price"] != 123.0:
            trades = await tab.text("trades")
        await tab.say(type="book", symbol=ETH, levels=3)
        while book["symbol"] != ETH:
            book = await tab.text("book")
        assert book["state"] == "waiting"


async def test_an_unknown_symbol_is_refused_without_closing(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.say(type="book", symbol="DOGE-USD", levels=3)
        refused = await tab.text("book")
        assert refused["state"] == "refused"
        assert "DOGE-USD" in refused["detail"]
        await tab.say(type="book", symbol=BTC, levels=3)
        assert (await tab.text("book"))["symbol"] == BTC


async def test_too_many_levels_close_the_socket(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.say(type="book", symbol=BTC, levels=201)
        assert "200" in (await tab.text("error"))["reason"]
        await tab.connection.wait_closed()
        assert tab.connection.close_code == 1008


async def test_depth_charts_are_drawn_from_the_book(server: Running) -> None:
    address = "/api/depth.webp?symbol=BTC-USD&width=300&height=200"
    async with AsyncClient(base_url=server.url) as client:
        empty = await client.get(address)
        server.feed.books[BTC] = half_tick_book()
        drawn = await client.get(address)
        again = await client.get(address, headers={"If-None-Match": drawn.headers["ETag"]})
        server.feed.books[BTC].invalidate()
        grey = await client.get(address)
        refused = await client.get(f"{address}&span=100")
        unknown = await client.get("/api/depth.webp?symbol=NO-PE")
    assert pixels(empty.content).shape == pixels(drawn.content).shape == (200, 300, 3)
    up = theme("dark").palette[Role.UP]
    coloured = [(pixels(each.content) == up).all(axis=2).any() for each in (drawn, empty, grey)]
    assert coloured == [True, False, False]
    assert again.status_code == 304
    assert empty.headers["X-Depth"] == "{}"
    reading = json.loads(drawn.headers["X-Depth"])
    assert json.loads(again.headers["X-Depth"]) == reading
    bids = [(100.0 - 0.5 * number, 1.0 + number / 1000) for number in range(5)]
    asks = [(101.0 + 0.5 * number, 2.0 + number / 1000) for number in range(5)]
    assert reading["middle"] == (bids[0][0] + asks[0][0]) / 2
    totals = [total for count, total in reading["runs"] for _ in range(count)]
    assert len(totals) == 240
    step = (reading["high"] - reading["low"]) / 240
    for part, total in enumerate(totals):
        price = reading["low"] + (part + 0.5) * step
        below = price < reading["middle"]
        inside = [size for at, size in (bids if below else asks) if (at >= price) == below]
        assert total == pytest.approx(sum(inside), rel=1e-4)
    assert refused.json() == {"error": "span was 100.0; allowed is 0.001 to 99 percent"}
    assert "NO-PE" in unknown.json()["error"]


async def test_rest_gives_the_same_levels_and_trades(server: Running) -> None:
    server.feed.books[BTC] = half_tick_book()
    async with AsyncClient(base_url=server.url) as client:
        book = (await client.get("/api/book?symbol=BTC-USD&levels=2&multiple=1")).json()
        trades = (await client.get("/api/trades?symbol=BTC-USD&limit=3")).json()
        refused = await client.get("/api/book?symbol=BTC-USD&levels=0")
        unknown = await client.get("/api/trades?symbol=BTC-USD&depth=3")
    assert book["asks"] == [[101.0, 2.0, 2.0], [101.5, 2.001, 4.001]]
    assert book["version"] == server.feed.books[BTC].version
    assert [each["price"] for each in trades["trades"]] == [104.0, 101.0, 103.0]
    assert trades["next"] == 61
    assert refused.status_code == 422
    assert refused.json() == {"error": "levels was 0; allowed are 1 to 200"}
    assert "depth is no parameter of trades" in unknown.json()["error"]
