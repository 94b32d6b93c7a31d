"""What automations need of the rest of the program, and what is told of their sessions."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from data_feed.history_progress import HistoryProgress
from market.columns import CandleWindow
from market.market import Market
from market.types import Interval
from paper_trading.automation_candles import HistoryFiles
from paper_trading.automation_run import run_name, run_setup, run_terms
from paper_trading.automations import Automations
from paper_trading.child_run import ChildTools
from paper_trading.errors import NothingRecorded
from paper_trading.input_log import Began, InputLog, given_in, prune
from paper_trading.live_account import LiveAccount
from paper_trading.reconcile import Replayed, RunBacktest, Session, reconciled, replayed, session_of
from paper_trading.reconcile_views import ReconcileView
from paper_trading.run_starter import AutomationTools, strategy_of
from paper_trading.service import PaperTrading
from research.catalogue import USER, Catalogue
from research.child import Children
from research.child.calls import backtest_in_child
from research.search.evaluator import run_once
from storage.recorder import Recorder
from storage.segments import SegmentWriter
from trading.metrics import Convention
from trading.paper.event_codec import decode
from trading.paper.events import AutomationStepped

__all__ = ["AutomationDesk"]

FOLDER = "paper"
PATIENCE_S = 10.0
NOT_KEPT = Replayed(None, "The newest inputs are not on the disk yet, so nothing is replayed.")
NO_CANDLES = CandleWindow.from_arrays(*[[]] * 6)


class AutomationDesk:
    """Lets strategies trade the accounts of ``paper``; made before that starts.

    ``store``: where runs and what accounts are given are kept; without one only the journal knows
    of them. Methods may be called from any thread.
    """

    def __init__(
        self, paper: PaperTrading, market: Market, history: HistoryProgress, store: Path | None,
        catalogue: Catalogue, children: Children,
    ) -> None:  # fmt: skip
        self._paper, self._market, self._history = paper, market, history
        self._catalogue, self._children = catalogue, children
        self._folder = None if store is None else store / FOLDER
        self._files = HistoryFiles(self._folder and self._folder / "runs")
        self._recorder: Recorder | None = None
        if self._folder is not None:
            self._recorder = Recorder(SegmentWriter(self._inputs(self._folder)))
        paper.automate(self._automations, self.reconcile)

    def start(self) -> None:
        """Begin to keep what accounts are given; call once."""
        if self._recorder is not None and self._folder is not None:
            prune(self._inputs(self._folder))
            self._recorder.start()

    def close(self) -> None:
        """Write what waits."""
        if self._recorder is not None:
            self._recorder.stop()

    def reconcile(self, account: int, owner: str) -> ReconcileView:
        """The newest session of an automation beside a backtest. Takes seconds.

        Raises :class:`UnknownAccount`, :class:`NothingRecorded` where it never ran or the journal
        is far behind, ``StorageError``, and ``ResearchError`` for a user's file that is no more
        what it was.
        """
        found = self._paper.account(account)
        seq, kept = self._caught_up(found)
        entries = islice(found.journal.entries(found.key.number), seq)
        events = [decode(entry.kind, entry.body) for entry in entries]
        session = session_of(events, owner)
        if session is None:
            raise NothingRecorded(f"The automation {owner[:40]!r} has not run on this account yet.")
        given = () if self._folder is None else given_in(self._inputs(self._folder), account)
        symbols = session.setting.symbols
        name = run_name(account, owner, session.steps[0].time_ns)
        history = self._files.get(name, symbols) or dict.fromkeys(symbols, NO_CANDLES)
        values, run = self._values(session)
        replay = replayed(events, given, owner) if kept else NOT_KEPT
        return reconciled(session, values, history, replay, run)

    # ------------------------------------------------------------------------------------------

    def _caught_up(self, account: LiveAccount) -> tuple[int, bool]:
        """Have all that happened until now on the disk: how many events, whether all inputs."""
        try:
            seq = self._paper.mark_inputs(account.key.id).result(PATIENCE_S)
        except TimeoutError:
            state = account.journal_state
            raise NothingRecorded(
                f"Not now: the journal is behind what happened ({state})."
            ) from None
        return seq, self._recorder is None or self._recorder.flush()

    @staticmethod
    def _inputs(folder: Path) -> Path:
        return folder / "inputs"

    def _automations(self, account: LiveAccount, look: Callable[[str, int], None]) -> Automations:
        if self._recorder is not None and not account.key.temporary:
            inputs = InputLog(self._recorder, account.key.id)
            account.given = inputs.keep
            began = Began(account.recording.seq, account.steps)
            inputs.keep(began, account.core.records.time_ns)
        users = ChildTools(self._catalogue, self._children, self._paper.post)
        files = HistoryFiles(None) if account.key.temporary else self._files
        tools = AutomationTools(
            self._market, files, self._ready, partial(_steps_of, account), users
        )
        return Automations(account, tools, look)

    def _ready(self, symbol: str, interval: Interval) -> bool:
        if self._paper.preparing:  # its first order would wait, and all accounts with it
            return False
        state = self._market[symbol]
        return state.last_trade is not None and self._history.asked(symbol, interval) is None

    def _values(self, session: Session) -> tuple[Mapping[str, float], RunBacktest]:
        """What the session traded with, and how it is backtested."""
        setting, setup = session.setting, run_setup(session.setting, session.terms)
        if not setting.strategy.startswith(USER):
            terms = run_terms(setting, strategy_of(setting.strategy), session.terms)
            return terms.values, lambda candles, first: run_once(
                terms.strategy, candles, terms.values, setup, Convention(), first, band=False
            )
        chosen = self._catalogue.find(setting.strategy)
        values = chosen.values({name: float(value) for name, value in setting.values.items()})
        return values, lambda candles, first: backtest_in_child(
            self._children, chosen.ref, values, candles, setup, Convention(), trade_from=first
        )[0]


def _steps_of(account: LiveAccount) -> Mapping[str, Sequence[AutomationStepped]]:
    """Every step that the journal of an account has, by owner."""
    found: dict[str, list[AutomationStepped]] = {}
    for entry in account.journal.entries(account.key.number):
        if entry.kind == "automation_stepped":
            event = decode(entry.kind, entry.body)
            assert isinstance(event, AutomationStepped)
            found.setdefault(event.owner, []).append(event)
    return found
