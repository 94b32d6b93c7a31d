"""The automations of one account: they watch candles close, decide, and place through its core."""

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from market.types import SECOND, Candle, Trade
from paper_trading.automation_candles import closed_since
from paper_trading.automation_run import Automated, step_of, stepped
from paper_trading.child_run import ChildRun, Done
from paper_trading.run_starter import AutomationTools, RunStarter, TradedAccount
from trading.paper.closes import Closes
from trading.paper.commands import CancelAll, CloseAll, SetAutomation
from trading.paper.events import AutomationRemoved, AutomationSet, AutomationStepped
from trading.paper.terms import AutomationState

__all__ = ["Automations"]

log = logging.getLogger(__name__)

RETRY_NS = SECOND
"""How often it is looked whether the history of a symbol has come."""
FAR_NS = 2**62


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
        self._starter = RunStarter(account, tools, look)
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
            self._known = dict(self._tools.steps()) if running else {}
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
        elif self._starter.is_ready(setting):
            self._waiting.pop(setting.owner, None)
            self._start(setting, time_ns)
        else:
            self._waiting[setting.owner] = setting
            self._retry_ns = time_ns + RETRY_NS
        self._listen()

    def _start(self, setting: AutomationSet, time_ns: int) -> None:
        """Begin a run, or go on with the one that the journal knows; says why that fails."""
        known = (self._known or {}).get(setting.owner, ())
        try:
            each, steps = self._starter.started(setting, known, time_ns)
            self._runs[setting.owner] = each
            if isinstance(each.run, ChildRun):
                self._start_child(each, each.run, steps, time_ns)
            elif steps:
                each.run.recall([step_of(event) for event in steps])
            else:
                self._act(each, each.run.begin, {}, time_ns, time_ns)
        except Exception as error:
            log.info("automation %s cannot start", setting.owner, exc_info=True)
            self._fail(setting, error, time_ns)

    def _start_child(
        self, each: Automated, run: ChildRun, steps: Sequence[AutomationStepped], time_ns: int
    ) -> None:
        if steps:
            run.recall([step_of(event) for event in steps], self._done(each, ()))
        else:
            begun = stepped(each.owner, time_ns, time_ns, {}, "")
            run.begin(self._done(each, (begun,)))

    def _done(self, each: Automated, events: Sequence[AutomationStepped]) -> Done:
        """What to do when a process has done something: keep the steps, the last with ``told``."""

        def done(told: str, error: Exception | None) -> None:
            if self._runs.get(each.owner) is not each:
                return
            now = each.hand.newest_ns
            if events:
                last = events[-1]
                answered = replace(last, told=None if last.told is None else told)
                kept = [replace(event, time_ns=now) for event in (*events[:-1], answered)]
                self._account.record(kept)
            if error is not None:
                self._fail(each.setting, error, now)

        return done

    def _step(self, each: Automated, closed_ns: int, time_ns: int) -> None:
        """Take the candles that have closed; act on the newest. Those before it nobody saw."""
        moments = closed_since(
            self._tools.market, each.setting.symbols, each.interval, each.since_ns, closed_ns
        )
        newest_ns = closed_ns - each.interval.nanoseconds
        if isinstance(each.run, ChildRun):
            self._step_child(each, each.run, moments, newest_ns, time_ns)
            return
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

    def _step_child(
        self, each: Automated, run: ChildRun, moments: Sequence[Mapping[str, Candle]],
        newest_ns: int, time_ns: int,
    ) -> None:  # fmt: skip
        if not moments:
            return
        ends = [max(c.time_ns for c in candles.values()) for candles in moments]
        each.since_ns = ends[-1]
        acts = ends[-1] == newest_ns and not each.paused
        length = each.interval.nanoseconds
        events = [
            stepped(each.owner, time_ns, end + length, candles, None)
            for end, candles in zip(ends, moments, strict=True)
        ]
        if acts:
            events[-1] = replace(events[-1], told="")
        run.step(moments, act=acts, done=self._done(each, events))

    def _act(
        self, each: Automated, act: Callable[[], None], candles: Mapping[str, Candle],
        closed_ns: int, time_ns: int,
    ) -> None:  # fmt: skip
        """Whatever happens while it acts, what it was told is kept with the orders it placed."""
        run = each.run
        assert not isinstance(run, ChildRun)
        try:
            act()
        finally:
            told = run.told
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
        gone = self._runs.pop(owner, None)
        if gone is not None and isinstance(gone.run, ChildRun):
            gone.run.close()
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
