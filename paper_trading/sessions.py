"""Which accounts trade now: those whose market the feed shows, from its first price on."""

import logging
from functools import partial

from data_feed.status import FeedMode
from market.types import SECOND
from paper_trading.accounts import Accounts
from paper_trading.clock import Times
from paper_trading.live_account import LiveAccount
from paper_trading.market_watch import STREAMING, MarketWatch, Scene
from trading.paper import events as ev
from trading.paper.commands import Tell
from trading.paper.terms import AccountTerms, MarketMode

__all__ = ["Sessions"]

log = logging.getLogger(__name__)

_MARKETS: dict[FeedMode, MarketMode] = {
    FeedMode.LIVE: "live", FeedMode.SIMULATED: "simulated", FeedMode.REPLAY: "replay",
}  # fmt: skip
LONG_NS = 5 * SECOND
"""A pause from which on an account with something open is told that it missed the market."""


class Sessions:
    """For the runner's thread. ``trading`` are the accounts that hear of the market now."""

    def __init__(self, accounts: Accounts, watch: MarketWatch, times: Times) -> None:
        self.scene: Scene | None = None
        self.trading: tuple[LiveAccount, ...] = ()
        self._accounts = accounts
        self._watch = watch
        self._times = times
        self._silent: dict[str, int] = {}

    @property
    def market(self) -> MarketMode:
        """What the feed shows, or tries to."""
        return _MARKETS[self._watch.feed.mode]

    def look(self) -> bool:
        """See whether another market is shown than before; what was taken until now is then old."""
        shown = self._watch.scene
        if shown == self.scene:
            return False
        ended = self.scene is not None
        if ended:
            self._end("the feed shows another market now.")
        if self._watch.feed.status().state not in STREAMING:
            return ended
        self._begin(shown)
        return True

    def join(self, account: LiveAccount) -> None:
        """A new account begins to trade if its market is shown."""
        if self.scene is not None and account.key.market == _MARKETS[self.scene.mode]:
            self.trading = (*self.trading, account)
            self._enter(account)

    def why_not(self, account: LiveAccount) -> str:
        """Why ``account`` hears of no market now; empty if it does."""
        if account in self.trading:
            return ""
        if self.scene is None:
            return "There are no prices yet."
        return (
            f"The feed shows {self.market} prices; this account trades {account.key.market} ones."
        )

    def watch_silence(self, now_ns: int) -> None:
        """Tell accounts with something open when a symbol was not heard, once it is again."""
        open_now = {symbol for account in self.trading for symbol in account.core.active}
        for symbol in open_now | self._silent.keys():
            trouble = self._watch.trouble(symbol)
            if trouble:
                self._silent.setdefault(symbol, now_ns)
            elif symbol in self._silent:
                began = self._silent.pop(symbol)
                gap = ev.MarketGap(now_ns, symbol, began, now_ns, "the connection was lost.")
                self.tell_gap(gap)

    def tell_gap(self, gap: ev.MarketGap) -> None:
        """Journal what was missed, for whom it matters to."""
        for account in self.trading:
            active = account.core.active
            if active and (not gap.symbol or gap.symbol in active):
                account.do(Tell(gap), gap.time_ns)

    def tell_jump(self, jump_ns: int) -> None:
        """The wall clock was set by so much."""
        log.warning("the wall clock was put by %.1f s; paper trading goes on", jump_ns / SECOND)
        for account in self.trading:
            now = self._times.of(account.key.market)
            account.do(Tell(ev.ClockJumped(now, now - jump_ns, now)), now)

    def close(self) -> None:
        """The program ends."""
        if self.scene is not None:
            self._end("the program ended.")

    def _begin(self, scene: Scene) -> None:
        market = _MARKETS[scene.mode]
        self.scene = scene
        if market == "replay":
            self._times.replay_ns = self._watch.newest_ns()
            for old in self._accounts.of("replay"):
                self._accounts.drop(old)
            terms = AccountTerms(name="Replay", market="replay", currency=self._accounts.currency)
            self._accounts.open_temporary(terms, self._times.of(market))
        else:
            self._accounts.ensure_main(market, self._times.of(market))
        self.trading = tuple(self._accounts.of(market))
        for account in self.trading:
            account.list_symbols(self._accounts.steps())
            account.instruments = {}
            self._enter(account)

    def _enter(self, account: LiveAccount) -> None:
        now = self._times.of(account.key.market)
        before = account.core.records.time_ns
        if account.core.active and now - before > LONG_NS:
            words = "no prices of it were shown."
            account.do(Tell(ev.MarketGap(now, "", before, now, words)), now)
        account.do(Tell(ev.SessionBegan(now, self._watch.feed.status().venue)), now)
        automations = account.automations
        if automations is not None:
            account.guarded(partial(automations.begin, now))

    def _end(self, why: str) -> None:
        for account in self.trading:
            now = self._times.of(account.key.market)
            automations = account.automations
            if automations is not None:
                account.guarded(partial(automations.end, now))
            account.do(Tell(ev.SessionEnded(now, why)), now)
            account.flush()
        self.scene, self.trading = None, ()
        self._silent.clear()
