"""Which tab is told what of which account, with accounts and time in the test's hands."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from server.errors import RequestError
from server.frames_client import FramesClient
from server.frames_protocol import FollowPaper, parse_client_message
from server.paper_teller import PaperTeller
from server.paper_texts import CURVE_EVERY_NS
from server.paper_views import AccountRow, AccountView, EquityCurve
from server.views import LastView
from tests.server.paper_desk import VIEW

SECOND = 1_000_000_000
PARTS = {
    "accounts", "account", "positions", "orders", "fills", "gauges", "automations", "instruments",
    "curve", "quote",
}  # fmt: skip


def view_of(number: int) -> AccountView:
    """An account that never traded."""
    curve = EquityCurve(np.array([1, 2]), np.array([1000.0, 1000.25]))
    return replace(VIEW, id=number, equity=Decimal("1000.25"), cash=Decimal(1000), curve=curve)


class Desk:
    """Two accounts, a teller of them, one tab."""

    def __init__(self) -> None:
        self.views = {1: view_of(1), -1: view_of(-1)}
        self.teller = PaperTeller(self, self.last)
        self.tab = FramesClient()
        self.now = 10 * SECOND
        self.price = 5.0

    def main(self) -> int:
        return 1

    def accounts(self) -> tuple[AccountRow, ...]:
        return tuple(
            AccountRow(number, "Main account", "simulated", "USD", each.equity, True, None, False)
            for number, each in self.views.items()
        )

    def account_view(self, account: int) -> AccountView:
        return self.views[account]

    def last(self, symbol: str) -> LastView:
        if symbol != "BTC-USD":
            raise RequestError(f"symbol was {symbol!r}")
        return LastView(symbol, self.price, 0.0, 1.5, 1, 4.9, None, 1)

    def tick(self, after_ns: int = SECOND // 4) -> None:
        self.now += after_ns
        self.teller.tick(self.now)

    async def told(self) -> dict[str, dict[str, Any]]:
        """What the tab was told and did not take yet, by part."""
        found = {}
        while any(self.tab.waits(f"paper {part}") for part in PARTS):
            _, text, key = await self.tab.next_message()
            message = json.loads(text)
            assert key == f"paper {message['part']}"
            assert message["type"] == "paper"
            found[message["part"]] = message
        return found


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_a_tab_is_told_everything_at_once_and_then_what_changed(desk: Desk) -> None:
    desk.teller.follow(desk.tab, FollowPaper(0, "BTC-USD"))
    told = await desk.told()
    assert set(told) == PARTS
    assert told["account"]["account"] == 1
    assert told["account"]["value"]["equity"] == 1000.25
    assert told["curve"]["value"] == [[1, 2], [1000.0, 1000.25]]
    assert told["quote"]["value"] == {
        "symbol": "BTC-USD", "last": 5.0, "bid": 4.9, "ask": 5.0, "decimals": 1, "change_pct": 1.5,
    }  # fmt: skip
    desk.tick()
    assert await desk.told() == {}
    desk.price = 6.0
    desk.views[1] = replace(desk.views[1], cash=Decimal(999), time_ms=6)
    desk.tick()
    assert set(await desk.told()) == {"account", "quote"}


async def test_the_time_of_a_snapshot_alone_is_no_news(desk: Desk) -> None:
    desk.teller.follow(desk.tab, FollowPaper(1, "BTC-USD"))
    await desk.told()
    desk.views[1] = replace(desk.views[1], time_ms=6)
    desk.tick()
    assert await desk.told() == {}


async def test_the_curve_is_told_now_and_then(desk: Desk) -> None:
    desk.teller.follow(desk.tab, FollowPaper(1, "BTC-USD"))
    await desk.told()
    curve = EquityCurve(np.array([1, 2, 3]), np.array([1000.0, 1000.25, 1001.0]))
    desk.views[1] = replace(desk.views[1], curve=curve)
    desk.tick()
    assert await desk.told() == {}
    desk.now += 10**18  # far beyond the teller's own first look
    desk.tick(CURVE_EVERY_NS)
    assert (await desk.told())["curve"]["value"][0] == [1, 2, 3]


@pytest.mark.parametrize(("wanted", "shown"), [(0, 1), (1, 1), (-1, -1), (7, 1)])
async def test_an_account_that_is_not_there_is_the_main_one(
    desk: Desk, wanted: int, shown: int
) -> None:
    desk.teller.follow(desk.tab, FollowPaper(wanted, "BTC-USD"))
    assert (await desk.told())["account"]["account"] == shown


async def test_an_account_that_goes_while_it_is_shown(desk: Desk) -> None:
    desk.teller.follow(desk.tab, FollowPaper(-1, "BTC-USD"))
    await desk.told()
    del desk.views[-1]
    desk.tick()
    told = await desk.told()
    assert told["account"]["account"] == 1
    assert [row["id"] for row in told["accounts"]["value"]] == [1]


async def test_hidden_tabs_and_tabs_that_left_are_told_nothing(desk: Desk) -> None:
    desk.teller.follow(desk.tab, FollowPaper(1, "BTC-USD"))
    desk.tab.show(False)
    desk.price = 7.0
    desk.tick()
    assert await desk.told() == {}
    desk.tab.show(True)
    desk.teller.follow(desk.tab, FollowPaper(1, ""))
    desk.tick()
    assert await desk.told() == {}


async def test_a_symbol_that_is_followed_no_longer_has_no_quote(desk: Desk) -> None:
    desk.teller.follow(desk.tab, FollowPaper(1, "ETH-USD"))
    assert set(await desk.told()) == PARTS - {"quote"}


def test_what_a_page_says() -> None:
    said = parse_client_message('{"type":"paper","account":-2,"symbol":"BTC-USD"}')
    assert said == FollowPaper(-2, "BTC-USD")
    assert parse_client_message('{"type":"paper"}') == FollowPaper()
