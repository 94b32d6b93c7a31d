import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_feed.simulator.exchange import SimulatedExchange
from data_feed.simulator.products import products_for
from data_feed.simulator.rest import respond
from market.types import SECOND
from tests.simulator.recorded import products

START = 1_790_000_040 * SECOND
EXCHANGE = SimulatedExchange(products_for(["BTC-USD", "ETH-BTC"]), 7, START)
MATCHES = [m for m in EXCHANGE.advance(START + 150 * SECOND) if m.symbol == "BTC-USD"]
NOW = START // SECOND + 150


def ask(target: str) -> Any:
    answer = respond(EXCHANGE, target)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def refused(target: str) -> tuple[int, str]:
    answer = respond(EXCHANGE, target)
    return answer.status, json.loads(answer.body)["message"]


@pytest.mark.parametrize("granularity", [60, 300, 900, 3600, 21600, 86400])
def test_candles_are_newest_first_low_before_high_and_at_most_300(granularity: int) -> None:
    rows = ask(f"/products/BTC-USD/candles?granularity={granularity}")
    times = [row[0] for row in rows]
    assert times == sorted(times, reverse=True)
    assert len(rows) == 300
    assert times[0] == NOW // granularity * granularity
    assert all(time % granularity == 0 for time in times)
    for _, low, high, opened, closed, volume in rows:
        assert low <= min(opened, closed)
        assert high >= max(opened, closed)
        assert volume > 0


def test_newest_candle_ends_with_the_newest_trade() -> None:
    rows = ask("/products/BTC-USD/candles?granularity=60")
    assert rows[0][4] == MATCHES[-1].price / 10


def test_range_is_answered_in_iso_and_in_seconds() -> None:
    by_seconds = ask(
        f"/products/ETH-BTC/candles?granularity=300&start={NOW - 3600}&end={NOW - 1800}"
    )
    assert [row[0] for row in by_seconds] == [
        time for time in range(NOW - 1800, NOW - 3601, -1) if time % 300 == 0
    ]
    iso = ask(
        "/products/BTC-USD/candles?granularity=3600"
        "&start=2026-09-20T00:00:00Z&end=2026-09-20T05:00:00.000%2B00:00"
    )
    assert len(iso) == 6


def test_three_hundred_candles_are_the_longest_range() -> None:
    target = f"/products/BTC-USD/candles?granularity=60&end={NOW}&start="
    assert len(ask(f"{target}{NOW - 300 * 60}")) == 300
    assert refused(f"{target}{NOW - 300 * 60 - 1}")[0] == 400


def test_start_without_end_is_ignored() -> None:
    assert len(ask("/products/BTC-USD/candles?granularity=60&start=2026-09-20T00:00:00Z")) == 300


def test_range_before_all_history_is_empty() -> None:
    assert ask("/products/BTC-USD/candles?granularity=60&start=1000&end=2000") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("granularity=7", "Unsupported granularity"),
        ("granularity=", None),
        ("granularity=60s", "Unsupported granularity"),
        ("granularity=60&start=yesterday&end=2026-01-01", "Invalid start"),
        ("granularity=60&start=2026-01-01&end=x", "Invalid end"),
        ("granularity=60&start=2026-01-02&end=2026-01-01", "End is before start"),
        (
            "granularity=60&start=2026-01-01&end=2026-01-02",
            "granularity too small for the requested time range. "
            "Count of aggregations requested exceeds 300",
        ),
    ],
)
def test_bad_candle_requests_are_refused_with_400(query: str, message: str | None) -> None:
    target = f"/products/BTC-USD/candles?{query}"
    if message is None:
        assert len(ask(target)) == 300  # an empty value counts as not given
    else:
        assert refused(target) == (400, message)


def test_trades_are_newest_first_with_the_makers_side() -> None:
    rows = ask("/products/BTC-USD/trades?limit=5")
    assert [row["trade_id"] for row in rows] == [match.trade_id for match in MATCHES[:-6:-1]]
    last = MATCHES[-1]
    assert rows[0]["side"] == ("sell" if last.taker_side == 1 else "buy")
    assert float(rows[0]["price"]) == last.price / 10
    assert float(rows[0]["size"]) == last.size / 10**8
    assert list(rows[0]) == ["trade_id", "side", "size", "price", "time"]


def test_pages_of_trades_join() -> None:
    first = respond(EXCHANGE, "/products/BTC-USD/trades?limit=1000")
    assert len(json.loads(first.body)) == 1000
    second = ask(f"/products/BTC-USD/trades?limit=1000&after={first.headers['CB-AFTER']}")
    ids = [row["trade_id"] for row in json.loads(first.body) + second]
    assert ids == [match.trade_id for match in MATCHES[::-1]][: len(ids)]
    assert len(ids) > 1000


def test_before_asks_for_newer_trades() -> None:
    known = MATCHES[-4].trade_id
    rows = ask(f"/products/BTC-USD/trades?before={known}")
    assert [row["trade_id"] for row in rows] == [known + 3, known + 2, known + 1]


def test_more_than_a_thousand_trades_are_cut() -> None:
    assert len(ask("/products/BTC-USD/trades?limit=5000")) == 1000
    assert refused("/products/BTC-USD/trades?limit=many") == (400, "Invalid limit")
    assert refused("/products/BTC-USD/trades?after=-1") == (400, "Invalid after")


def test_products_have_the_recorded_fields() -> None:
    listed = ask("/products")
    assert [product["id"] for product in listed] == ["BTC-USD", "ETH-BTC"]
    assert list(listed[0]) == list(products()[0])
    assert listed[0]["quote_increment"] == "0.1"
    assert ask("/products/ETH-BTC") == listed[1]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/products/XXX-USD/candles?granularity=60", "NotFound"),
        ("/products/XXX-USD", "NotFound"),
        ("/products/BTC-USD/fills", "Route not found"),
        ("/products/BTC-USD/candles/7", "Route not found"),
        ("/", "Route not found"),
    ],
)
def test_unknown_things_are_404(target: str, message: str) -> None:
    assert refused(target) == (404, message)


@given(
    st.sampled_from(["", "/products/BTC-USD/candles", "/products/BTC-USD/trades"]),
    st.text(max_size=30),
    st.dictionaries(
        st.sampled_from(["granularity", "start", "end", "limit", "after", "before"]),
        st.text(max_size=8) | st.integers().map(str),
        max_size=3,
    ),
)
@settings(max_examples=60, deadline=None)
def test_any_target_is_answered(path: str, rest: str, query: dict[str, str]) -> None:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = respond(EXCHANGE, f"{path}{rest}?{text}")
    assert answer.status in {200, 400, 404}
    json.loads(answer.body)
