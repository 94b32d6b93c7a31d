"""One account in the runner's thread: its core, its journal, what is told of it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic_ns
from typing import NamedTuple, Protocol

from market.instrument import Instrument
from market.types import Trade
from paper_trading.equity import EquityHistory
from paper_trading.event_queues import EventQueues
from paper_trading.event_views import event_view
from paper_trading.fill_marks import FillMarks
from paper_trading.input_log import Began, Given, Listed, Reached
from paper_trading.keys import KnownKeys, digest, written
from paper_trading.latencies import Latencies
from paper_trading.recording import Numbered, Recording
from storage.errors import StorageError
from storage.journal.entry import Journal
from storage.journal.writer import JournalState, JournalWriter
from trading.errors import BadMarketData
from trading.paper import events as ev
from trading.paper.commands import Command, Resume
from trading.paper.core import AccountCore, open_account, rebuild
from trading.paper.event_codec import decode
from trading.paper.risk import RiskLimits
from trading.paper.tape import MarketInput
from trading.paper.terms import AccountTerms, MarketMode

__all__ = ["AccountKey", "AutomationsPart", "Ledgers", "LiveAccount"]

log = logging.getLogger(__name__)

_LABELS = (ev.Noted, ev.AutomationSet, ev.AutomationRemoved)
"""What changes names and notes."""


class AccountKey(NamedTuple):
    """``id`` is what everybody calls it, ``number`` what its journal does."""

    id: int
    number: int
    market: MarketMode
    temporary: bool


@dataclass(frozen=True, slots=True)
class Ledgers:
    """A journal with its writer, and where events go once they are in it.

    ``post`` has a job done in the runner's thread.
    """

    journal: Journal
    writer: JournalWriter
    queues: EventQueues
    post: Callable[[Callable[[], None]], None]


class AutomationsPart(Protocol):
    """What trades an account by itself; called in the runner's thread after the core saw it."""

    symbols: frozenset[str]
    """What it has to hear of."""

    def begin(self, time_ns: int) -> None:
        """The account's market is shown from now on."""
        ...

    def end(self, time_ns: int) -> None:
        """It is not shown any more."""
        ...

    def changed(self, event: ev.AutomationSet | ev.AutomationRemoved) -> None:
        """An automation was set or removed by a command."""
        ...

    def trade(self, trade: Trade, time_ns: int) -> None:
        """A trade of one of ``symbols``."""
        ...

    def clock(self, time_ns: int) -> None:
        """Time passed."""
        ...

    def next_ns(self) -> int | None:
        """When :meth:`clock` is to be called at the latest."""
        ...


class LiveAccount:
    """Everything here happens in the runner's thread.

    ``trouble`` says why the account stands still (a defect, a journal that is another's); then
    its core is asked nothing more until it is loaded again.
    """

    def __init__(self, key: AccountKey, ledgers: Ledgers, steps: Mapping[str, float]) -> None:
        self.core: AccountCore
        self.key = key
        self.trouble = ""
        self.notice = ""
        """Why it is not kept, though an account should be."""
        self.automations: AutomationsPart | None = None
        self.keys = KnownKeys()
        self.curve = EquityHistory()
        self.marks = FillMarks()
        self.latencies = Latencies()
        self.changed = True
        """Whether something is another than in the newest view."""
        self.labels = 0
        """Rises when names or notes change."""
        self.instruments: Mapping[str, Instrument] = {}
        """What its core was told of the steps of orders."""
        self.closed = ""
        """Why the core was told to take no orders."""
        self.given: Callable[[Given, int], None] | None = None
        """Hears of everything that the core is given, before it is."""
        self._ledgers = ledgers
        self._steps = steps
        self._heard_ns = 0

    @property
    def steps(self) -> dict[str, float]:
        """The symbols that it knows, with the steps of their sizes."""
        return dict(self._steps)

    @property
    def journal(self) -> Journal:
        """Where the account is kept."""
        return self._ledgers.journal

    @property
    def journal_state(self) -> JournalState:
        """How far the journal is behind; costs nothing."""
        return self._ledgers.writer.state()

    @property
    def journal_full(self) -> bool:
        """Whether so much waits for the journal that nothing more must happen."""
        return self._ledgers.writer.full

    # --- beginning ------------------------------------------------------------------------------

    def open(self, terms: AccountTerms, limits: RiskLimits, time_ns: int) -> None:
        """Begin an account whose journal is empty; raises ``TradingError`` for bad terms."""
        self._record_from(0)
        self.core, events = open_account(terms, limits, time_ns, self._steps)
        self.record(events)

    def load(self) -> None:
        """Build the account from its journal; ``StorageError``, ``TradingError`` if that fails."""
        journal, number = self._ledgers.journal, self.key.number
        events = []
        self.keys, self.curve, self.marks = KnownKeys(), EquityHistory(), FillMarks()
        last = 0
        for entry in journal.entries(number):
            event = decode(entry.kind, entry.body)
            events.append(event)
            self.keys.learn(entry)
            self._learn(event)
            last = entry.seq
        self.core = rebuild(events, self._steps)
        self.instruments = {}
        self._record_from(last)

    def _load_again(self, time_ns: int) -> None:
        self.load()
        if self.given is not None:
            self.given(Began(self.recording.seq, self.steps), time_ns)
        if self.automations is not None:
            self.automations.end(time_ns)
            self.automations.begin(time_ns)

    def list_symbols(self, steps: Mapping[str, float]) -> None:
        """The market shows other symbols."""
        self._steps = steps
        if self.given is not None:
            self.given(Listed(dict(steps)), self.core.records.time_ns)
        self.guarded(lambda: self.core.list_symbols(steps))

    def _record_from(self, last: int) -> None:
        writer, post = self._ledgers.writer, self._ledgers.post
        self.recording = Recording(self.key.number, last, writer, post, self._told)

    # --- what happens ---------------------------------------------------------------------------

    def market(self, item: MarketInput, time_ns: int) -> None:
        """Give the core something of the market, and record what follows from it."""
        if self.trouble:
            return
        if self.given is not None:
            self.given(item, time_ns)
        try:
            events = self.core.market(item, time_ns)
        except BadMarketData as error:
            log.warning("left out for paper account %d: %s", self.key.id, error)
            return
        except Exception as error:  # noqa: BLE001 - it is told
            self.freeze(error, time_ns)
            return
        if events:
            self.record(events)

    def trade(self, trade: Trade, heard_ns: int, time_ns: int) -> None:
        """A trade, received at monotonic ``heard_ns``: for the core, then for the automations."""
        self.market(trade, time_ns)
        automations = self.automations
        if automations is None or trade.symbol not in automations.symbols or self.trouble:
            return
        self._heard_ns = heard_ns
        self.guarded(lambda: automations.trade(trade, time_ns))
        self._heard_ns = 0

    def do(self, command: Command, time_ns: int) -> tuple[int, Sequence[ev.Event]]:
        """Do ``command``; the seq of its first event, and its events. None without a core."""
        if self.trouble:
            if not isinstance(command, Resume) or self.recording.waiting:
                return 0, ()
            self.trouble = ""
            self.guarded(partial(self._load_again, time_ns))
            if self.trouble:
                return 0, ()
        if self.given is not None:
            self.given(command, time_ns)
        try:
            events = self.core.do(command, time_ns)
        except Exception as error:  # noqa: BLE001 - it is told
            self.freeze(error, time_ns)
            return 0, ()
        if not events:
            return 0, ()
        key = command.key
        body = digest(command) if key else ""
        first = self.record(events, written(key, body) if key else None)
        if key:
            self.keys.add(key, body, first)
        self._pass_on(events)
        return first, events

    def record(
        self,
        events: Sequence[ev.Event],
        key: str | None = None,
        then: Callable[[], None] | None = None,
    ) -> int:
        """Have ``events`` journaled, in this order, and told after that; then call ``then``.

        Returns the seq of the first. ``then`` is not called when the journal refuses them for ever.
        """
        first = self.recording.record(events, key)
        self.changed = True
        self.labels += any(isinstance(event, _LABELS) for event in events)
        if self._heard_ns and any(type(event) is ev.OrderAccepted for event in events):
            self.latencies.add(monotonic_ns() - self._heard_ns)
        if then is not None:
            self.recording.when(
                self.recording.seq, lambda error: None if error is not None else then()
            )
        return first

    def flush(self) -> None:
        """Hand what was recorded to the journal."""
        self.recording.flush()
        if self.recording.error is not None and not self.trouble:
            self.trouble = f"Trading stopped: {self.recording.error}"
            self.changed = True

    def mark_inputs(self, then: Callable[[int, StorageError | None], None]) -> None:
        """Say in what is kept of the inputs how many events they have led to until now.

        ``then`` gets that number once the journal has those events, or an error if it never will.
        """
        seq = self.recording.seq
        if self.given is not None:
            self.given(Reached(seq), self.core.records.time_ns)
        self.flush()
        self.recording.when(seq, lambda error: then(seq, error))

    def guarded(self, act: Callable[[], object]) -> None:
        """Do ``act``; if it raises, this account stands still and the others go on."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - it is told
            self.freeze(error, self.core.records.time_ns)

    def freeze(self, error: Exception, time_ns: int) -> None:
        """Stand still, halted, and say why; a :class:`Resume` builds the account anew."""
        log.exception("paper account %d stands still", self.key.id)
        self.trouble = f"Trading stopped by a defect: {error!r}. Resume builds the account anew."
        self.record((ev.Halted(time_ns, self.trouble, "defect"),))

    # --- what is told ---------------------------------------------------------------------------

    def _pass_on(self, events: Sequence[ev.Event]) -> None:
        automations = self.automations
        if automations is None:
            return
        for event in events:
            if isinstance(event, ev.AutomationSet | ev.AutomationRemoved):
                self.guarded(partial(automations.changed, event))

    def _told(self, numbered: Sequence[Numbered]) -> None:
        """These are in the journal."""
        self.changed = True
        for each in numbered:
            self._learn(each.event)
        if self._ledgers.queues:
            account = self.key.id
            self._ledgers.queues.publish(
                tuple(event_view(account, seq, event) for seq, event in numbered)
            )

    def _learn(self, event: ev.Event) -> None:
        if isinstance(event, ev.Filled):
            self.marks.add(event)
        elif isinstance(event, ev.EquityMarked):
            self.curve.add(event.time_ns // 1_000_000, event.equity)
