"""Journaled events as sockets, webhooks and pages get them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from paper_trading.views import EventView, JournalRow
from paper_trading.words import KIND_WORDS, sentence
from storage.journal.entry import Entry
from trading.engine.records import Cause, Kind, Reason, State, TimeInForce
from trading.paper import events as ev
from trading.paper.event_codec import kind_of
from trading.paper.terms import MANUAL

__all__ = ["event_view", "journal_row", "plain_data"]

_SIDES = {1: "buy", -1: "sell"}
_NAMES: dict[str, Any] = {
    "side": lambda value: _SIDES[value],
    "kind": lambda value: KIND_WORDS[Kind(value)],
    "tif": lambda value: TimeInForce(value).name,
    "state": lambda value: value if isinstance(value, str) else State(value).name.lower(),
    "reason": lambda value: Reason(value).name.lower(),
    "cause": lambda value: Cause(value).name.lower(),
}


def plain_data(event: ev.Event) -> dict[str, object]:
    """The fields of ``event`` as JSON has them: decimals as text, numbers of kinds as words."""
    return _named(msgspec.to_builtins(event))


def _named(fields: Mapping[str, Any]) -> dict[str, object]:
    named: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, dict) and name in ("order", "terms", "limits"):
            named[name] = _named(value)
        else:
            named[name] = _NAMES[name](value) if name in _NAMES else value
    return named


def event_view(account: int, seq: int, event: ev.Event) -> EventView:
    """An event with its place in the journal of ``account``."""
    time_ms = event.time_ns // 1_000_000
    return EventView(
        account, seq, time_ms, kind_of(event), sentence(event), plain_data(event)
    )  # fmt: skip


def _owner(event: ev.Event) -> str:
    """The portfolio it is about; of cash that moved the automation's."""
    if isinstance(event, ev.CashMoved):
        return event.source if event.target == MANUAL else event.target
    return getattr(event, "owner", "")


def journal_row(
    entry: Entry, event: ev.Event, notes: Mapping[str, ev.Noted], names: Mapping[str, str]
) -> JournalRow:
    """An entry and its event as the journal's list shows them, with what was noted on it or on its
    fill; ``names`` of owners.
    """
    fill = event.id if isinstance(event, ev.Filled) else None
    note = notes.get(f"event {entry.seq}") or notes.get(f"fill {fill}")
    return JournalRow(
        seq=entry.seq,
        time_ms=entry.time_ns // 1_000_000,
        kind=entry.kind,
        words=sentence(event, names),
        owner=_owner(event),
        fill=fill,
        note=note.text if note else "",
        tags=note.tags if note else (),
    )
