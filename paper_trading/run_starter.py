"""How the run of an automation begins: anew, or where the journal says that it was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from market.columns import CandleWindow
from market.errors import MarketError
from market.market import Market
from market.types import Interval
from paper_trading.account_hand import AccountHand
from paper_trading.automation_candles import HistoryFiles, closed_before
from paper_trading.automation_run import (
    Automated,
    newest_run,
    run_name,
    run_setup,
    run_terms,
)
from paper_trading.child_run import ChildRun, ChildTerms, ChildTools
from paper_trading.live_account import AccountKey
from research.catalogue import USER
from trading.decisions import Strategy
from trading.errors import BadStrategy
from trading.paper.automation import LiveRun, live_run
from trading.paper.closes import Closes
from trading.paper.commands import Command
from trading.paper.core import AccountCore
from trading.paper.events import AutomationSet, AutomationStepped, Event
from trading.shelf import strategies

__all__ = ["AutomationTools", "RunStarter", "TradedAccount", "strategy_of"]


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
    the journal of an account has; ``users`` runs the files of users.
    """

    market: Market
    files: HistoryFiles
    ready: Callable[[str, Interval], bool]
    steps: Callable[[], Mapping[str, Sequence[AutomationStepped]]]
    users: ChildTools | None = None


class RunStarter:
    """Begins the runs of one account; ``look`` gives it the newest prices of a symbol."""

    def __init__(
        self, account: TradedAccount, tools: AutomationTools, look: Callable[[str, int], object]
    ) -> None:
        self._account, self._tools, self._look = account, tools, look

    def is_ready(self, setting: AutomationSet) -> bool:
        """Whether the candles that it begins with have come; a symbol that is none has no more."""
        try:
            interval = Interval.parse(setting.interval)
            return all(self._tools.ready(symbol, interval) for symbol in setting.symbols)
        except MarketError:
            return True

    def started(
        self, setting: AutomationSet, known: Sequence[AutomationStepped], time_ns: int
    ) -> tuple[Automated, Sequence[AutomationStepped]]:
        """A run that was not asked anything yet, and the steps that it is to live through first.

        ``known`` are its steps in the journal. Raises what keeps it from running.
        """
        steps = newest_run(known)
        interval, owner = Interval.parse(setting.interval), setting.owner
        name = run_name(self._account.key.id, owner, steps[0].time_ns if steps else time_ns)
        history = self._history(setting, name, steps[0].time_ns if steps else time_ns, bool(steps))
        hand = AccountHand(self._account, owner, setting.symbols, self._look)
        hand.begin(time_ns)
        run = self._run(setting, history, hand)
        closes = Closes(setting.symbols, interval.nanoseconds, time_ns)
        starts = [row[1] for event in steps for row in event.candles]
        newest = [int(each.time_ns[-1]) for each in history.values() if len(each)]
        since_ns = max((*starts, *newest), default=-1)
        return Automated(
            setting, interval, run, hand, closes, since_ns, setting.state == "paused"
        ), steps

    def _history(
        self, setting: AutomationSet, name: str, end_ns: int, goes_on: bool
    ) -> Mapping[str, CandleWindow]:
        files, interval = self._tools.files, Interval.parse(setting.interval)
        kept = files.get(name, setting.symbols) if goes_on else None
        if kept is not None:
            return kept
        history = closed_before(self._tools.market, setting.symbols, interval, end_ns)
        if not goes_on:
            files.put(name, history)
        return history

    def _run(
        self, setting: AutomationSet, history: Mapping[str, CandleWindow], hand: AccountHand
    ) -> LiveRun | ChildRun:
        account_terms = self._account.core.records.terms
        if not setting.strategy.startswith(USER):
            terms = run_terms(setting, strategy_of(setting.strategy), account_terms)
            return live_run(terms, history, hand)
        if self._tools.users is None:
            raise BadStrategy(f"{setting.strategy} cannot run: users' files are run nowhere here.")
        interval_ns = Interval.parse(setting.interval).nanoseconds
        child = ChildTerms(
            setting.strategy, setting.values, setting.symbols, interval_ns,
            run_setup(setting, account_terms),
        )  # fmt: skip
        return ChildRun(child, history, hand, self._tools.users)


def strategy_of(key: str) -> Strategy:
    """A strategy of the shelf; raises :class:`BadStrategy`."""
    found = strategies().get(key)
    if found is None:
        raise BadStrategy(f"There is no strategy {key!r}; there are {', '.join(strategies())}.")
    return found
