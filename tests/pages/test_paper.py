from collections import Counter
from dataclasses import replace
from decimal import Decimal
from types import ModuleType

import dash
import pytest
from dash.exceptions import PreventUpdate

from components import ids
from pages.paper_words import fill_words, size_text
from server.views import FillView
from tests.components.trees import element_ids, texts
from tests.pages.fake_services import EMPTY_PAPER, FILL, LAST, POSITION, FakeServices


def test_page_with_an_empty_account(paper: ModuleType) -> None:
    tree = paper.layout()
    words = texts(tree)
    assert "No open positions" in words and "No fills" in words
    assert "Equity 10,000.00 USD" in words and "PAPER" in words
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


async def test_account_is_marked_at_the_newest_price(paper: ModuleType, fake: FakeServices) -> None:
    fake.paper_now = replace(
        EMPTY_PAPER,
        equity=Decimal("10172.625"),
        unrealised=Decimal("172.625"),
        positions=(POSITION,),
        fills=(FILL,),
    )
    account, positions, fills = (texts(part) for part in await paper.refresh_account(1, None))
    assert "Unrealised +172.62" in account and "Return since start +1.73 %" in account
    assert positions.endswith("BTC-USD Long 0.2500 37,842.5 38,533.0 9,633.25 +172.62 +1.82 %")
    assert fills == "Fills 1 Buy 0.2500 BTC 38,533.5 01:46:40 UTC fee 9.63"


async def test_ticket_shows_both_sides(paper: ModuleType) -> None:
    given = await paper.refresh_ticket(1, "BTC-USD", "0.5")
    assert [texts(part) for part in given[:5]] == [
        "bid 38,532.5 ask 38,533.5",
        "Buy 38,533.5",
        "Sell 38,532.5",
        "Buy 19,266.75 USD Sell 19,266.25 USD",
        "BTC",
    ]
    assert given[5:8] == (None, False, False)
    assert given[8] == ["38,533.0", "+1.62 %", "phone-quote up"]


async def test_ticket_with_a_bad_size(paper: ModuleType) -> None:
    given = await paper.refresh_ticket(1, "BTC-USD", "-1")
    assert texts(given[3]) == "Buy – USD Sell – USD"
    assert given[5:8] == ("Must be above 0.", True, True)


async def test_ticket_without_a_quote_uses_the_last_price(
    paper: ModuleType, fake: FakeServices
) -> None:
    fake.last_now = replace(LAST, bid=None, ask=None)
    given = await paper.refresh_ticket(1, "BTC-USD", "1")
    assert texts(given[0]) == "bid 38,533.0 ask 38,533.0"
    fake.last_now = replace(LAST, bid=None, ask=None, price=None)
    given = await paper.refresh_ticket(1, "BTC-USD", "1")
    assert texts(given[1]) == "Buy –"
    assert given[6:8] == (True, True)


async def test_order_is_filled(paper: ModuleType, fake: FakeServices) -> None:
    mark, message, toasts = await paper.place_order("BTC-USD", "buy", " 1,000.25 ")
    assert fake.calls == [("BTC-USD", "buy", "1000.25")]
    assert (mark, message) == (3, None)
    assert toasts[0]["id"] == "fill-3"
    assert toasts[0]["title"] == "Filled: bought 0.2500 BTC at 38,533.5"
    assert toasts[0]["message"] == "Market order on paper, fee 9.63 USD"


async def test_order_is_refused(paper: ModuleType, fake: FakeServices) -> None:
    fake.refusal = "9 BTC cost 346,797.00 USD, the account has 9,000.00. Size 0.2335 BTC fits."
    mark, message, toasts = await paper.place_order("BTC-USD", "buy", "9")
    assert mark is dash.no_update
    assert texts(message) == f"Order refused {fake.refusal}"
    assert toasts == []


@pytest.mark.parametrize(("clicks", "size"), [(None, "1"), (1, "0"), (1, None)])
async def test_no_order_without_a_click_and_a_size(
    paper: ModuleType, fake: FakeServices, clicks: int | None, size: str | None
) -> None:
    with pytest.raises(PreventUpdate):
        await paper.order(clicks, None, "BTC-USD", size)
    assert fake.calls == []


def test_sizes_keep_their_decimals() -> None:
    assert size_text(Decimal("0.1")) == "0.1000"
    assert size_text(Decimal("0.00001234")) == "0.00001234"
    assert size_text(Decimal("1500")) == "1,500.0000"


def test_fill_says_what_it_realised() -> None:
    sold = FillView(
        4, 1, "ETH-BTC", "sell", Decimal(2), Decimal("0.07"), Decimal("0.1"), Decimal(-3)
    )
    assert fill_words(sold, 5) == (
        "Filled: sold 2.0000 ETH at 0.07000",
        "Market order on paper, fee 0.10 BTC, realised −3.00 BTC",
    )


def test_every_callback_is_async(paper: ModuleType, backtesting: ModuleType) -> None:
    import inspect

    for call in (paper.refresh_account, paper.refresh_ticket, paper.order, backtesting.check):
        assert inspect.iscoroutinefunction(inspect.unwrap(call))


def test_ids_named_by_the_page_exist(paper: ModuleType) -> None:
    named = {ids.PAPER_TICK, ids.PAPER_ORDER, ids.PAPER_BUY, ids.PAPER_SELL, ids.PAPER_SIZE}
    assert named <= set(element_ids(paper.layout()))
