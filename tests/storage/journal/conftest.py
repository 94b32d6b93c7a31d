"""Each kind of journal that there is, empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.journal.entry import Journal
from storage.journal.opening import open_journal


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal of each kind."""
    opened = open_journal(None, tmp_path if request.param == "sqlite" else None)
    yield opened
    opened.close()
