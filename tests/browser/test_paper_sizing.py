"""What an order on the ticket comes to, asked of the page's own script; and the words for it."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.stand import Stand

pytestmark = pytest.mark.browser
QUOTE = {"symbol": "BTC-USD", "last": 40_000.0, "bid": 39_999.0, "ask": 40_001.0, "decimals": 1}
HEAD = {
    "equity": 100_000.0, "cash": 100_000.0, "exposure": 20_000.0, "currency": "USD",
    "tradable": True, "why_not": "", "halted": None,
    "terms": {"maker_fee_percent": 0.04, "taker_fee_percent": 0.1, "leverage": 2.0},
}  # fmt: skip
VALUES: dict[str, Any] = {
    "side": "buy", "kind": "limit", "mode": "base", "limit": 39_000.0, "stop": None, "trail": None,
    "amount": 0.5, "target": None, "loss": None, "tif": "gtc", "post": False, "reduce": False,
}  # fmt: skip


@pytest.fixture
def figured(stand: Stand, page: Page) -> Any:
    """``figured(side="sell", ...)``: figures and the button's words for the ticket's values."""
    page.goto(stand.url)
    page.wait_for_function("() => window.candlecast?.paperSizing")

    def figure(**changes: Any) -> dict[str, Any]:
        found: dict[str, Any] = page.evaluate(
            """([values, quote, head]) => {
                const { figures, act } = candlecast.paperSizing;
                const found = figures(values, quote, head);
                return { ...found, act: act(values, found, quote) };
            }""",
            [VALUES | changes, QUOTE, HEAD],
        )
        return found

    return figure


def test_limit_order_that_waits(figured: Any) -> None:
    found = figured(loss=38_000.0)
    assert found["act"] == "Buy 0.5000 BTC at 39,000.0"
    assert (found["price"], found["size"], found["value"]) == (39_000, 0.5, 19_500)
    assert found["maker"] is True
    assert found["fee"] == pytest.approx(7.8)
    assert found["risk"] == 500
    assert found["problem"] == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": 40_001.0},  # the ask takes it
        {"side": "sell", "limit": 39_999.0},
        {"tif": "ioc"},
        {"kind": "market"},
    ],
)
def test_orders_that_take_pay_for_it(figured: Any, changes: dict[str, Any]) -> None:
    found = figured(**changes)
    assert found["maker"] is False
    assert found["fee"] == pytest.approx(found["value"] * 0.001)


def test_post_only_never_takes(figured: Any) -> None:
    assert figured(limit=40_001.0, post=True)["maker"] is True


def test_market_orders_stand_at_their_side_of_the_quote(figured: Any) -> None:
    assert figured(kind="market")["price"] == 40_001
    sold = figured(kind="market", side="sell")
    assert (sold["price"], sold["act"]) == (39_999, "Sell 0.5000 BTC at market")


def test_size_by_percent_of_equity(figured: Any) -> None:
    found = figured(mode="percent", amount=10.0)
    assert found["size"] == pytest.approx(10_000 / 39_000, abs=1e-6)
    assert found["size"] <= 10_000 / 39_000


def test_size_by_risk_to_the_stop(figured: Any) -> None:
    assert figured(mode="risk", amount=250.0, loss=38_500.0)["size"] == 0.5
    assert figured(mode="risk", amount=250.0, kind="trail", trail=500.0)["size"] == 0.5


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"limit": None}, "Price needs a number above 0.", "limit"),
        ({"kind": "stop"}, "Trigger needs a number above 0.", "stop"),
        ({"kind": "trail", "trail": -1.0}, "Distance needs a number above 0.", "trail"),
        ({"amount": None}, "Size needs a number above 0.", "size"),
        ({"amount": 0.0}, "Size needs a number above 0.", "size"),
        ({"target": 38_000.0}, "Take profit must be above 39,000.0.", "target"),
        ({"loss": 39_000.0}, "Stop loss must be below 39,000.0.", "loss"),
        ({"side": "sell", "loss": 38_000.0}, "Stop loss must be above 39,000.0.", "loss"),
        ({"mode": "risk"}, "A size by risk needs a stop loss.", "loss"),
    ],
)
def test_what_cannot_be_sent(
    figured: Any, changes: dict[str, Any], sentence: str, field: str
) -> None:
    found = figured(**changes)
    assert (found["problem"], found["field"]) == (sentence, field)


def test_all_that_can_be_ordered(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    page.wait_for_function("() => window.candlecast?.paperSizing")
    held = {"symbol": "BTC-USD", "side": "short", "size": 0.5}
    ask = "([head, held]) => candlecast.paperSizing.largest(head, 40000, 'buy', held ?? undefined)"
    free = page.evaluate(ask, [HEAD, None])
    assert free == pytest.approx(
        180_000 * 0.999 / 40_040, abs=1e-6
    )  # twice the equity, less what is held
    turned = page.evaluate(ask, [HEAD, held])
    assert turned == pytest.approx(
        220_000 * 0.999 / 40_040, abs=1e-6
    )  # the short is bought back too


@pytest.mark.parametrize(
    ("size", "words"),
    [(0.1, "0.1000"), (0.00001234, "0.00001234"), (1500, "1,500.0000"), (0.123456, "0.123456")],
)
def test_sizes_keep_their_decimals(stand: Stand, page: Page, size: float, words: str) -> None:
    page.goto(stand.url)
    page.wait_for_function("() => window.candlecast?.paperWords")
    assert page.evaluate("size => candlecast.paperWords.size(size)", size) == words
