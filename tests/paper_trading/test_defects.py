"""A defect in an account's core stops that account, and no other."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from market.types import Side
from tests.paper_trading.harness import BTC, Moved, moved, wait_for
from trading.paper.commands import Place, Resume
from trading.paper.core import AccountCore
from trading.paper.terms import AccountTerms


@pytest.fixture
def desk() -> Iterator[Moved]:
    with moved() as made:
        yield made


def broken(desk: Moved, name: str) -> None:
    """Let one method of the first account's core fail; it may be compiled, so none is replaced."""

    class Broken:
        def __getattr__(self, asked: str) -> Any:
            if asked == name:
                raise ZeroDivisionError("a defect")
            return getattr(core, asked)

    account = desk.paper._accounts.find(1)
    core, account.core = account.core, cast(AccountCore, Broken())


def test_an_exception_stops_one_account_and_resume_builds_it_anew(
    desk: Moved, caplog: pytest.LogCaptureFixture
) -> None:
    second = desk.paper.open_account(AccountTerms(name="Second")).result(10)
    desk.buy(1.0)
    broken(desk, "do")
    refused = desk.buy(1.0).refusal
    assert refused is not None and refused.code == "defect" and "a defect" in refused.words
    assert desk.do(Place(symbol=BTC, side=Side.BUY, size=1.0), second).refusal is None
    view = desk.until(lambda view: view.halted is not None, "the halt")
    assert not view.tradable and len(view.positions) == 1
    assert "stands still" in caplog.text
    wait_for(lambda: bool(desk.told("halted")), "the journal to say so")
    desk.do(Resume("page"))
    assert desk.buy(1.0).refusal is None
    assert desk.view().positions[0].size == 2


def test_an_exception_over_the_market_stops_the_account(desk: Moved) -> None:
    desk.buy(1.0)
    broken(desk, "market")
    desk.trade(105.0)
    view = desk.until(lambda view: view.halted is not None, "the halt")
    assert "a defect" in (view.halted or "")
    assert desk.paper.failure is None
