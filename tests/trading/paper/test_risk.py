"""Every rule's refusal with its numbers, what is never refused, and the breakers."""

from dataclasses import replace
from math import inf, nan
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from market.types import DAY, MINUTE, SECOND
from trading.errors import BadLimit
from trading.paper.limit_words import fitting, limit_words, size_words
from trading.paper.risk import Facts, Gauge, Intent, Refusal, RiskLimits, RiskState
from trading.paper.risk_rules import check, gauges, still_tripped, tripped

pytestmark = pytest.mark.kernel

NOW = 20_000 * DAY + 3 * MINUTE
BUY = Intent("BTC-USD", 1, 0.5, 40_000.0)
SELL = changed(BUY, side=-1)
FACTS = Facts(
    time_ns=NOW, equity=100_000.0, currency="USD", own=0.0, own_live=0.0, net=0.0, buys=0.0,
    sells=0.0, exposure=0.0, pending=0.0, bid=39_990.0, ask=40_010.0, mark=40_000.0,
    age_ns=SECOND, own_age_ns=SECOND,
)  # fmt: skip
NONE = RiskLimits(
    price_collar=None,
    stale_after_s=None,
    quiet_after_s=None,
    refuse_crossed=False,
    rejects_in_a_row=None,
)
LONG = changed(FACTS, own=0.5, net=0.5, exposure=20_000.0)


def fresh() -> RiskState:
    state = RiskState(peak=100_000.0, day_start=100_000.0)
    state.mark(100_000.0, NOW)
    return state


def refused(limits: RiskLimits, intent: Intent = BUY, facts: Facts = FACTS) -> Refusal:
    refusal = check(limits, fresh(), intent, facts)
    assert refusal is not None
    return refusal


def taken(limits: RiskLimits, intent: Intent = BUY, facts: Facts = FACTS) -> bool:
    return check(limits, fresh(), intent, facts) is None


def test_what_breaks_no_limit_is_taken() -> None:
    assert taken(RiskLimits())
    assert taken(NONE)
    at_the_limits = replace(
        NONE, max_order_value=20_000, max_order_size={"BTC-USD": 0.5}, max_position_value=20_000,
        max_exposure=20_000, max_daily_loss=0.01, max_drawdown=0.01, orders_per_minute=1,
        price_collar=0.01, stale_after_s=1.0, refuse_crossed=True,
    )  # fmt: skip
    assert taken(at_the_limits, changed(BUY, own=(39_600.0,)))


@pytest.mark.parametrize(
    ("limits", "intent", "facts", "rule", "words"),
    [
        (
            replace(NONE, max_order_value=10_000), BUY, FACTS, "max_order_value",
            "Order refused: order value limit. 20,000 of 10,000 USD. Size 0.2500 BTC fits.",
        ),
        (
            replace(NONE, max_order_size={"BTC-USD": 0.1}), BUY, FACTS, "max_order_size",
            "Order refused: order size limit. 0.5000 of 0.1000 BTC.",
        ),
        (
            replace(NONE, max_position_value=30_000), BUY, LONG, "max_position_value",
            "Order refused: BTC-USD position limit. 40,000 of 30,000 USD. Size 0.2500 BTC fits.",
        ),
        (
            replace(NONE, max_position_values={"BTC-USD": 20_000}, max_position_value=90_000), BUY,
            changed(FACTS, buys=0.5), "max_position_value",
            "Order refused: BTC-USD position limit. 40,000 of 20,000 USD. No size fits.",
        ),
        (
            replace(NONE, max_exposure=50_000), changed(BUY, size=1.31), FACTS, "max_exposure",
            "Order refused: exposure limit. 52,400 of 50,000 USD. Size 1.2500 BTC fits.",
        ),
        (
            replace(NONE, max_exposure=50_000), BUY,
            changed(FACTS, exposure=20_000.0, pending=20_000.0), "max_exposure",
            "Order refused: exposure limit. 60,000 of 50,000 USD. Size 0.2500 BTC fits.",
        ),
        (
            replace(NONE, max_daily_loss=2_000), BUY, changed(FACTS, equity=97_900.0),
            "max_daily_loss", "Order refused: daily loss limit. 2,100 of 2,000 USD.",
        ),
        (
            replace(NONE, max_drawdown=0.05), BUY, changed(FACTS, equity=95_000.0),
            "max_drawdown", "Order refused: drawdown limit. 5 of 5 %.",
        ),
        (
            replace(NONE, price_collar=0.05), changed(BUY, own=(37_600.0,)), FACTS, "price_collar",
            "Order refused: price collar. 37,600 is more than 5 % from the market at 40,000; "
            "allowed is 38,000 to 42,000.",
        ),
        (
            NONE, changed(BUY, own=(400.0,)), FACTS, "price",
            "Order refused: price. 400 is far from the market at 40,000; allowed is 4,000 to "
            "400,000.",
        ),
        (
            NONE, changed(BUY, exits=(4_000_000.0,)), FACTS, "price",
            "Order refused: price. 4,000,000 is far from the market at 40,000; allowed is 4,000 to "
            "400,000.",
        ),
        (
            replace(NONE, stale_after_s=15.0), BUY, changed(FACTS, age_ns=23_400_000_000),
            "stale_after_s",
            "Order refused: stale data. The venue of BTC-USD was heard 23.4 s ago; allowed is "
            "15 s.",
        ),
        (
            replace(NONE, quiet_after_s=300.0), BUY, changed(FACTS, own_age_ns=301_000_000_000),
            "quiet_after_s",
            "Order refused: stale data. The venue told nothing of BTC-USD for 301.0 s; allowed is "
            "300 s.",
        ),
        (NONE, BUY, changed(FACTS, own_age_ns=-1), "no_price",
         "Order refused: BTC-USD has no price yet."),
        (NONE, BUY, changed(FACTS, mark=0.0), "no_price",
         "Order refused: BTC-USD has no price yet."),
        (
            replace(NONE, refuse_crossed=True), BUY, changed(FACTS, bid=40_010.0), "refuse_crossed",
            "Order refused: the book of BTC-USD is crossed, bid 40,010 at or above ask 40,010.",
        ),
    ],
)  # fmt: skip
def test_the_refusal_says_what_it_was_and_what_is_allowed(
    limits: RiskLimits, intent: Intent, facts: Facts, rule: str, words: str
) -> None:
    assert refused(limits, intent, facts) == Refusal(rule, words)


def test_orders_beyond_the_rate_wait_for_the_minute_to_pass() -> None:
    limits, state = replace(NONE, orders_per_minute=2), fresh()
    state.accepted(NOW - 61 * SECOND)
    state.accepted(NOW - 59 * SECOND)
    assert check(limits, state, BUY, FACTS) is None
    state.accepted(NOW)
    words = "Order refused: order rate limit. 2 of 2 in a minute."
    assert check(limits, state, BUY, FACTS) == Refusal("orders_per_minute", words)
    assert check(limits, state, BUY, changed(FACTS, time_ns=NOW + SECOND)) is None
    assert state.in_a_minute(NOW) == 2


def test_a_stopped_account_only_closes() -> None:
    state = fresh()
    state.halt("Trading stopped: by the kill switch.")
    refusal = check(NONE, state, BUY, FACTS)
    assert refusal == Refusal(
        "halted",
        "Order refused. Trading stopped: by the kill switch. Orders that only close positions are "
        "taken.",
    )
    assert check(NONE, state, SELL, LONG) is None
    assert check(NONE, state, changed(SELL, size=0.6), LONG) is not None
    # A second order over the same position would open one.
    assert check(NONE, state, SELL, changed(LONG, own_live=0.1)) is not None
    assert check(NONE, state, changed(SELL, reduce_only=True), changed(LONG, own_live=0.5)) is None


TIGHT = RiskLimits(
    max_order_value=1, max_order_size={"BTC-USD": 1e-8}, max_position_value=1, max_exposure=1,
    max_daily_loss=1, max_drawdown=0.0001, orders_per_minute=1, price_collar=0.001,
    stale_after_s=15,
)  # fmt: skip


@given(
    size=st.floats(1e-8, 10), ratio=st.floats(1, 100), side=st.sampled_from([1, -1]),
    equity=st.floats(0, 100_000), crossed=st.booleans(), price=st.floats(4_001, 399_000),
    reduce_only=st.booleans(), stopped=st.booleans(),
)  # fmt: skip
def test_no_limit_keeps_a_position_from_being_closed(
    size: float, ratio: float, side: int, equity: float, crossed: bool, price: float,
    reduce_only: bool, stopped: bool,
) -> None:  # fmt: skip
    held = -side * size * ratio
    bid = 40_010.0 if crossed else 39_990.0
    facts = changed(FACTS, own=held, net=held, exposure=abs(held) * 4e4, equity=equity, bid=bid)
    facts = changed(facts, bid=40_000.0, ask=40_000.0) if crossed else facts
    intent = Intent("BTC-USD", side, size, price, (price,), (), reduce_only)
    state = fresh()
    state.accepted(NOW)
    if stopped:
        state.halt("Trading stopped.")
    assert check(TIGHT, state, intent, facts) is None
    late = check(TIGHT, state, intent, changed(facts, age_ns=16 * SECOND))
    assert late is not None and late.rule == "stale_after_s"


@given(
    size=st.floats(1e-6, 1_000), price=st.floats(0.01, 1e6), own=st.floats(-100, 100),
    live=st.floats(0, 10), most=st.floats(1, 1e6), side=st.sampled_from([1, -1]),
    rule=st.sampled_from(["max_order_value", "max_position_value", "max_exposure"]),
)  # fmt: skip
@example(2.0, 1.0, 1.9999999999999858, 1.0, 1.0, -1, "max_exposure")  # all but a bit is held
@example(1.0, 1.0, 1.9999999999999858, 1.0, 1.0, -1, "max_exposure")
def test_the_size_that_fits_is_taken(
    size: float, price: float, own: float, live: float, most: float, side: int, rule: str
) -> None:
    limits = replace(NONE, **cast(Any, {rule: most}))
    facts = changed(FACTS,
        own=own, net=own, buys=live, sells=live, own_live=live, exposure=abs(own) * price,
        pending=live * price, bid=price, ask=price, mark=price,
    )  # fmt: skip
    intent = Intent("BTC-USD", side, size, price)
    refusal = check(limits, fresh(), intent, facts)
    if refusal is None:
        return
    assert refusal.rule == rule
    words = refusal.words.partition(" Size ")[2]
    if words:
        fits = float(words.split()[0].replace(",", ""))
        assert 0 < fits < size
        assert check(limits, fresh(), changed(intent, size=fits), facts) is None


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_number_passes_no_limit(value: float) -> None:
    for rule in ("max_order_value", "max_position_value", "max_exposure"):
        refusal = refused(replace(NONE, **cast(Any, {rule: 1e15})), changed(BUY, price=abs(value)))
        assert refusal.rule == rule
        assert refusal.words.endswith("No size fits.")
    assert refused(NONE, changed(BUY, own=(value,))).rule == "price"
    assert refused(NONE, changed(BUY, size=value)) == Refusal(
        "size", f"Order refused: the size was {value}; allowed is above 0."
    )
    assert refused(NONE, changed(BUY, size=0.0)).rule == "size"


def test_losses_and_rejects_trip_once() -> None:
    limits = replace(NONE, max_daily_loss=2_000, max_drawdown=0.05, rejects_in_a_row=3)
    state = fresh()
    assert tripped(limits, state, 98_000.01, "USD") is None
    trip = tripped(limits, state, 98_000.0, "USD")
    assert trip == Refusal(
        "max_daily_loss", "Trading stopped: daily loss limit. 2,000 of 2,000 USD."
    )
    state.mark(103_000.0, NOW + DAY)
    trip = tripped(limits, state, 97_850.0, "USD")
    assert trip is not None and trip.rule == "max_daily_loss"
    trip = tripped(replace(limits, max_daily_loss=None), state, 97_850.0, "USD")
    assert trip == Refusal("max_drawdown", "Trading stopped: drawdown limit. 5 of 5 %.")
    state.halt(trip.words)
    assert tripped(limits, state, 1.0, "USD") is None


def test_rejects_in_a_row_stop_trading() -> None:
    limits, state = replace(NONE, rejects_in_a_row=2), fresh()
    state.refused()
    state.accepted(NOW)
    state.refused()
    assert tripped(limits, state, 1e5, "USD") is None
    state.refused()
    words = "Trading stopped: 2 orders in a row were refused."
    assert tripped(limits, state, 1e5, "USD") == Refusal("rejects_in_a_row", words)
    state.halt(words)
    state.refused()
    state.resume()
    assert state.rejects == 0
    assert tripped(limits, state, 1e5, "USD") is None


def test_trading_goes_on_when_the_loss_is_below_its_limit_again() -> None:
    limits, state = replace(NONE, max_daily_loss=2_000), fresh()
    assert still_tripped(limits, state, 98_001.0, "USD") is None
    assert still_tripped(limits, state, 97_000.0, "USD") == Refusal(
        "max_daily_loss",
        "Trading stays stopped: daily loss limit. 3,000 of 2,000 USD. Raise the limit or wait for "
        "the next UTC day to go on.",
    )
    state.mark(97_000.0, NOW + DAY)
    assert still_tripped(limits, state, 97_000.0, "USD") is None
    drawn = still_tripped(replace(NONE, max_drawdown=0.03), state, 97_000.0, "USD")
    assert drawn is not None and drawn.words.endswith("Raise the limit to go on.")


def test_gauges_tell_what_is_used() -> None:
    state = fresh()
    state.accepted(NOW - SECOND)
    limits = RiskLimits(max_daily_loss=2_000, max_drawdown=0.05, max_position_value=15_000)
    facts = changed(LONG, equity=99_588.0, mark=38_000.0)
    drawdown: Any = pytest.approx(0.412)
    assert gauges(limits, state, facts, "BTC-USD") == (
        Gauge("max_daily_loss", "Daily loss", 412.0, 2_000, "USD"),
        Gauge("max_exposure", "Exposure", 20_000.0, None, "USD"),
        Gauge("max_position_value", "BTC-USD position", 19_000.0, 15_000, "USD"),
        Gauge("orders_per_minute", "Orders per minute", 1, None, ""),
        Gauge("max_drawdown", "Drawdown from peak", drawdown, 5.0, "%"),
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("max_order_value", 0, "max_order_value was 0; allowed is above 0 to 1e+15, or no limit."),
        ("max_exposure", nan, "max_exposure was nan; allowed is above 0 to 1e+15, or no limit."),
        ("max_drawdown", 1.5, "max_drawdown was 1.5; allowed is above 0 to 1, or no limit."),
        (
            "orders_per_minute", 10_001,
            "orders_per_minute was 10001; allowed is 1 to 10,000, or no limit.",
        ),
        (
            "max_order_size", {"BTC-USD": -1.0},
            "max_order_size of BTC-USD was -1.0; allowed is above 0 to 1e+15, or no limit.",
        ),
    ],
)  # fmt: skip
def test_limits_outside_their_bounds_are_refused(name: str, value: object, words: str) -> None:
    with pytest.raises(BadLimit) as caught:
        RiskLimits(**{name: value})  # type: ignore[arg-type]
    assert str(caught.value) == words


def test_the_time_of_every_order_counts_up_to_the_highest_rate() -> None:
    state = fresh()
    for number in range(12_000):
        state.accepted(NOW + number)
    assert state.in_a_minute(NOW + 12_000) == 10_000
    assert state.too_many(10_000, NOW + 12_000)
    assert not state.too_many(10_000, NOW + MINUTE + 12_000)


def test_numbers_in_sentences() -> None:
    assert limit_words("exposure", 50_000.2, 50_000, "USD") == (
        "exposure limit. 50,000.20 of 50,000.00 USD."
    )
    assert limit_words("daily loss", 12, 10, "USD") == "daily loss limit. 12.00 of 10.00 USD."
    assert size_words(0.25) == "0.2500" and size_words(1e-8) == "0.00000001"
    assert fitting(1234.56789, "SOL-USD") == "Size 1,234.5678 SOL fits."
    assert fitting(0.000123456789, "BTC-USD") == "Size 0.00012345 BTC fits."
    assert fitting(0.0, "BTC-USD") == fitting(-1.0, "BTC-USD") == "No size fits."
