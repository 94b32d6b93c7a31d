"""One automation at work: its run, its hand, and the closes that it waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.types import Candle, Interval
from paper_trading.account_hand import AccountHand
from paper_trading.child_run import ChildRun
from trading.backtest import Direction, Setup
from trading.decisions import Strategy
from trading.engine.policies import Fees, Latency, Margin, Policies, Slippage
from trading.errors import BadStrategy
from trading.event_strategy import EventStrategy
from trading.paper.automation import LiveRun, RunTerms
from trading.paper.closes import Closes
from trading.paper.events import AutomationSet, AutomationStepped
from trading.paper.steps import Step
from trading.paper.terms import AccountTerms
from trading.strategy import checked

__all__ = ["Automated", "newest_run", "run_name", "run_setup", "run_terms", "step_of", "stepped"]


@dataclass(slots=True)
class Automated:
    """``since_ns`` is the start of the newest candle that the run took; ``paused``: it only
    watches.
    """

    setting: AutomationSet
    interval: Interval
    run: LiveRun | ChildRun
    hand: AccountHand
    closes: Closes
    since_ns: int
    paused: bool = False

    @property
    def owner(self) -> str:
        """Whose portfolio it trades."""
        return self.setting.owner


def run_terms(setting: AutomationSet, strategy: Strategy, terms: AccountTerms) -> RunTerms:
    """What the run of an automation trades, on an account under ``terms``.

    Raises :class:`BadStrategy` for too many or too few symbols, :class:`BadParameters` and
    :class:`BacktestError` for values outside their bounds.
    """
    wanted = strategy.symbols if isinstance(strategy, EventStrategy) else 1
    if len(setting.symbols) != wanted:
        raise BadStrategy(
            f"{strategy.name} trades {wanted} symbol{'s' * (wanted > 1)}; {len(setting.symbols)} "
            "were given."
        )
    setup = run_setup(setting, terms)
    values = checked(strategy, setting.values)
    interval_ns = Interval.parse(setting.interval).nanoseconds
    return RunTerms(strategy, values, setting.symbols, interval_ns, setup)


def run_setup(setting: AutomationSet, terms: AccountTerms) -> Setup:
    """Money, costs, sides and exits of an automation; raises :class:`BacktestError`."""
    policies = Policies(
        Fees(terms.maker_fee, terms.taker_fee), Slippage(terms.slippage),
        Latency(terms.latency_ns), margin=Margin(terms.leverage, terms.maintenance),
    )  # fmt: skip
    return Setup(
        float(setting.capital), policies, Direction(setting.direction), setting.size,
        setting.stop_loss or None, setting.take_profit or None,
    )  # fmt: skip


def run_name(account: int, owner: str, begun_ns: int) -> str:
    """What the files of a run are called."""
    return f"{account}-{owner}-{begun_ns}"


def stepped(
    owner: str, time_ns: int, closed_ns: int, candles: Mapping[str, Candle], told: str | None
) -> AutomationStepped:
    """The event of a step."""
    rows = tuple((symbol, *candle) for symbol, candle in candles.items())
    return AutomationStepped(time_ns, owner, closed_ns, rows, told)


def step_of(event: AutomationStepped) -> Step:
    """The step of an event."""
    candles = {row[0]: Candle(*row[1:]) for row in event.candles}
    return Step(candles, event.told)


def newest_run(events: Sequence[AutomationStepped]) -> Sequence[AutomationStepped]:
    """The steps of the run that began last: those without candles begin one."""
    begins = [at for at, event in enumerate(events) if not event.candles]
    return events[begins[-1] :] if begins else ()
