"""A second try for browser tests whose wait ran out, and for nothing else.

See docs/decisions/039-second-tries.md. What is wrong in a page is wrong again; a machine that had
no time for a browser within a minute has it a minute later. Each second try is named at the end.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

RAN_OUT = pytest.StashKey[str]()
PROPERTY = "second try"


class WaitRanOut(AssertionError):
    """What was waited for did not come in time."""


def ran_out(error: BaseException) -> bool:
    """Whether ``error`` says that a wait was too long, be it ours or Playwright's."""
    if isinstance(error, WaitRanOut):
        return True
    kind = type(error)
    if kind.__module__.startswith("playwright."):
        return kind.__name__ == "TimeoutError"
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = Path(last.tb_frame.f_code.co_filename) if last is not None else Path()
    return isinstance(error, AssertionError) and place.parts[-3:-1] == ("playwright", "_impl")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:  # what it returns is the report, which passes through
    """Note on the test whether a wait of it ran out."""
    if call.excinfo is not None and ran_out(call.excinfo.value):
        item.stash[RAN_OUT] = str(call.excinfo.value).partition("\n")[0]
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a browser test, and run it once more when all that failed was a wait."""
    if item.get_closest_marker("browser") is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    failed = [report for report in reports if report.failed]
    why = item.stash.get(RAN_OUT, None)
    if why is not None and len(failed) == 1 and failed[0].when != "teardown":
        item.user_properties.append((PROPERTY, why))
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the tests that were tried twice."""
    reports: Sequence[Any] = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call"
    ]
    for report in reports:
        for name, why in report.user_properties:
            if name == PROPERTY:
                terminalreporter.write_line(f"SECOND TRY {report.outcome} {report.nodeid}: {why}")
