"""Where market and accounts meet: what each account is given, and when to look again."""

from collections.abc import Sequence
from concurrent.futures import Future
from time import monotonic_ns

from data_feed.hub import BookChanged, Gap, Item
from market.errors import UnknownSymbol
from market.types import SECOND, Quote, Trade
from paper_trading.accounts import Accounts
from paper_trading.clock import Times
from paper_trading.command_desk import CommandDesk, symbols_of
from paper_trading.latencies import percentiles
from paper_trading.live_account import LiveAccount
from paper_trading.market_watch import MarketWatch, as_input
from paper_trading.preparation import Preparation
from paper_trading.publisher import Publisher
from paper_trading.sessions import Sessions
from paper_trading.views import NO_STATUS, Outcome, PaperStatus
from trading.paper import events as ev
from trading.paper.commands import Command
from trading.paper.tape import FeedState as Closed
from trading.paper.tape import PassTime

__all__ = ["Room"]

LEAST_NS = 5_000_000
TICK_NS = SECOND
"""How often it is looked at what nothing tells of: the clock, the feed's state, silence."""


class Room:
    """For the runner's thread. ``publisher`` is what shows the accounts."""

    def __init__(
        self, accounts: Accounts, watch: MarketWatch, times: Times, preparation: Preparation
    ) -> None:
        self.status = NO_STATUS
        """Read by any thread, replaced as a whole."""
        self.publisher = Publisher(self.why_not, lambda each: str(each.journal_state), self.now_ns)
        self.sessions = Sessions(accounts, watch, times)
        self._accounts = accounts
        self._watch = watch
        self._times = times
        self._preparation = preparation
        self._desk = CommandDesk(self.publisher)
        self._newest: dict[str, int] = {}
        self._tick_ns = 0
        self._taken_ns = 0
        self._full_ns = 0
        self._trouble = ""

    def begin(self) -> None:
        """The accounts are there: let those trade whose market is shown."""
        for market in ("live", "simulated"):
            if not self._accounts.of(market):
                self._accounts.ensure_main(market, self._times.of(market))
        self._look()
        self._settle()

    def join(self, account: LiveAccount) -> None:
        """A new account."""
        self.sessions.join(account)
        self._settle()

    def market(self) -> None:
        """Give the accounts what has come."""
        items = self._watch.take()
        if self._look():
            self.restate()
        elif items:
            now = self._times.of(self.sessions.market)
            if not self._held_up(now):
                for item in items:
                    self._pass_on(item, now)
            self._taken_ns = now
            for account in self.sessions.trading:
                account.changed = account.changed or bool(account.core.active)
        self._settle()

    def submit(self, number: int, command: Command, answer: Future[Outcome]) -> None:
        """Do ``command`` at the prices of now; raises :class:`UnknownAccount`."""
        self.market()
        account = self._accounts.find(number)
        now, trouble = self.now_ns(account), ""
        for symbol in () if account.trouble else symbols_of(command, account):
            trouble = trouble or self.look(account, symbol, now)
        self._state(account, self.why_not(account) or trouble, now)
        self._desk.submit(account, command, now, answer)
        self._settle()

    def look(self, account: LiveAccount, symbol: str, now_ns: int) -> str:
        """Give ``account`` the newest of ``symbol``; why there is no price of now, or nothing."""
        if account not in self.sessions.trading:
            return ""
        try:
            newest = self._watch.now(symbol)
        except UnknownSymbol:
            return ""  # the core says which there are
        self._tell_steps(account, (symbol,), now_ns)
        for item in newest:
            if not isinstance(item, Trade) or self._is_new(item):
                account.market(item, now_ns)
        account.market(self._watch.heard(symbol, now_ns), now_ns)
        return self._watch.trouble(symbol)

    def now_ns(self, account: LiveAccount) -> int:
        """What time it is for ``account``."""
        return self._times.of(account.key.market)

    def why_not(self, account: LiveAccount) -> str:
        """Why ``account`` can place no orders at all now; empty if it can."""
        failing = account.journal_state.failing
        if failing:
            return f"The journal cannot be written: {failing}"
        waits = self._preparation.words
        return waits or account.trouble or self.sessions.why_not(account) or self._trouble

    def restate(self) -> None:
        """Say anew who may trade, and how the journals are."""
        for account in self._accounts:
            self._state(account, self.why_not(account), self.now_ns(account))
            self.publisher.restate(account)
        half, most = percentiles(account.latencies for account in self._accounts)
        journal = str(self._accounts.journal_state)
        self.status = PaperStatus("", self._accounts.notice, journal, half, most)

    def rest(self) -> float:
        """Look after everything that is due; in how many seconds to look again."""
        mono = monotonic_ns()
        if mono >= self._tick_ns:
            self._tick_ns = mono + TICK_NS
            self._tick()
        wait = self._tick_ns - mono
        for account in self.sessions.trading:
            wait = min(wait, self._due(account, self.now_ns(account)))
        self._settle()
        for account in self._accounts:
            wait = min(wait, self.publisher.refresh(account))
        return max(wait, 0) / SECOND

    def close(self) -> None:
        """End the sessions and hand everything to the journal."""
        self.market()
        self.sessions.close()
        self._watch.close()
        for account in self._accounts:
            account.flush()

    # ------------------------------------------------------------------------------------------

    def _pass_on(self, item: Item, now: int) -> None:
        trading = self.sessions.trading
        if isinstance(item, Trade):
            if self._is_new(item):
                if self.sessions.market == "replay":
                    self._times.heard(item.time_ns)
                    now = self._times.replay_ns
                heard = self._watch.market[item.symbol].received_ns
                for account in trading:
                    account.trade(item, heard, now)
        elif isinstance(item, Quote):
            for account in trading:
                account.market(item, now)
        elif isinstance(item, BookChanged):
            book = as_input(item)
            for account in trading:
                account.market(book, now)
        elif isinstance(item, Gap):
            words = f"{item.trades:,} trades came faster than they could be taken."
            self.sessions.tell_gap(ev.MarketGap(now, "", self._taken_ns or now, now, words))

    def _is_new(self, trade: Trade) -> bool:
        """Whether no account was given ``trade`` or a later one yet."""
        if trade.trade_id <= self._newest.get(trade.symbol, -1):
            return False
        self._newest[trade.symbol] = trade.trade_id
        return True

    def _held_up(self, now: int) -> bool:
        """Whether the accounts stand still since their journal is too far behind."""
        if any(account.journal_full for account in self.sessions.trading):
            self._full_ns = self._full_ns or now
            return True
        if self._full_ns:
            words = "the journal was too far behind."
            began, self._full_ns = self._full_ns, 0
            self.sessions.tell_gap(ev.MarketGap(now, "", began, now, words))
        return False

    def _due(self, account: LiveAccount, now: int) -> int:
        """Do what is due in ``account``; in how many ns it is to be asked again."""
        if account.trouble:
            return TICK_NS
        arrives = account.core.next_ns()
        if arrives is not None and arrives <= now:
            account.market(PassTime(), now)
            arrives = account.core.next_ns()
        times = [arrives]
        automations = account.automations
        if automations is not None:
            acts = automations.next_ns()
            if acts is not None and acts <= now:
                account.guarded(lambda: automations.clock(now))
                acts = automations.next_ns()
            times.append(acts)
        # A replay's time stands still between its trades.
        least = LEAST_NS if account.key.market == "replay" else 0
        return min((max(time - now, least) for time in times if time is not None), default=TICK_NS)

    def _tick(self) -> None:
        if jump := self._times.own.jump():
            self.sessions.tell_jump(jump)
        self._look()
        now = self._times.of(self.sessions.market)
        self._trouble = self._watch.trouble_of_all()
        self.sessions.watch_silence(now)
        for account in self.sessions.trading:
            self._tell_steps(account, account.core.symbols, now)
            for symbol in account.core.active:
                account.market(self._watch.heard(symbol, now), now)
            if account.core.active:
                account.market(PassTime(), now)
                account.changed = True
        self.restate()

    def _tell_steps(self, account: LiveAccount, symbols: Sequence[str], now: int) -> None:
        """Give ``account`` what the venue takes of orders, where that is new to it."""
        for symbol in symbols:
            told = self._watch.feed.instrument(symbol)
            if told is not None and account.instruments.get(symbol) != told:
                account.instruments = {**account.instruments, symbol: told}
                account.market(told, now)
                account.changed = True

    def _look(self) -> bool:
        """Whether another market is shown than before."""
        before = {account.key.id: account for account in self._accounts}
        if not self.sessions.look():
            return False
        self._newest.clear()
        for account in before.values():
            if account not in self._accounts:
                self.publisher.forget(account)
        return True

    @staticmethod
    def _state(account: LiveAccount, words: str, now: int) -> None:
        """Let the core take orders, or say why it takes none."""
        if words != account.closed:
            account.closed = words
            account.market(Closed(words), now)

    def _settle(self) -> None:
        """Hand what happened to the journal, and hear of what matters from now on."""
        symbols: set[str] = set()
        books: set[str] = set()
        for account in self._accounts:
            account.flush()
        for account in self.sessions.trading:
            if not account.trouble:
                symbols.update(account.core.active)
                books.update(account.core.waiting_symbols)
                if account.automations is not None:
                    symbols |= account.automations.symbols
        self._watch.follow(frozenset(symbols), frozenset(books))
