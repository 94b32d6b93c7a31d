"""What queries ask for, and the facts of the market that go with it."""

from dataclasses import replace

import pytest

from chart_acceleration.chart_data import NO_MARKERS
from chart_acceleration.elements import AxisKind, ChartStyle, HorizontalLine
from data_feed.status import FeedMode
from market.types import Interval
from server.chart_request import LIVE, ChartRequest, chart_request, elements_query
from server.errors import RequestError
from server.market_facts import FactsReader, MarketFacts
from server.studies import ChosenIndicator
from server.views import ChartQuery, ElementsQuery
from tests.server.harness import BTC, MINUTE_NS, START_NS, HandFeed, HandMarket

NOW_NS = START_NS + 29 * MINUTE_NS + 1_234_567_890


@pytest.fixture
def hand() -> HandMarket:
    made = HandMarket()
    made.minutes(BTC, 30)
    made.quote(BTC, 101.5, 102.5)
    return made


def asked(hand: HandMarket, **elements: object) -> ChartRequest:
    return chart_request(
        hand.market,
        ChartQuery("BTC-USD", elements=ElementsQuery(**elements)),  # type: ignore[arg-type]
    )


def test_query_becomes_a_view_and_what_goes_with_it(hand: HandMarket) -> None:
    request = asked(
        hand,
        style="hollow",
        axis="log",
        zone="Asia/Tokyo",
        volume=False,
        indicators=("sma:20,rsi",),
        lines=("100",),
        quote=True,
        countdown=True,
        trades=True,
    )
    elements = request.spec.elements
    assert (elements.style, elements.axis) == (ChartStyle.HOLLOW, AxisKind.LOG)
    assert (elements.zone, elements.volume) == ("Asia/Tokyo", False)
    assert [study.title for study in elements.studies] == ["SMA 20", "RSI 14"]
    assert elements.drawings == (HorizontalLine(100.0),)
    assert [each.key for each in request.indicators] == ["sma", "rsi"]
    assert (request.quote, request.countdown, request.trades) == (True, True, True)


def test_plain_query_is_the_plain_chart(hand: HandMarket) -> None:
    request = asked(hand)
    assert request == ChartRequest(request.spec)
    assert (request.spec.interval, request.spec.bars) == (Interval.M1, 120)
    assert request.spec.elements.studies == ()


def test_parameters_too_near_for_a_title_are_two_charts(hand: HandMarket) -> None:
    near = [asked(hand, indicators=(f"bollinger:20:{width}",)) for width in ("2", "2.0000001")]
    assert near[0].spec == near[1].spec
    assert near[0] != near[1]


def test_rows_reach_back_for_what_depends_on_earlier_candles(hand: HandMarket) -> None:
    assert asked(hand).rows == 121
    assert asked(hand, style="heikin-ashi").rows == 220
    assert asked(hand, indicators=("ichimoku",)).rows == 145


def test_moved_keeps_everything_else(hand: HandMarket) -> None:
    request = asked(hand, indicators=("sma:20",), countdown=True)
    moved = request.moved(60, 25)
    assert (moved.spec.bars, moved.spec.end) == (60, 25)
    assert moved == replace(request, spec=replace(request.spec, bars=60, end=25))


def test_address_of_a_page_fills_in_what_it_does_not_say() -> None:
    assert elements_query({}) == LIVE
    assert elements_query({"symbol": "X", "foo": ["1", "2"]}) == LIVE
    assert elements_query({"style": "line", "countdown": "No"}) == replace(
        LIVE, style="line", countdown=False
    )
    assert elements_query({"indicators": ""}).indicators == ()
    assert elements_query({"indicators": ["rsi", "SMA(7)"]}).indicators == ("rsi:14", "sma:7")
    assert elements_query({"quote": ["0", "1"]}).quote is True


def test_canonical_texts_of_an_address_fit_a_message() -> None:
    most = ",".join(f"stochastic_rsi:{n}:2000:2000:2000" for n in range(1000, 1012))
    texts = elements_query({"indicators": most}).indicators
    assert len(texts) == 12
    assert all(text.isascii() for text in elements_query({"indicators": "sma:２０"}).indicators)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"style": "pie"}, "style was 'pie'; allowed are candles, hollow, bars, heikin-ashi, line"),
        ({"axis": ""}, "axis was ''; allowed are linear, log, percent"),
        ({"zone": "../etc"}, "zone was '../etc'; allowed is an IANA name like Europe/Berlin"),
        ({"volume": "?"}, "volume was '?'; allowed are true, 1, yes, false, 0, no"),
        ({"indicators": "sma:0"}, "period was 0; allowed is a whole number from 1 to 5,000"),
        ({"lines": "x"}, "line was 'x'; allowed are PRICE"),
    ],
)
def test_address_that_cannot_be_is_refused(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        elements_query(given)
    assert str(refused.value).startswith(sentence)


# --- facts ------------------------------------------------------------------------------------


def facts(hand: HandMarket, request: ChartRequest, feed: HandFeed | None = None) -> MarketFacts:
    status = (feed or HandFeed()).status_of
    reader = FactsReader(hand.market, status, lambda _: NO_MARKERS, clock=lambda: NOW_NS)
    return reader.read(request, picture=True)


def test_facts_are_only_read_when_asked_for(hand: HandMarket) -> None:
    plain = facts(hand, asked(hand))
    assert (plain.bid, plain.ask, plain.now_ns, plain.fills) == (None, None, None, 0)
    assert (plain.furniture.quote_lines, plain.furniture.countdown) == (False, False)
    full = facts(hand, asked(hand, quote=True, countdown=True, trades=True))
    assert (full.bid, full.ask) == (101.5, 102.5)
    assert (full.furniture.quote_lines, full.furniture.countdown) == (True, True)


def test_now_is_a_whole_second(hand: HandMarket) -> None:
    now = facts(hand, asked(hand, countdown=True)).now_ns
    assert now == NOW_NS // 1_000_000_000 * 1_000_000_000


def test_now_of_a_recording_is_that_of_its_newest_trade(hand: HandMarket) -> None:
    feed = HandFeed()
    feed.state = replace(feed.state, mode=FeedMode.REPLAY)
    assert (
        facts(hand, asked(hand, countdown=True), feed).now_ns == START_NS + 29 * MINUTE_NS + 10**9
    )
    empty = chart_request(
        hand.market, ChartQuery("ETH-USD", elements=ElementsQuery(countdown=True))
    )
    assert facts(hand, empty, feed).now_ns is None


def test_history_has_no_countdown(hand: HandMarket) -> None:
    request = asked(hand, countdown=True).moved(10, 20)
    assert facts(hand, request).now_ns is None


def test_without_a_quote_there_are_no_lines_for_it(hand: HandMarket) -> None:
    query = ChartQuery("ETH-USD", elements=ElementsQuery(quote=True))
    assert facts(hand, chart_request(hand.market, query)).bid is None


def test_chosen_indicators_are_part_of_the_request(hand: HandMarket) -> None:
    assert asked(hand, indicators=("ema:9",)).indicators == (ChosenIndicator("ema", (9,)),)
