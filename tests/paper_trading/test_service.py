"""Paper trading with its real threads, over a market that the test moves."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from time import monotonic_ns

import pytest

from data_feed.status import FeedMode, FeedState
from market.instrument import Instrument
from market.order_book import OrderBook
from market.types import SECOND, Side
from paper_trading import account_history
from paper_trading.errors import BadAccount, PaperClosed, UnknownAccount
from paper_trading.fill_marks import MarkKind
from paper_trading.preparation import PREPARING
from storage.errors import JournalFailed
from storage.journal import database
from tests.paper_trading.harness import BTC, ETH, Gate, Moved, limit, moved, stored, wait_for
from trading.paper.commands import Cancel, Change, Kill, Note, Place, Resume, SetLimits
from trading.paper.events import AutomationStepped
from trading.paper.risk import RiskLimits
from trading.paper.terms import AccountTerms


@pytest.fixture
def desk() -> Iterator[Moved]:
    with moved() as made:
        yield made


# --- orders and views -------------------------------------------------------------------------


def test_an_order_at_market_fills_at_the_quote_and_the_view_shows_it(desk: Moved) -> None:
    outcome = desk.buy(2.0)
    assert (outcome.order, outcome.refusal) == (1, None)
    assert [event.kind for event in outcome.events] == ["order_accepted", "filled", "order_ended"]
    view = desk.view()
    [position], [fill], [order] = view.positions, view.fills, view.orders
    assert (fill.price, fill.size, fill.fee) == (Decimal(101), Decimal(2), Decimal("0.202"))
    assert [position.entry, position.mark, position.unrealised, position.value] == [
        101, 100, -2, 200
    ]  # fmt: skip
    assert (position.opened_by, position.side) == ("Manual", "long")
    assert (order.state, order.live, order.kind) == ("filled", False, "market")
    assert view.cash == Decimal(100_000) - Decimal("202.202")
    assert view.equity == view.cash + 200
    assert view.exposure_percent == pytest.approx(200 / float(view.equity) * 100)
    assert view.seq == outcome.events[-1].seq
    assert view.fees_today == Decimal("0.202")
    assert view.realised_today == 0 and view.fill_count == 1


def test_the_market_marks_positions(desk: Moved) -> None:
    desk.buy(1.0)
    desk.trade(120.0)
    view = desk.until(lambda view: view.positions[0].mark == 120, "the mark")
    assert view.unrealised == 19
    assert view.positions[0].return_percent == pytest.approx(19 / 101 * 100)
    assert view.curve.equity[-1] == float(view.equity)


def test_a_resting_order_fills_when_the_market_trades_through_it(desk: Moved) -> None:
    placed = desk.do(limit(95.0))
    [order] = desk.view().orders
    assert (order.id, order.state, order.live) == (placed.order, "working", True)
    assert order.limit == 95
    desk.trade(94.0)
    view = desk.until(lambda view: bool(view.fills), "the fill")
    [fill] = view.fills
    assert fill.price == 95 and fill.maker and fill.order == placed.order


def test_a_market_order_takes_the_books_levels(desk: Moved) -> None:
    book = OrderBook(100)
    book.replace([(990, 10)], [(1010, 10), (1020, 10)], 1, 1)
    desk.feed.books[BTC] = book
    desk.buy(1.5)
    fills = desk.view().fills
    assert [fill.price for fill in fills] == [102, 101]
    assert [fill.size for fill in fills] == [Decimal("0.5"), 1]


def test_a_bracket_shows_its_stop_and_target(desk: Moved) -> None:
    placed = Place(symbol=BTC, side=Side.BUY, size=1.0, stop_loss=90.0, take_profit=130.0)
    desk.do(placed)
    view = desk.view()
    [position] = view.positions
    orders = {order.id: order for order in view.orders}
    assert position.stop is not None and position.target is not None
    stop, target = orders[position.stop], orders[position.target]
    assert (stop.role, target.role) == ("stop loss", "take profit")
    assert stop.stop == 90 and target.limit == 130
    desk.trade(131.0)
    view = desk.until(lambda view: not view.positions, "the exit")
    assert [order.state for order in view.orders[:2]].count("filled") == 1


def test_orders_are_changed_and_cancelled(desk: Moved) -> None:
    placed = desk.do(limit(95.0))
    assert placed.order is not None
    changed = desk.do(Change(id=placed.order, limit=96.0))
    assert (changed.order, changed.refusal) == (placed.order, None)
    assert desk.view().orders[0].limit == 96
    desk.do(Cancel(placed.order))
    assert desk.view().orders[0].state == "cancelled"
    refused = desk.do(Cancel(placed.order))
    assert refused.refusal is not None and refused.refusal.code == "ended"


def test_the_kill_switch_closes_everything_and_resume_goes_on(desk: Moved) -> None:
    desk.buy(1.0)
    desk.do(limit(95.0))
    desk.do(Kill("page"))
    view = desk.view()
    assert view.positions == () and not any(order.live for order in view.orders)
    assert view.halted is not None and not view.tradable
    refused = desk.buy(1.0).refusal
    assert refused is not None and refused.code == "halted"
    desk.do(Resume("page"))
    assert desk.view().tradable and desk.buy(1.0).refusal is None


def test_limits_and_notes_are_shown(desk: Moved) -> None:
    desk.do(SetLimits(RiskLimits(max_order_value=50.0)))
    assert desk.view().limits.max_order_value == 50
    refused = desk.buy(1.0).refusal
    assert refused is not None and refused.code == "max_order_value"
    desk.do(SetLimits(RiskLimits()))
    desk.buy(1.0)
    desk.do(Note("fill 1", "Too early", ("mistake",)))
    [fill] = desk.view().fills
    assert (fill.note, fill.tags) == ("Too early", ("mistake",))
    rows = desk.paper.journal_rows(1)
    noted = [row for row in rows if row.fill == 1]
    assert [(row.note, row.tags) for row in noted] == [("Too early", ("mistake",))]


def test_rows_of_the_journal_are_paged_newest_first(desk: Moved) -> None:
    for _ in range(3):
        desk.buy(1.0)
    newest = desk.view().seq
    rows = desk.paper.journal_rows(1, limit=4)
    assert [row.seq for row in rows] == [newest, newest - 1, newest - 2, newest - 3]
    assert [row.seq for row in desk.paper.journal_rows(1, before=3)] == [2, 1]
    assert desk.paper.journal_rows(1, before=1) == ()
    assert desk.paper.journal_rows(1, before=2)[0].words.startswith("Main account opened with")


def test_statistics_are_those_of_a_backtest(desk: Moved) -> None:
    desk.buy(1.0)
    desk.quote(109.0, 110.0)
    desk.do(Place(symbol=BTC, side=Side.SELL, size=1.0))
    figures = {each.key: each for each in desk.paper.statistics(1)}
    assert figures["trades"].value == 1
    assert figures["win_rate"].value == 100
    assert figures["fees_paid"].value == pytest.approx(0.101 + 0.109)
    assert figures["beta"].value is None and figures["beta"].note


def test_charts_mark_the_fills_of_the_main_account(desk: Moved) -> None:
    desk.buy(1.0)
    desk.quote(109.0, 110.0)
    desk.do(Place(symbol=BTC, side=Side.SELL, size=1.0))
    assert desk.paper.marks(BTC).kind.tolist() == [MarkKind.ENTRY, MarkKind.PROFIT]
    assert len(desk.paper.marks(ETH).time_ns) == 0


# --- several accounts, several markets ---------------------------------------------------------


def test_accounts_are_apart(desk: Moved) -> None:
    terms = AccountTerms(name="Second", start_capital=Decimal(500), leverage=2.0)
    second = desk.paper.open_account(terms).result(10)
    desk.buy(1.0)
    desk.do(limit(90.0, size=3.0), second)
    assert [order.limit for order in desk.view(second).orders] == [90]
    assert desk.view(second).positions == () and desk.view(second).start_capital == 500
    names = [(row.name, row.market) for row in desk.paper.accounts()]
    assert names[0] == ("Main account", "live") and ("Second", "live") in names
    assert ("Main account", "simulated") in names


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (AccountTerms(name="Main account"), "There is a live account"),
        (AccountTerms(name=" "), "The name was"),
        (AccountTerms(name="Bad", start_capital=Decimal(0)), "capital was"),
        (AccountTerms(name="Bad", leverage=1000.0), "Leverage was"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    desk: Moved, terms: AccountTerms, sentence: str
) -> None:
    with pytest.raises(BadAccount, match=sentence):
        desk.paper.open_account(terms).result(10)


def test_who_asks_for_an_unknown_account_is_told(desk: Moved) -> None:
    with pytest.raises(UnknownAccount, match="account was 77; there are 1, 2"):
        desk.do(Kill("page"), 77)
    with pytest.raises(UnknownAccount):
        desk.paper.account_view(77)


def test_simulated_prices_never_reach_a_live_account(desk: Moved) -> None:
    desk.buy(1.0)
    live = desk.paper.main()
    desk.feed.shows(FeedMode.SIMULATED)
    desk.trade(500.0)
    simulated = desk.buy(1.0)
    assert simulated.account != live and simulated.refusal is None
    assert desk.view(live).positions[0].mark == 100
    refused = desk.do(Place(symbol=BTC, side=Side.BUY, size=1.0), live).refusal
    assert refused is not None
    assert "shows simulated prices; this account trades live ones" in refused.words
    assert not desk.view(live).tradable
    desk.feed.shows(FeedMode.LIVE)
    assert desk.buy(1.0).account == live


def test_a_replay_has_an_account_of_its_own_and_its_own_time(desk: Moved) -> None:
    desk.feed.shows(FeedMode.REPLAY)
    wait_for(lambda: desk.paper.main() == -1, "the replay's account")
    assert desk.buy(1.0).refusal is None and desk.view(-1).temporary
    assert desk.view(-1).fills[0].time_ms == 10**12
    desk.feed.shows(FeedMode.REPLAY)
    wait_for(lambda: desk.paper.main() == -2, "the next one's account")
    wait_for(lambda: not is_known(desk, -1), "the first one's account to go")
    assert all(account.market != "replay" for account in desk.journal.accounts())


def is_known(desk: Moved, number: int) -> bool:
    try:
        desk.paper.account_view(number)
    except UnknownAccount:
        return False
    return True


def test_no_order_is_taken_without_a_price_of_now(desk: Moved) -> None:
    desk.feed.becomes(FeedState.LOST)
    refused = desk.buy(1.0).refusal
    assert refused is not None and "Venue is lost, so there is no price of now" in refused.words
    desk.feed.becomes(FeedState.STREAMING)
    assert desk.buy(1.0).refusal is None


def test_silence_of_the_venue_is_told_to_who_holds_something(desk: Moved) -> None:
    desk.buy(1.0)
    desk.feed.becomes(FeedState.LOST)
    desk.until(lambda view: "is lost" in view.why_not, "the view to say so")
    desk.feed.becomes(FeedState.STREAMING)
    wait_for(lambda: bool(desk.told("market_gap")), "the gap")
    assert "BTC-USD was not heard" in desk.told("market_gap")[0]


# --- keys ---------------------------------------------------------------------------------------


def test_a_command_that_is_sent_twice_is_done_once(tmp_path: Path) -> None:
    command = Place(symbol=BTC, side=Side.BUY, size=1.0, key="abc")
    with moved(stored(tmp_path)) as desk:
        first, again = desk.do(command), desk.do(command)
        assert (again.order, again.again, first.again) == (first.order, True, False)
        assert desk.view().fill_count == 1
        other = desk.do(Place(symbol=BTC, side=Side.BUY, size=2.0, key="abc")).refusal
        assert other is not None and other.code == "key_reused"
        refused = Place(symbol=BTC, side=Side.BUY, size=-1.0, key="bad")
        sentence = desk.do(refused).refusal
    with moved(stored(tmp_path)) as desk:
        assert (desk.do(command).order, desk.view().fill_count) == (first.order, 1)
        again = desk.do(refused)
        assert again.again and again.refusal == sentence


# --- while the engine is compiled ---------------------------------------------------------------


def test_commands_wait_until_the_engine_is_compiled() -> None:
    with moved(started=False) as desk:
        desk.paper.prepare()
        desk.paper.start()
        waiting = [desk.paper.submit(1, limit(price)) for price in (95.0, 96.0)]
        gone = desk.paper.submit(1, limit(94.0))
        view = desk.until(lambda view: not view.tradable, "the view to say so")
        assert view.why_not == PREPARING == desk.paper.preparing == desk.paper.status.preparing
        assert gone.cancel() and not any(each.done() for each in waiting)
        desk.paper.prepared()
        assert [each.result(60).order for each in waiting] == [1, 2]
        view = desk.until(lambda view: view.tradable, "trading to begin")
        assert [order.limit for order in view.orders] == [96, 95]
        assert desk.paper.preparing == desk.paper.status.preparing == ""
        assert desk.buy(1.0).order == 3


def test_what_waits_at_the_end_is_told_so() -> None:
    with moved() as desk:
        desk.paper.prepare()
        waiting = desk.paper.submit(1, limit(95.0))
        desk.paper.close()
        with pytest.raises(PaperClosed):
            waiting.result(10)


# --- events -------------------------------------------------------------------------------------


def test_events_can_be_resumed_after_a_number(desk: Moved) -> None:
    desk.buy(1.0)
    newest = desk.view().seq
    assert [event.seq for event in desk.paper.past(1, 0)] == list(range(1, newest + 1))
    queue = desk.paper.subscribe(1)
    desk.buy(1.0)
    past = desk.paper.past(1, newest - 2)
    queue.passed(1, past[-1].seq)
    desk.buy(1.0)
    seqs = [event.seq for event in (*past, *queue.take())]
    assert seqs == list(range(newest - 1, desk.view().seq + 1))
    desk.paper.unsubscribe(queue)
    desk.buy(1.0)
    assert queue.take() == []
    with pytest.raises(UnknownAccount):
        desk.paper.subscribe(7)


def test_the_past_is_told_in_pages(desk: Moved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_history, "PAGE", 3)
    for _ in range(4):
        desk.buy(1.0)
    pages, after = [], 0
    while page := desk.paper.past(1, after):
        pages.append([event.seq for event in page])
        after = page[-1].seq
    assert {len(page) for page in pages[:-1]} == {3}
    assert [seq for page in pages for seq in page] == list(range(1, desk.view().seq + 1))


async def test_commands_may_be_awaited(desk: Moved) -> None:
    placed = [Place(symbol=BTC, side=Side.BUY, size=1.0) for _ in range(10)]
    outcomes = await asyncio.gather(*(desk.paper.do(1, each) for each in placed))
    assert [outcome.order for outcome in outcomes] == list(range(1, 11))


# --- beginning, end, restart --------------------------------------------------------------------


def test_everything_is_found_again(tmp_path: Path) -> None:
    with moved(stored(tmp_path)) as desk:
        desk.buy(2.0)
        desk.do(limit(95.0))
        desk.do(SetLimits(RiskLimits(max_exposure=5_000.0)))
        desk.do(Note("fill 1", "First"))
        before = desk.view()
    with moved(stored(tmp_path)) as desk:
        after = desk.view()
        assert (after.cash, after.fills, after.limits) == (before.cash, before.fills, before.limits)
        assert after.positions[0].size == 2 and after.orders == before.orders
        assert [row.id for row in desk.paper.accounts()] == [1, 2]
        assert desk.paper.marks(BTC).kind.tolist() == [MarkKind.ENTRY]
        desk.trade(94.0)
        view = desk.until(lambda view: view.fill_count == 2, "the resting order to fill")
        assert view.fills[0].order == 2 and view.fills[0].id == 2
        kinds = [row.kind for row in desk.paper.journal_rows(1)]
        assert kinds.count("session_began") == 2 and kinds.count("session_ended") == 1


def test_after_the_end_nothing_is_taken(desk: Moved) -> None:
    desk.paper.close()
    with pytest.raises(PaperClosed):
        desk.buy(1.0)
    desk.paper.close()


def test_what_nobody_trades_is_not_subscribed_to(desk: Moved) -> None:
    assert desk.feed.hub.wanted == frozenset()
    placed = desk.do(limit(95.0))
    assert {kind.value for kind in desk.feed.hub.wanted} == {"trades", "quotes", "books"}
    assert placed.order is not None
    desk.do(Cancel(placed.order))
    wait_for(lambda: desk.feed.hub.wanted == frozenset(), "the end of the subscription")


def test_a_second_program_on_one_store_says_why_it_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LEAVING_S", 0.1)
    with moved(stored(tmp_path)) as first:
        assert first.view().notice == first.paper.status.notice == ""
        with moved(stored(tmp_path)) as second:
            view = second.view()
            assert view.temporary
            assert view.notice.startswith("Main account cannot be used, what is traded here is ")
            assert "is being traded by another process; stop that one" in view.notice
            wait_for(lambda: second.paper.status.notice != "", "the status")
            assert view.notice in second.paper.status.notice
            assert second.buy(1.0).refusal is None


def test_the_status_tells_how_the_journal_is() -> None:
    gate = Gate()
    with moved(gate) as desk:
        gate.error = JournalFailed("the disk", "it is full")
        desk.paper.submit(1, limit(95.0))
        wait_for(lambda: desk.paper.status.journal.startswith("failing: "), "the failure")
        gate.error = None
        wait_for(lambda: desk.paper.status.journal == "in sync", "the end of it")


def test_closes_that_automations_saw_are_left_out_of_the_journals_rows(desk: Moved) -> None:
    account = desk.paper.account(1)
    step = AutomationStepped(10**18, "a1", 10**18, (), "")

    def seen() -> None:
        account.record([step] * 5)
        account.flush()

    newest = desk.view().seq
    desk.paper.post(seen)
    wait_for(lambda: account.recording.committed == newest + 5, "the steps")
    desk.buy(1.0)
    kinds = [row.kind for row in desk.paper.journal_rows(1, limit=3)]
    assert len(kinds) == 3 and "automation_stepped" not in kinds
    rows = desk.paper.journal_rows(1, limit=8, steps=True)
    assert [row.seq for row in rows] == list(range(desk.view().seq, desk.view().seq - 8, -1))
    assert [row.kind for row in rows].count("automation_stepped") >= 3


# --- what the venue takes, and whether it is heard ----------------------------------------------


def test_the_steps_of_the_venue_hold_and_are_shown(desk: Moved) -> None:
    desk.feed.instruments[BTC] = Instrument(BTC, 0.01, 0.001, 0.0, 10.0)
    refused = desk.buy(0.0015).refusal
    assert refused is not None and refused.code == "step" and "0.001 or 0.002" in refused.words
    desk.do(limit(95.0))
    view = desk.until(lambda view: view.instruments != (), "the steps")
    [shown] = view.instruments
    assert (shown.symbol, str(shown.price_step), str(shown.size_step)) == (BTC, "0.01", "0.001")
    assert shown.least_size is None and shown.least_value == 10


def test_a_quiet_symbol_is_traded_while_its_venue_is_heard(desk: Moved) -> None:
    long_ago = monotonic_ns() - 60 * SECOND
    desk.market[BTC].received_ns = long_ago
    refused = desk.buy(1.0).refusal
    assert refused is not None and refused.code == "stale_after_s"
    desk.feed.heard_ms = 20.0
    assert desk.buy(1.0).refusal is None
    desk.feed.heard_ms = 16_000.0
    refused = desk.buy(1.0).refusal
    assert refused is not None and refused.code == "stale_after_s"
    desk.feed.heard_ms = 20.0
    desk.market[BTC].received_ns = monotonic_ns() - 301 * SECOND
    refused = desk.buy(1.0).refusal
    assert refused is not None and refused.code == "quiet_after_s"
