import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_feed.simulator.session import Answer, Session, Topic

PRODUCTS = ("BTC-USD", "ETH-USD")


def ask(session: Session, **request: Any) -> Answer:
    return session.receive(json.dumps(request))


def refusal(answer: Answer) -> str:
    parsed = json.loads(answer.text)
    assert parsed["type"] == "error"
    assert answer.added == ()
    return f"{parsed['message']}: {parsed['reason']}"


def test_channels_by_name_share_the_products() -> None:
    session = Session(PRODUCTS)
    answer = ask(
        session, type="subscribe", product_ids=["BTC-USD"], channels=["ticker", "heartbeat"]
    )
    assert json.loads(answer.text) == {
        "type": "subscriptions",
        "channels": [
            {"name": "ticker", "product_ids": ["BTC-USD"]},
            {"name": "heartbeat", "product_ids": ["BTC-USD"]},
        ],
    }
    assert answer.added == (Topic("ticker", "BTC-USD"), Topic("heartbeat", "BTC-USD"))


def test_channel_as_object_brings_its_own_products() -> None:
    session = Session(PRODUCTS)
    answer = ask(
        session,
        type="subscribe",
        product_ids=["BTC-USD"],
        channels=["matches", {"name": "level2_batch", "product_ids": ["ETH-USD"]}],
    )
    assert answer.added == (
        Topic("matches", "BTC-USD"),
        Topic("level2_batch", "BTC-USD"),
        Topic("level2_batch", "ETH-USD"),
    )


def test_repeated_topics_are_added_once() -> None:
    session = Session(PRODUCTS)
    ask(session, type="subscribe", product_ids=["BTC-USD"], channels=["ticker"])
    answer = ask(
        session, type="subscribe", product_ids=["BTC-USD", "ETH-USD"], channels=["ticker", "ticker"]
    )
    assert answer.added == (Topic("ticker", "ETH-USD"),)


def test_unsubscribe_leaves_named_topics_channels_or_products() -> None:
    session = Session(PRODUCTS)
    everything = {"product_ids": list(PRODUCTS), "channels": ["ticker", "matches", "heartbeat"]}
    ask(session, type="subscribe", **everything)
    ask(session, type="unsubscribe", product_ids=["ETH-USD"], channels=["matches"])
    assert Topic("matches", "ETH-USD") not in session.topics
    assert Topic("matches", "BTC-USD") in session.topics
    ask(session, type="unsubscribe", channels=["ticker"])
    assert {topic.channel for topic in session.topics} == {"matches", "heartbeat"}
    answer = ask(session, type="unsubscribe", product_ids=["BTC-USD"])
    assert json.loads(answer.text)["channels"] == [
        {"name": "heartbeat", "product_ids": ["ETH-USD"]}
    ]


@pytest.mark.parametrize(
    ("request_fields", "text"),
    [
        ({"product_ids": ["BTC-USD"]}, "No channels provided"),
        ({"product_ids": ["BTC-USD"], "channels": []}, "No channels provided"),
        (
            {"channels": ["heartbeat"]},
            "You need to specify at least one product ID for channel heartbeat",
        ),
        (
            {"product_ids": ["BTC-USD", "XXX-USD"], "channels": ["ticker"]},
            "XXX-USD is not a valid product",
        ),
        ({"product_ids": [""], "channels": ["ticker"]}, " is not a valid product"),
        ({"product_ids": ["BTC-USD"], "channels": ["trades"]}, "trades is not a valid channel"),
        ({"product_ids": ["BTC-USD"], "channels": [7]}, "7 is not a valid channel"),
        (
            {"product_ids": ["BTC-USD"], "channels": ["full"]},
            "level2, level3, and full channels now require authentication.",
        ),
        (
            {"product_ids": "BTC-USD", "channels": ["ticker"]},
            "product_ids must be a list of product IDs",
        ),
    ],
)
def test_refusals_say_why_and_change_nothing(request_fields: dict[str, Any], text: str) -> None:
    session = Session(PRODUCTS)
    ask(session, type="subscribe", product_ids=["ETH-USD"], channels=["ticker"])
    before = dict(session.topics)
    answer = ask(session, type="subscribe", **request_fields)
    assert refusal(answer) == f"Failed to subscribe: {text}"
    assert session.topics == before


def test_unsubscribe_of_nothing_is_refused() -> None:
    assert refusal(ask(Session(PRODUCTS), type="unsubscribe")) == (
        "Failed to unsubscribe: No channels provided"
    )


@given(st.text() | st.binary() | st.lists(st.text()) | st.none())
@settings(max_examples=60, deadline=None)
def test_anything_else_is_an_error_and_never_an_exception(message: object) -> None:
    text = message if isinstance(message, str | bytes) else json.dumps(message)
    assert json.loads(Session(PRODUCTS).receive(text).text)["type"] == "error"


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["subscribe", "unsubscribe"])},
        optional={
            name: st.recursive(
                st.none() | st.integers() | st.sampled_from(["ticker", "BTC-USD", "name"]),
                lambda inner: st.lists(inner) | st.dictionaries(st.just("name"), inner),
            )
            for name in ("channels", "product_ids")
        },
    )
)
@settings(max_examples=60, deadline=None)
def test_requests_of_any_shape_are_answered(request_fields: dict[str, Any]) -> None:
    answer = ask(Session(PRODUCTS), **request_fields)
    assert json.loads(answer.text)["type"] in {"error", "subscriptions"}
