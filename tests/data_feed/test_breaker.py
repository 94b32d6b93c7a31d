"""The circuit breaker, and a loop that leaves a failing venue alone."""

import asyncio
import logging
from dataclasses import replace
from random import Random

import pytest

from data_feed.breaker import CircuitBreaker
from data_feed.connectors import WebSocketConnector
from data_feed.policy import LoopPolicy
from data_feed.socket_loop import SocketLoop
from data_feed.status import BreakerState, FeedCounters, FeedMode, FeedState, FeedStatus
from data_feed.venue_feed import describe
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.types import Symbol
from tests.data_feed.test_socket_loop import Listener, until
from tests.data_feed.venue_server import hangs_up, match, sends, serving

BTC = Symbol("BTC-USD")
POLICY = LoopPolicy(
    silence_s=5.0, base_delay_s=0.001, longest_delay_s=0.001, failures=3, open_s=600.0
)


def test_it_opens_with_the_failure_that_is_one_too_many() -> None:
    breaker = CircuitBreaker(3, 60.0)
    assert [breaker.failed() for _ in range(3)] == [None, None, 60.0]
    assert str(breaker.state) == "open"


def test_half_open_one_attempt_decides() -> None:
    breaker = CircuitBreaker(1, 60.0)
    breaker.failed()
    breaker.attempting()
    assert str(breaker.state) == "half-open"
    assert breaker.failed() == 60.0
    assert str(breaker.state) == "open"
    breaker.attempting()
    breaker.succeeded()
    assert (str(breaker.state), breaker.failures) == ("closed", 0)


def test_data_in_between_forgets_the_failures() -> None:
    breaker = CircuitBreaker(2, 60.0)
    breaker.failed()
    breaker.succeeded()
    assert breaker.failed() is None


def test_zero_never_opens() -> None:
    breaker = CircuitBreaker(0, 60.0)
    assert {breaker.failed() for _ in range(50)} == {None}


async def test_a_venue_that_keeps_failing_is_left_alone_until_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripts = [hangs_up, hangs_up, hangs_up, hangs_up, sends(match(1))]
    async with serving(*scripts) as venue:
        market, listener = Market([BTC], capacity=10), Listener()
        connector = WebSocketConnector(venue.url)
        loop = SocketLoop(CoinbaseParser(), connector, market, listener, POLICY, Random(1))
        task = asyncio.create_task(loop.run())
        with caplog.at_level(logging.ERROR, "data_feed"):
            await until(lambda: loop.progress.breaker is BreakerState.OPEN)
        assert venue.connections == 3
        assert loop.progress.state is FeedState.LOST
        assert "left alone after 3 failures in a row" in caplog.text
        assert loop.progress.retry_at_s is not None
        assert loop.progress.retry_at_s - asyncio.get_running_loop().time() > 500
        loop.retry_now()  # half open: one attempt, which fails
        await until(lambda: venue.connections == 4 and loop.progress.retry_at_s is not None)
        assert str(loop.progress.breaker) == "open"
        loop.retry_now()
        await until(lambda: loop.progress.trades == 1)
        assert str(loop.progress.breaker) == "closed"
        task.cancel()
        await asyncio.wait([task])


async def test_a_connection_that_brought_data_is_no_failure() -> None:
    scripts = [sends(match(number), then=hangs_up) for number in range(1, 7)]
    async with serving(*scripts, sends(match(7))) as venue:
        market = Market([BTC], capacity=10)
        connector = WebSocketConnector(venue.url)
        policy = replace(POLICY, failures=2)
        loop = SocketLoop(CoinbaseParser(), connector, market, Listener(), policy, Random(1))
        task = asyncio.create_task(loop.run())
        await until(lambda: loop.progress.trades == 7)
        assert str(loop.progress.breaker) == "closed"
        task.cancel()
        await asyncio.wait([task])


def test_the_status_says_that_the_venue_is_left_alone() -> None:
    status = FeedStatus(
        FeedMode.LIVE, "Kraken", FeedState.LOST, None, 240.0, 11, "", FeedCounters(),
        breaker=BreakerState.OPEN,
    )  # fmt: skip
    assert describe(status, "no connection", "") == (
        "Kraken: no connection. 10 attempts in a row failed; it is left alone. Next try in 240 s."
    )
