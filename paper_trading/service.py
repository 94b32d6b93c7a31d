"""Paper trading as the server has it: accounts, commands, views, events."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial

from market.market import Market
from paper_trading.account_history import figures, past_events, rows_before
from paper_trading.accounts import Accounts
from paper_trading.answered import Answered, settle
from paper_trading.clock import SteadyClock, Times
from paper_trading.errors import NothingRecorded, UnknownAccount
from paper_trading.event_queues import EventQueue
from paper_trading.fill_marks import NO_MARKS, Marks
from paper_trading.live_account import AutomationsPart, LiveAccount
from paper_trading.market_watch import MarketWatch, WatchedFeed
from paper_trading.preparation import Preparation
from paper_trading.reconcile_views import ReconcileView
from paper_trading.room import Room
from paper_trading.runner import Runner
from paper_trading.views import (
    AccountRow,
    AccountView,
    EventView,
    JournalRow,
    Outcome,
    PaperStatus,
)
from research.views import MetricView
from storage.journal.entry import Journal
from trading.paper.commands import Command
from trading.paper.terms import AccountTerms

__all__ = ["PaperTrading"]

Look = Callable[[str, int], None]

PATIENCE_S = 5.0
"""How long a start waits for a journal that is out of reach before it goes on without views."""


class PaperTrading:
    """All accounts over one feed. Methods may be called from any thread.

    Commands and the market are dealt with in a thread of their own, in the order they come. What
    a command led to is answered once ``journal`` holds it, as are views and events.
    """

    def __init__(
        self,
        feed: WatchedFeed,
        market: Market,
        journal: Journal,
        clock: SteadyClock | None = None,
    ) -> None:
        self._runner = Runner(self._rest)
        self._work = Answered(self._runner)
        self._preparation = Preparation()
        self._clock = clock or SteadyClock()
        self._journal = journal
        self._reconcile: Callable[[int, str], ReconcileView] | None = None
        self._accounts = Accounts(market, journal, self._runner.post, self._restate)
        watch = MarketWatch(feed, market, lambda: self._runner.post(self._market))
        self._room = Room(self._accounts, watch, Times(self._clock), self._preparation)
        self._begun = False

    # --- beginning and end ----------------------------------------------------------------------

    def automate(
        self, make: Callable[[LiveAccount, Look], AutomationsPart],
        reconcile: Callable[[int, str], ReconcileView],
    ) -> None:  # fmt: skip
        """Have every account traded by what ``make`` gives for it too; call before the start.

        ``look(symbol, time_ns)`` gives the account the newest trade, quote and book of a symbol.
        ``reconcile`` answers :meth:`reconcile`.
        """
        self._reconcile = reconcile
        self._accounts.automate = lambda account: make(account, partial(self._look, account))

    def reconcile(self, account: int, owner: str) -> ReconcileView:
        """The newest session of an automation beside a backtest. Takes seconds.

        Raises :class:`UnknownAccount`, :class:`NothingRecorded` where it never ran,
        ``StorageError`` and ``ResearchError``.
        """
        if self._reconcile is None:
            raise NothingRecorded("Nothing trades by itself here.")
        return self._reconcile(account, owner)

    def mark_inputs(self, account: int) -> Future[int]:
        """Have all that the account was given until now told from what it is given later.

        How many events it led to, once the journal has them; raises as :meth:`submit`.
        """
        marked: Future[int] = Future()

        def work() -> None:
            found = self._accounts.find(account)
            found.mark_inputs(lambda seq, error: settle(marked, seq, error))

        self._work.post(work, marked)
        return marked

    def post(self, job: Callable[[], None]) -> None:
        """Have ``job`` done in the thread of the accounts; it must not wait."""
        self._runner.post(job)

    def account(self, account: int) -> LiveAccount:
        """The account itself, for what happens in its thread; raises :class:`UnknownAccount`."""
        return self._accounts.find(account)

    def start(self) -> None:
        """Build the accounts from the journal and begin; returns when all are there."""
        self._runner.start()
        self._work.ask(self._begin).result()
        shown: list[Future[None]] = []
        for account in self._accounts:
            made: Future[None] = Future()
            self._work.post(partial(self._show, account, made), made)
            shown.append(made)
        wait(shown, PATIENCE_S)

    def close(self) -> None:
        """End the sessions, write what waits, close the journal; twice does nothing."""
        if self._work.close():
            return
        self._preparation.end()
        if self._runner.running:
            self._work.ask(self._room.close).result()
            self._accounts.close()
            self._runner.close()
        self._journal.close()

    @property
    def failure(self) -> str | None:
        """What defect of our own was met; None while there was none."""
        return self._runner.failure

    def prepare(self) -> None:
        """Let commands wait until :meth:`prepared`; what is compiled meanwhile is the engine."""
        self._preparation.begin()

    def prepared(self) -> None:
        """The engine is ready: do what has waited. Twice does nothing."""
        self._preparation.end()
        self._runner.post(self._restate)

    @property
    def preparing(self) -> str:
        """What commands wait for, as a sentence; empty while they are done at once."""
        return self._preparation.words

    @property
    def status(self) -> PaperStatus:
        """How paper trading as a whole stands; costs nothing, is a second old at most."""
        return replace(self._room.status, preparing=self._preparation.words)

    # --- accounts -------------------------------------------------------------------------------

    def accounts(self) -> tuple[AccountRow, ...]:
        """Every account, those that trade now first."""
        rows = [_row(view) for view in list(self._room.publisher.views.values())]
        main = self.main()
        return tuple(sorted(rows, key=lambda row: (row.id != main, not row.tradable, row.id)))

    def main(self) -> int:
        """The account that a page shows first: of the market and the currency that are shown."""
        found = self._accounts.of(self._room.sessions.market) or list(self._accounts)
        if not found:
            raise UnknownAccount(0, ())
        return found[0].key.id

    def account_view(self, account: int) -> AccountView:
        """The account as it is now; costs nothing. Raises :class:`UnknownAccount`."""
        publisher = self._room.publisher
        view = publisher.views.get(account)
        if view is None:
            raise UnknownAccount(account, list(publisher.views))
        publisher.looked(account)
        return view

    def open_account(self, terms: AccountTerms) -> Future[int]:
        """Open an account; its id, or :class:`BadAccount`, when its view is there."""
        opened: Future[int] = Future()

        def work() -> None:
            account = self._accounts.open(terms, self._clock.read())
            self._room.join(account)
            number = account.key.id
            self._room.publisher.when_shown(
                account, account.recording.seq, lambda error: settle(opened, number, error)
            )

        self._work.post(work, opened)
        return opened

    def marks(self, symbol: str) -> Marks:
        """Where the main account traded ``symbol``, for charts; costs nothing."""
        try:
            shown = self._room.publisher.marks.get(self.main(), {})
        except UnknownAccount:
            return NO_MARKS
        return shown.get(symbol, NO_MARKS)

    # --- commands -------------------------------------------------------------------------------

    def submit(self, account: int, command: Command) -> Future[Outcome]:
        """Do ``command``; what became of it, a refusal too, once the journal has it.

        While the engine is :attr:`preparing` it waits. As long as it can be cancelled, nothing was
        done. The future raises :class:`UnknownAccount`, :class:`PaperClosed` and ``StorageError``.
        """
        answer: Future[Outcome] = Future()

        def act() -> None:
            self._work.post(lambda: self._room.submit(account, command, answer), answer)

        if not self._preparation.hold(act):
            act()
        return answer

    async def do(self, account: int, command: Command) -> Outcome:
        """The same inside an event loop."""
        return await asyncio.wrap_future(self.submit(account, command))

    # --- events ---------------------------------------------------------------------------------

    def journal_rows(
        self, account: int, before: int | None = None, limit: int = 200, steps: bool = False
    ) -> tuple[JournalRow, ...]:
        """The newest ``limit`` (1 to 1,000) events with a seq below ``before``, newest first.

        ``steps``: with the closes that automations saw. Reads the journal: not for an event loop.
        """
        return rows_before(self._accounts.find(account), before, limit, steps)

    def statistics(self, account: int) -> tuple[MetricView, ...]:
        """The figures of an account as those of a backtest, up to now.

        Takes milliseconds for many fills: not for an event loop.
        """
        return figures(self._accounts.find(account), self.account_view(account))

    def subscribe(
        self, account: int | None = None, wake: Callable[[], None] | None = None
    ) -> EventQueue:
        """A queue of what is journaled from now on; ``wake`` is called, in the runner's thread,
        when there is something in it. Raises :class:`UnknownAccount`.
        """
        if account is not None:
            self._accounts.find(account)
        queue = EventQueue(account, wake=wake)
        self._accounts.queues.add(queue)
        return queue

    def past(self, account: int, after: int) -> list[EventView]:
        """The first events of an account behind ``after``, some hundred at most; empty: no more.

        Reads the journal: not for an event loop. Who reads on from the last one until there is
        nothing, having subscribed before, has missed nothing.
        """
        return past_events(self._accounts.find(account), after)

    def unsubscribe(self, queue: EventQueue) -> None:
        """End a subscription; twice does nothing."""
        self._accounts.queues.remove(queue)

    # ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._accounts.load(self._clock.read())
        self._clock.begin_at(self._accounts.newest_ns)
        self._room.begin()
        self._begun = True

    def _show(self, account: LiveAccount, made: Future[None]) -> None:
        seq = account.recording.seq
        self._room.publisher.when_shown(account, seq, lambda error: settle(made, None, error))

    def _look(self, account: LiveAccount, symbol: str, time_ns: int) -> None:
        self._room.look(account, symbol, time_ns)

    def _market(self) -> None:
        self._room.market()

    def _rest(self) -> float | None:
        return self._room.rest() if self._begun else None

    def _restate(self) -> None:
        self._room.restate()


def _row(view: AccountView) -> AccountRow:
    return AccountRow(
        view.id, view.name, view.market, view.currency, view.equity, view.tradable, view.halted,
        view.temporary,
    )  # fmt: skip
