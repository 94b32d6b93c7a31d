"""How paper trading stands as the performance page writes it."""

import re

from components.formats import NONE, plain
from components.performance_panels import Fact
from server.paper_views import PaperStatus

_JOURNAL = "Whether what happens to accounts is on the disk; nobody is told of it before."
_ORDERS = (
    "From the trade that a strategy heard to its accepted order, over the newest orders of "
    "automations."
)


def paper_facts(paper: PaperStatus) -> list[Fact]:
    """State, journal, and how long orders of automations take; warnings are late."""
    journal, behind = _journal(paper.journal)
    half, most = (_time(us) for us in (paper.tick_to_order_p50_us, paper.tick_to_order_p99_us))
    return [
        Fact("State", "preparing" if paper.preparing else "ready", late=bool(paper.preparing)),
        Fact("Tick → order p50", half, "", _ORDERS),
        Fact("Journal", journal, "", _JOURNAL, behind),
        Fact("Tick → order p99", most, "", _ORDERS),
    ]


def paper_note(paper: PaperStatus) -> str:
    """What is the matter, as sentences; what makes figures appear where nothing is."""
    failed = paper.journal.removeprefix("failing: ")
    fault = (
        f"The journal cannot be written: {failed.rstrip('.')}. No order is taken meanwhile, "
        "nothing is lost."
        if failed != paper.journal
        else ""
    )
    told = [sentence for sentence in (paper.preparing, fault, paper.notice) if sentence]
    if not told and paper.tick_to_order_p50_us is None:
        return "No automation has placed an order yet."
    return " ".join(told)


def _journal(state: str) -> tuple[str, bool]:
    """In a few words, and whether that is amiss."""
    behind = re.fullmatch(r"behind (\d+)", state)
    if behind:
        count = int(behind[1])
        return f"{count:,} event{'' if count == 1 else 's'} behind", True
    return state.split(":", maxsplit=1)[0], state != "in sync"


def _time(us: float | None) -> str:
    """``180 µs``, ``2.1 ms``."""
    if us is None:
        return NONE
    return f"{plain(us, 0)} µs" if us < 1000 else f"{plain(us / 1000, 1)} ms"
