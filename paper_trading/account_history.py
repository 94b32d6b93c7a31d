"""What has happened to an account: rows of its journal, events, figures. Not for an event loop."""

from paper_trading.event_views import event_view, journal_row
from paper_trading.live_account import LiveAccount
from paper_trading.views import AccountView, EventView, JournalRow
from research.result_views import metric_views
from research.views import MetricView
from trading.paper.event_codec import decode
from trading.paper.events import AutomationSet, Event
from trading.paper.statistics import statistics

__all__ = ["MOST_ROWS", "PAGE", "figures", "past_events", "rows_before"]

MOST_ROWS = 1000
STEP = "automation_stepped"
PAGE = 500
"""Events of the past that are read at once."""


def rows_before(
    account: LiveAccount, before: int | None, limit: int, steps: bool
) -> tuple[JournalRow, ...]:
    """The newest ``limit`` (1 to 1,000) rows with a seq below ``before``, newest first.

    ``steps``: with the closes that automations saw, of which there may be many a minute.
    """
    end = account.recording.committed + 1
    end = end if before is None else min(before, end)
    most, without = max(0, min(limit, MOST_ROWS)), () if steps else (STEP,)
    entries = account.journal.newest(account.key.number, end, most, without)
    notes = dict(account.core.records.notes)
    events = [decode(each.kind, each.body) for each in entries]
    names = _names(account, events)
    return tuple(
        journal_row(entry, event, notes, names)
        for entry, event in zip(entries, events, strict=True)
    )


def _names(account: LiveAccount, events: list[Event]) -> dict[str, str]:
    """Of automations by their ids; one that was removed is known by what is told of it."""
    told = {each.owner: each.name for each in reversed(events) if isinstance(each, AutomationSet)}
    there = account.core.records.automations.items()
    return told | {owner: each.name for owner, each in list(there)}


def past_events(account: LiveAccount, after: int) -> list[EventView]:
    """The first events behind ``after``, at most :data:`PAGE`."""
    entries = account.journal.entries(account.key.number, max(after, 0), PAGE)
    return [
        event_view(account.key.id, entry.seq, decode(entry.kind, entry.body)) for entry in entries
    ]


def figures(account: LiveAccount, view: AccountView) -> tuple[MetricView, ...]:
    """The figures of an account as those of a backtest, up to ``view``."""
    core = account.core
    time_ns = max(view.time_ms * 1_000_000, core.records.time_ns)
    return metric_views(statistics(core.records, core.marks, float(view.equity), time_ns))
