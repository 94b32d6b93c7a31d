"""Commands from outside: what is sent twice is done once, what is answered is in the journal."""

from collections.abc import Sequence
from concurrent.futures import Future

from paper_trading.event_views import event_view
from paper_trading.keys import digest, written
from paper_trading.live_account import LiveAccount
from paper_trading.publisher import Publisher
from paper_trading.views import EventView, Outcome, RefusalView
from storage.errors import StorageError
from storage.journal.entry import Journal
from trading.paper import events as ev
from trading.paper.commands import Change, Close, CloseAll, Command, Place, Resume, Target
from trading.paper.event_codec import decode
from trading.paper.terms import MANUAL

__all__ = ["CommandDesk", "symbols_of"]

_ORDERS = (Place, Target, Change, Close, CloseAll)


class CommandDesk:
    """For the runner's thread."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def submit(
        self, account: LiveAccount, command: Command, now_ns: int, answer: Future[Outcome]
    ) -> None:
        """Do ``command`` and answer once the journal has what it led to."""
        refusal = self._refusal(account, command)
        if refusal is None and command.key is not None:
            known = account.keys.find(command.key)
            if known is not None and known[0] == digest(command):
                self._repeat(account, command.key, known, answer)
                return
            if known is not None:
                refusal = _reused(account, command, now_ns)
        if refusal is not None:
            answer.set_result(Outcome(account.key.id, (), None, refusal))
            return
        self._do(account, command, now_ns, answer)

    def _do(
        self, account: LiveAccount, command: Command, now_ns: int, answer: Future[Outcome]
    ) -> None:
        first, events = account.do(command, now_ns)
        if account.trouble:
            refusal = RefusalView("defect", account.trouble)
            answer.set_result(Outcome(account.key.id, (), None, refusal))
            return
        told = tuple(event_view(account.key.id, first + at, each) for at, each in enumerate(events))
        outcome = Outcome(account.key.id, told, _order(events), _refused(events))
        last = first + len(events) - 1 if events else account.recording.seq
        account.flush()
        self._publisher.when_shown(account, last, lambda error: _settle(answer, outcome, error))
        self._publisher.refresh(account)

    def _refusal(self, account: LiveAccount, command: Command) -> RefusalView | None:
        """Why the core is not even asked."""
        if account.recording.error is not None:
            return RefusalView("journal", f"Refused: {account.recording.error}")
        failing = account.journal_state.failing
        if failing and isinstance(command, _ORDERS):
            words = f"Order refused: journal. {failing}; what is there already is kept."
            return RefusalView("journal", words)
        if account.trouble and not isinstance(command, Resume):
            return RefusalView("defect", account.trouble)
        if account.trouble and account.recording.waiting:
            return RefusalView("defect", "Refused: the journal is still being written; try again.")
        return None

    def _repeat(
        self, account: LiveAccount, key: str, known: tuple[str, int], answer: Future[Outcome]
    ) -> None:
        """The answer to an earlier command with that key, once the journal has it."""

        def found(error: StorageError | None) -> None:
            if error is None:
                try:
                    outcome = _kept(account, account.journal, written(key, known[0]))
                except StorageError as failed:
                    error = failed
                else:
                    answer.set_result(outcome)
                    return
            words = f"Refused: the journal cannot be read: {error}"
            refusal = RefusalView("journal", words)
            answer.set_result(Outcome(account.key.id, (), None, refusal, again=True))

        account.recording.when(known[1], found)


def _reused(account: LiveAccount, command: Command, now_ns: int) -> RefusalView:
    """Journal that a key came with another command."""
    words = f"Refused: the key {command.key!r} came with another command before."
    owner = getattr(command, "owner", None) or MANUAL
    name = type(command).__name__.lower()
    account.record((ev.CommandRefused(now_ns, owner, name, "key_reused", words),))
    return RefusalView("key_reused", words)


def symbols_of(command: Command, account: LiveAccount) -> tuple[str, ...]:
    """The symbols whose prices of now ``command`` needs."""
    if isinstance(command, Place | Close):
        return (command.symbol,)
    if isinstance(command, Target):
        return tuple(symbol for symbol, _ in command.targets)
    if isinstance(command, Change):
        order = account.core.records.orders.get(command.id)
        return () if order is None else (order.terms.symbol,)
    return ()


def _kept(account: LiveAccount, journal: Journal, key: str) -> Outcome:
    entry = journal.find(account.key.number, key)
    events: list[ev.Event] = [] if entry is None else [decode(entry.kind, entry.body)]
    told: tuple[EventView, ...] = tuple(
        event_view(account.key.id, entry.seq if entry else 0, event) for event in events
    )
    return Outcome(account.key.id, told, _order(events), _refused(events), again=True)


def _order(events: Sequence[ev.Event]) -> int | None:
    for event in events:
        if isinstance(event, ev.OrderAccepted | ev.OrderChanged | ev.OrderEnded):
            return event.id
    return None


def _refused(events: Sequence[ev.Event]) -> RefusalView | None:
    first = events[0] if events else None
    if isinstance(first, ev.OrderRefused | ev.CommandRefused):
        return RefusalView(first.code, first.words)
    return None


def _settle(answer: Future[Outcome], outcome: Outcome, error: StorageError | None) -> None:
    if error is None:
        answer.set_result(outcome)
    else:
        answer.set_exception(error)
