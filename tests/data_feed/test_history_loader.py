"""History over a real HTTP connection: what is asked, in which order, and what failures do."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from data_feed.history import CoinbaseHistory
from data_feed.history_loader import HistoryLoader, Missing
from data_feed.loopback import is_loopback
from market.market import Market
from market.types import Interval, Symbol
from tests.market.reference import rows

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
Answer = Callable[[str], tuple[int, object]]


class Rest:
    """Answers GET by a function of the target; keeps what was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.url = ""
        self.opened = 0
        self.closed = asyncio.Semaphore(0)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        # A client that gives up may cut the line.
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split()[1].decode()
                self.asked.append(target)
                status, body = self.answer(target)
                text = json.dumps(body)
                answer = f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}"
                writer.write(answer.encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self.closed.release()


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[Rest]:
    rest = Rest(answer)
    async with await asyncio.start_server(rest.converse, "127.0.0.1", 0) as server:
        rest.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield rest
        for _ in range(rest.opened):
            await rest.closed.acquire()


def trade(number: int, time_s: int = 1_700_000_000) -> dict[str, object]:
    return {
        "trade_id": number, "side": "buy", "size": "1", "price": str(number),
        "time": f"2023-11-14T22:13:{time_s - 1_700_000_000 + 20:02d}Z",
    }  # fmt: skip


def ordinary(target: str) -> tuple[int, object]:
    """Two pages of trades; one candle per question, at the end of what was asked for."""
    if "/trades" in target:
        newest = 20 if "after" not in target else int(target.rpartition("=")[2]) - 1
        return 200, [trade(number) for number in range(newest, max(newest - 10, 0), -1)]
    granularity = int(re.findall(r"granularity=(\d+)", target)[0])
    return 200, [[1_700_000_000 // granularity * granularity, 1, 30, 5, 20, 500]]


def loader(rest: Rest, market: Market) -> tuple[HistoryLoader, list[None]]:
    failures: list[None] = []
    return HistoryLoader(CoinbaseHistory(rest.url), market, lambda: failures.append(None)), failures


async def test_everything_is_asked_for_trades_first() -> None:
    market = Market([BTC, ETH], capacity=50)
    async with answering(ordinary) as rest:
        load, failures = loader(rest, market)
        await load.load_all()
    assert failures == []
    kinds = [target.split("?")[0] for target in rest.asked]
    assert kinds.index("/products/BTC-USD/trades") < kinds.index("/products/BTC-USD/candles")
    assert kinds.count("/products/ETH-USD/trades") == 3
    builder = market[BTC].builder
    assert builder.counters.applied + builder.counters.patched == 20
    assert rows(builder.columns(Interval.M1).snapshot(1))[0][1:] == (
        5.0,
        30.0,
        1.0,
        20.0,
        500.0,
        20,
    )
    assert all(len(builder.columns(interval)) == 1 for interval in Interval)


async def test_after_an_outage_one_page_each_is_enough() -> None:
    market = Market([BTC], capacity=50)
    async with answering(ordinary) as rest:
        load, _ = loader(rest, market)
        await load.refill({BTC: Missing(None, None, candles=True)})
        assert len(rest.asked) == 6
        await load.refill({BTC: Missing(12, None, candles=False)})
        assert rest.asked[-1] == "/products/BTC-USD/trades?limit=1000"
    assert market[BTC].builder.counters.duplicates == 10


@pytest.mark.parametrize("answer", [(404, {"message": "NotFound"}), (200, {"message": "odd"})])
async def test_an_answer_that_is_no_use_is_reported_and_the_rest_goes_on(
    answer: tuple[int, object], caplog: pytest.LogCaptureFixture
) -> None:
    def some(target: str) -> tuple[int, object]:
        return answer if "trades" in target else ordinary(target)

    market = Market([BTC], capacity=50)
    async with answering(some) as rest:
        load, failures = loader(rest, market)
        await load.refill({BTC: Missing(None, None, candles=True)})
    assert len(failures) == 1
    assert "trades of BTC-USD could not be loaded" in caplog.text
    assert len(market[BTC].builder.columns(Interval.D1)) == 1


async def test_a_venue_out_of_reach_is_one_report() -> None:
    market = Market([BTC, ETH], capacity=50)
    rest = Rest(ordinary)
    rest.url = "http://127.0.0.1:9"
    load, failures = loader(rest, market)
    await load.load_all()
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [("ws://127.0.0.1:5", True), ("http://localhost", True), ("http://[::1]:80/x", True),
     ("wss://ws-feed.exchange.coinbase.com", False), ("nonsense", False)],
)  # fmt: skip
def test_this_machine_is_recognised(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
