"""The template's own rules, looked at without a process."""

import os
import socket

import pytest

from research.child import template
from research.child.running import run_request
from research.child.tasks import TASKS
from research.errors import BadRecord


def test_it_ends_nobody_but_its_own() -> None:
    assert template._end(os.getpid(), set()) is None


def test_tasks_have_names() -> None:
    assert set(TASKS) >= {"describe", "backtest", "goals"}


def test_without_a_request_nothing_is_run() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs, pytest.raises(BadRecord, match="No request came"):
        run_request(theirs, 1 << 30)
