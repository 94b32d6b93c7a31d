"""Steps of prices and sizes, least sizes and values: what is refused, what is brought to them."""

from dataclasses import replace

import pytest

from market.instrument import Instrument
from market.types import Side
from tests.trading.paper.account import BTC, Account
from trading.engine.records import Kind
from trading.paper.commands import Change, Close, Place, Target
from trading.paper.events import (
    CommandRefused,
    Event,
    Filled,
    OrderAccepted,
    OrderChanged,
    OrderRefused,
)
from trading.paper.grid import fitted, off_price_step, off_size_step, too_small
from trading.paper.tape import Line

pytestmark = pytest.mark.kernel

STEPS = Instrument(BTC, 0.01, 0.001, 0.002, 10.0)
LINE = Line(BTC, 0.001, 60_000.0, price_step=0.01, least_size=0.002, least_value=10.0)
LIMIT = Place(symbol=BTC, side=Side.BUY, size=0.5, kind=Kind.LIMIT, limit=59_000.0)


@pytest.fixture
def account() -> Account:
    made = Account(steps={BTC: 0.0})
    made.trade(60_000.0)
    made.market(STEPS)
    return made


def refused(events: tuple[Event, ...]) -> tuple[str, str]:
    (event,) = events
    assert isinstance(event, OrderRefused | CommandRefused)
    return event.code, event.words


def test_a_figure_off_the_step_is_told_its_neighbours() -> None:
    size = off_size_step(0.12345, LINE)
    assert size is not None
    assert size.words == (
        "Order refused: size. It was 0.12345; sizes of BTC go in steps of 0.001: 0.123 or 0.124."
    )
    price = off_price_step(replace_price(37_600.123), LINE)
    assert price is not None and price.rule == "step"
    assert price.words.endswith(
        "It was 37,600.123; prices of BTC-USD go in steps of 0.01: 37,600.12 or 37,600.13."
    )
    assert off_size_step(0.3, LINE) is None and off_price_step(replace_price(0.07), LINE) is None
    assert off_price_step(replace_price(37_600.123), replace(LINE, price_step=0.0)) is None


def replace_price(price: float) -> Place:
    return Place(symbol=BTC, side=Side.BUY, size=0.5, kind=Kind.LIMIT, limit=price)


def test_what_is_too_small_is_told_the_least() -> None:
    size, value = too_small(0.001, 60_000.0, LINE), too_small(0.002, 4_000.0, LINE)
    assert size is not None and size.words.endswith("It was 0.001 BTC; the least is 0.002.")
    assert value is not None and "It was 8; the least" in value.words
    assert too_small(0.002, 5_000.0, LINE) is None


def test_a_program_is_brought_to_the_steps() -> None:
    asked = Place(
        symbol=BTC, side=Side.BUY, size=0.12399, kind=Kind.LIMIT, limit=59_000.126,
        stop_loss=58_000.004,
    )  # fmt: skip
    found = fitted(asked, LINE)
    assert (found.size, found.limit, found.stop_loss) == (0.123, 59_000.13, 58_000.0)
    assert fitted(LIMIT, LINE) is LIMIT


def test_orders_off_the_steps_are_refused(account: Account) -> None:
    off = Place(symbol=BTC, side=Side.BUY, size=0.1234)
    assert refused(account.do(off))[0] == "step"
    off = Place(symbol=BTC, side=Side.BUY, size=0.1, kind=Kind.LIMIT, limit=59_000.001)
    assert refused(account.do(off))[0] == "step"
    off = Place(symbol=BTC, side=Side.BUY, size=0.1, stop_loss=50_000.001)
    assert "stop loss. It was 50,000.001" in refused(account.do(off))[1]
    assert refused(account.do(Place(symbol=BTC, side=Side.BUY, size=0.001)))[0] == "step"
    assert isinstance(account.do(LIMIT)[0], OrderAccepted)
    assert refused(account.do(Change(id=1, limit=58_000.001)))[1].startswith("Change refused: ")
    assert refused(account.do(Change(id=1, size=0.5001)))[0] == "step"
    assert isinstance(account.do(Change(id=1, limit=58_000.01))[0], OrderChanged)


def test_sizes_that_are_computed_are_cut_to_the_step(account: Account) -> None:
    (accepted, *_) = account.do(Place(symbol=BTC, side=Side.BUY, fraction=0.333))
    assert isinstance(accepted, OrderAccepted)
    assert round(accepted.order.size / 0.001, 6) == round(accepted.order.size / 0.001)
    found = account.do(Target(owner="manual", targets=((BTC, 0.7),)))
    fills = [each for each in found if isinstance(each, Filled)]
    assert fills and all(float(each.size) * 1000 == int(each.size * 1000) for each in fills)


def test_what_is_from_before_the_step_can_be_closed() -> None:
    account = Account(steps={BTC: 0.0})
    account.trade(60_000.0)
    account.do(Place(symbol=BTC, side=Side.BUY, size=0.12345678))
    account.do(Place(symbol=BTC, side=Side.SELL, size=0.01234567, kind=Kind.LIMIT, limit=61_000.0))
    account.market(STEPS)
    account.trade(61_001.0)
    fills = [each for each in account.do(Close(symbol=BTC)) if isinstance(each, Filled)]
    assert [str(each.size) for each in fills] == ["0.11111111"]
    assert not account.core.active


def test_a_target_too_small_to_trade_is_left(account: Account) -> None:
    assert account.do(Target(owner="manual", targets=((BTC, 0.0007),))) == ()
