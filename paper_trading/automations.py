"""The automations of one account: they watch candles close, decide, and place through its core."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from market.market import Market
from market.types import SECOND, Candle, Interval, Trade
from paper_trading.account_hand import AccountHand
from paper_trading.automation_candles import HistoryFiles, closed_before, closed_since
from paper_trading.automation_run import (
    Automated,
    newest_run,
    run_name,
    run_terms,
    step_of,
    stepped,
)
from paper_trading.live_account import AccountKey
from trading.decisions import Strategy
from trading.errors import BadStrategy
from trading.paper.automation import LiveRun, RunTerms, live_run
from trading.paper.closes import Closes
from trading.paper.commands import CancelAll, CloseAll, Command, SetAutomation
from trading.paper.core import AccountCore
from trading.paper.events import AutomationRemoved, AutomationSet, AutomationStepped, Event
from trading.paper.terms import AutomationState
from trading.shelf import strategies

__all__ = ["AutomationTools", "Automations", "TradedAccount"]

log = logging.getLogger(__name__)

RETRY_NS = SECOND
"""How often it is looked whether the history of a symbol has come."""
FAR_NS = 2**62


class TradedAccount(Protocol):
    """What automations need of :class:`paper_trading.live_account.LiveAccount`."""

    @property
    def core(self) -> AccountCore:
        """How the account stands."""

    def do(self, command: Command, time_ns: int) -> tuple[int, Sequence[Event]]:
        """Do ``command``: its events, the seq of the first before them."""

    @property
    def key(self) -> AccountKey:
        """What it is called by."""

    def record(self, events: Sequence[Event]) -> int:
        """Have ``events`` journaled."""


@dataclass(frozen=True, slots=True)
class AutomationTools:
    """What the automations of all accounts share.

    ``ready`` says whether the candles of a ring have come; ``steps`` are the steps, by owner, that
    the journal of an account has.
    """

    market: Market
    files: HistoryFiles
    ready: Callable[[str, Interval], bool]
    steps: Callable[[TradedAccount], Mapping[str, Sequence[AutomationStepped]]]


class Automations:
    """For the runner's thread. ``symbols`` are those whose trades it has to hear of.

    ``look`` gives the account the newest prices of a symbol.
    """

    def __init__(
        self, account: TradedAccount, tools: AutomationTools, look: Callable[[str, int], object]
    ) -> None:
        self.symbols: frozenset[str] = frozenset()
        self._account = account
        self._tools = tools
        self._look = look
        self._runs: dict[str, Automated] = {}
        self._waiting: dict[str, AutomationSet] = {}
        self._known: Mapping[str, Sequence[AutomationStepped]] | None = None
        self._begun = False
        self._due: dict[str, int] = {}
        self._retry_ns = 0

    # --- beginning and end ----------------------------------------------------------------------

    def begin(self, time_ns: int) -> None:
        """The account's market is shown: go on with what runs."""
        self._begun = True
        if self._known is None:
            running = bool(self._account.core.records.automations)
            self._known = dict(self._tools.steps(self._account)) if running else {}
        for each in self._runs.values():
            each.closes = Closes(each.setting.symbols, each.interval.nanoseconds, time_ns)
        for setting in self._account.core.records.automations.values():
            self._set(setting, time_ns)

    def end(self, time_ns: int) -> None:
        """It is not shown any more: nothing closes until the next :meth:`begin`."""
        self._begun = False
        self._waiting.clear()
        self._listen()

    def changed(self, event: AutomationSet | AutomationRemoved) -> None:
        """An automation was set or removed by a command."""
        if isinstance(event, AutomationRemoved):
            self._drop(event.owner)
        elif self._begun:
            self._set(event, event.time_ns)
        if isinstance(event, AutomationSet) and event.state == "stopped":
            self._leave(event.owner, event.time_ns)

    # --- the market -----------------------------------------------------------------------------

    def trade(self, trade: Trade, time_ns: int) -> None:
        """A trade of one of ``symbols``, after the core saw it."""
        symbol, traded_ns = trade.symbol, trade.time_ns
        if traded_ns < self._due.get(symbol, FAR_NS):
            return
        for each in tuple(self._runs.values()):
            if symbol in each.setting.symbols:
                closed_ns = each.closes.trade(symbol, traded_ns)
                if closed_ns is not None:
                    self._step(each, closed_ns, time_ns)
        self._listen()

    def clock(self, time_ns: int) -> None:
        """Time passed."""
        if self._waiting and time_ns >= self._retry_ns:
            for setting in tuple(self._waiting.values()):
                self._set(setting, time_ns)
        for each in tuple(self._runs.values()):
            closed_ns = each.closes.clock(time_ns)
            if closed_ns is not None:
                self._step(each, closed_ns, time_ns)
        self._listen()

    def next_ns(self) -> int | None:
        """When :meth:`clock` is to be called at the latest."""
        times = [each.closes.next_ns for each in self._runs.values()] if self._begun else []
        if self._waiting:
            times.append(self._retry_ns)
        return min(times, default=None)

    # ------------------------------------------------------------------------------------------

    def _set(self, setting: AutomationSet, time_ns: int) -> None:
        """Let an automation be in the state that it was set to."""
        known = self._runs.get(setting.owner)
        if setting.state not in ("running", "paused"):
            self._drop(setting.owner)
        elif known is not None:
            known.setting, known.paused = setting, setting.state == "paused"
        elif self._is_ready(setting):
            self._waiting.pop(setting.owner, None)
            self._start(setting, time_ns)
        else:
            self._waiting[setting.owner] = setting
            self._retry_ns = time_ns + RETRY_NS
        self._listen()

    def _is_ready(self, setting: AutomationSet) -> bool:
        interval = Interval.parse(setting.interval)
        return all(self._tools.ready(symbol, interval) for symbol in setting.symbols)

    def _start(self, setting: AutomationSet, time_ns: int) -> None:
        """Begin a run, or go on with the one that the journal knows; fails where that fails."""
        try:
            strategy = _strategy(setting.strategy)
            terms = run_terms(setting, strategy, self._account.core.records.terms)
            steps = newest_run((self._known or {}).get(setting.owner, ()))
            hand = AccountHand(self._account, setting.owner, setting.symbols, self._look)
            hand.begin(time_ns)
            self._runs[setting.owner] = (
                self._gone_on(setting, terms, steps, hand, time_ns)
                if steps
                else self._begun_anew(setting, terms, hand, time_ns)
            )
        except Exception as error:
            log.info("automation %s cannot start", setting.owner, exc_info=True)
            self._fail(setting, error, time_ns)

    def _begun_anew(
        self, setting: AutomationSet, terms: RunTerms, hand: AccountHand, time_ns: int
    ) -> Automated:
        interval = Interval.parse(setting.interval)
        history = closed_before(self._tools.market, setting.symbols, interval, time_ns)
        name = run_name(self._account.key.id, setting.owner, time_ns)
        self._tools.files.put(name, history)
        run = live_run(terms, history, hand)
        begun = self._automated(setting, run, hand, time_ns)
        begun.since_ns = max((_last_ns(each) for each in history.values()), default=-1)
        self._act(begun, run.begin, {}, time_ns, time_ns)
        return begun

    def _gone_on(
        self, setting: AutomationSet, terms: RunTerms, steps: Sequence[AutomationStepped],
        hand: AccountHand, time_ns: int,
    ) -> Automated:  # fmt: skip
        interval, begun_ns = Interval.parse(setting.interval), steps[0].time_ns
        name = run_name(self._account.key.id, setting.owner, begun_ns)
        history = self._tools.files.get(name, setting.symbols)
        if history is None:
            history = closed_before(self._tools.market, setting.symbols, interval, begun_ns)
        run = live_run(terms, history, hand)
        run.recall([step_of(event) for event in steps])
        known = self._automated(setting, run, hand, time_ns)
        starts = [row[1] for event in steps for row in event.candles]
        known.since_ns = max((*starts, *(_last_ns(each) for each in history.values())), default=-1)
        return known

    def _automated(
        self, setting: AutomationSet, run: LiveRun, hand: AccountHand, time_ns: int
    ) -> Automated:
        interval = Interval.parse(setting.interval)
        closes = Closes(setting.symbols, interval.nanoseconds, time_ns)
        paused = setting.state == "paused"
        return Automated(setting, interval, run, hand, closes, -1, paused)

    def _step(self, each: Automated, closed_ns: int, time_ns: int) -> None:
        """Take the candles that have closed; act on the newest. Those before it nobody saw."""
        moments = closed_since(
            self._tools.market, each.setting.symbols, each.interval, each.since_ns, closed_ns
        )
        newest_ns = closed_ns - each.interval.nanoseconds
        try:
            for candles in moments:
                each.run.close(candles)
                each.since_ns = max(candle.time_ns for candle in candles.values())
                ends = each.since_ns + each.interval.nanoseconds
                if each.since_ns == newest_ns and not each.paused:
                    each.hand.begin(time_ns)
                    self._act(each, each.run.act, candles, ends, time_ns)
                else:
                    self._account.record([stepped(each.owner, time_ns, ends, candles, None)])
            each.run.tidy()
        except Exception as error:
            log.info("automation %s cannot go on", each.owner, exc_info=True)
            self._fail(each.setting, error, time_ns)

    def _act(
        self, each: Automated, act: Callable[[], None], candles: Mapping[str, Candle],
        closed_ns: int, time_ns: int,
    ) -> None:  # fmt: skip
        """Whatever happens while it acts, what it was told is kept with the orders it placed."""
        try:
            act()
        finally:
            told = each.run.told
            self._account.record([stepped(each.owner, time_ns, closed_ns, candles, told)])

    def _fail(self, setting: AutomationSet, error: Exception, time_ns: int) -> None:
        """A strategy that cannot go on is paused until somebody starts it, and says why."""
        self._drop(setting.owner)
        self._put(setting, "failed", words_of(error), time_ns)

    def _put(
        self, setting: AutomationSet, state: AutomationState, words: str, time_ns: int
    ) -> None:
        told = msgspec.structs.asdict(setting) | {"state": state, "words": words}
        del told["time_ns"]
        self._account.do(SetAutomation(**told), time_ns)

    def _leave(self, owner: str, time_ns: int) -> None:
        """Cancel its orders and close what it holds."""
        ledger = self._account.core.records.portfolios[owner].ledger
        for symbol, held in ledger.holdings.items():
            if held.size:
                self._look(symbol, time_ns)
        self._account.do(CancelAll(owner=owner), time_ns)
        self._account.do(CloseAll(owner=owner), time_ns)

    def _drop(self, owner: str) -> None:
        """Forget its run, and that there was one: started again it begins anew."""
        self._runs.pop(owner, None)
        self._waiting.pop(owner, None)
        self._known = {name: steps for name, steps in (self._known or {}).items() if name != owner}
        self._listen()

    def _listen(self) -> None:
        """Say what is to be heard, and from when on a trade may close candles."""
        due: dict[str, int] = {}
        for each in self._runs.values() if self._begun else ():
            for symbol in each.setting.symbols:
                due[symbol] = min(due.get(symbol, FAR_NS), each.closes.end_ns)
        self._due = due
        if self.symbols != due.keys():
            self.symbols = frozenset(due)


def words_of(error: Exception) -> str:
    """What a person is told of an error of a strategy."""
    return str(error) or type(error).__name__


def _strategy(key: str) -> Strategy:
    found = strategies().get(key)
    if found is None:
        raise BadStrategy(f"There is no strategy {key!r}; there are {', '.join(strategies())}.")
    return found


def _last_ns(window: object) -> int:
    times = window.time_ns  # type: ignore[attr-defined]
    return int(times[-1]) if len(times) else -1
