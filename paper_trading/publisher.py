"""Views of the accounts: made seldom, published once the journal has what they show."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic_ns

from market.types import SECOND
from paper_trading.fill_marks import Marks
from paper_trading.latencies import percentiles
from paper_trading.live_account import LiveAccount
from paper_trading.order_views import RowCache
from paper_trading.snapshots import Beside, account_view
from paper_trading.views import AccountView
from storage.errors import StorageError

__all__ = ["Publisher"]

WATCHED_NS = 100_000_000
"""How often the view of an account that somebody looks at is made anew, while things change."""
UNWATCHED_NS = SECOND
URGENT_NS = 10_000_000
"""The same while somebody waits for the outcome of a command."""
LOOKED_AT_NS = 3 * SECOND

Then = Callable[[StorageError | None], None]


@dataclass(slots=True)
class _Shown:
    """What is published of an account; ``awaited``: a view that the journal is not ready for."""

    rows: RowCache = field(default_factory=RowCache)
    made_ns: int = 0
    looked_ns: int = 0
    awaited: bool = False
    waiters: deque[tuple[int, Then]] = field(default_factory=deque)


class Publisher:
    """``views`` and ``marks`` may be read from any thread; all else is for the runner's.

    ``why_not`` says why an account cannot trade now, ``state`` how the journal of an account is.
    """

    def __init__(
        self,
        why_not: Callable[[LiveAccount], str],
        state: Callable[[LiveAccount], str],
        now_ns: Callable[[LiveAccount], int],
    ) -> None:
        self.views: dict[int, AccountView] = {}
        self.marks: dict[int, Mapping[str, Marks]] = {}
        self._why_not = why_not
        self._state = state
        self._now_ns = now_ns
        self._shown: dict[int, _Shown] = {}

    def looked(self, account: int) -> None:
        """Somebody reads the view of ``account``; from any thread."""
        shown = self._shown.get(account)
        if shown is not None:
            shown.looked_ns = monotonic_ns()

    def when_shown(self, account: LiveAccount, seq: int, then: Then) -> None:
        """Call ``then`` once the view shows the event ``seq``, which the journal has by then."""
        shown = self._of(account)
        shown.waiters.append((seq, then))
        account.changed = True
        if account.recording.error is not None:
            self._answer(shown, seq, account.recording.error)

    def refresh(self, account: LiveAccount) -> int:
        """Make the view anew if it is time; in how many ns it is to be asked again at the latest.

        What it says of the journal's state is published at once, the rest with the journal.
        """
        shown, now = self._of(account), monotonic_ns()
        due = shown.made_ns + self._pause(shown, now)
        if shown.awaited or not account.changed:
            return SECOND
        if now < due:
            return due - now
        shown.made_ns = now
        self._make(account, shown)
        return SECOND

    def restate(self, account: LiveAccount) -> None:
        """Say anew how the journal is and whether the account may trade."""
        view = self.views.get(account.key.id)
        if view is None:
            return
        why_not = self._why_not(account) or account.trouble or view.halted or ""
        state = self._state(account)
        if state != view.journal or bool(why_not) == view.tradable:
            self.views[view.id] = replace(
                view, journal=state, why_not=why_not, tradable=not why_not
            )

    def forget(self, account: LiveAccount) -> None:
        """The account is no more."""
        self.views.pop(account.key.id, None)
        self.marks.pop(account.key.id, None)
        self._shown.pop(account.key.id, None)

    def _of(self, account: LiveAccount) -> _Shown:
        return self._shown.setdefault(account.key.id, _Shown())

    def _pause(self, shown: _Shown, now: int) -> int:
        if shown.waiters:
            return URGENT_NS
        return WATCHED_NS if now - shown.looked_ns < LOOKED_AT_NS else UNWATCHED_NS

    def _make(self, account: LiveAccount, shown: _Shown) -> None:
        recording = account.recording
        account.changed = False
        shown.rows.labels = account.labels
        key = account.key
        beside = Beside(
            key.id, key.market, key.temporary, self._why_not(account) or account.trouble,
            self._state(account), percentiles((account.latencies,))[0], recording.seq,
            self._now_ns(account), account.notice,
        )  # fmt: skip
        view = self._view(account, beside, shown)
        if view is None:
            return
        shown.awaited = True

        def publish(error: StorageError | None) -> None:
            shown.awaited = False
            if error is None:
                self.marks[view.id] = account.marks.all()
                self.views[view.id] = view
            self._answer(shown, view.seq, error)

        recording.when(recording.seq, publish)

    def _view(self, account: LiveAccount, beside: Beside, shown: _Shown) -> AccountView | None:
        """The view; of an account that stands still the last one, saying so."""
        if not account.trouble:
            try:
                return account_view(account.core, beside, shown.rows, account.curve)
            except Exception as error:  # noqa: BLE001 - it is told
                account.freeze(error, beside.time_ns)
        last = self.views.get(account.key.id)
        if last is None:
            return None
        why = account.trouble
        return replace(last, halted=why, tradable=False, why_not=why, seq=account.recording.seq)

    @staticmethod
    def _answer(shown: _Shown, seq: int, error: StorageError | None) -> None:
        while shown.waiters and (error is not None or shown.waiters[0][0] <= seq):
            shown.waiters.popleft()[1](error)
