"""Frames recorded from the real venue, for tests that compare shapes."""

import gzip
import json

import pytest

from tests.conftest import SHARED_DATA

_PATH = SHARED_DATA / "ws" / "coinbase_exchange_20210417_set_a.jsonl.gz"


def frames(kind: str) -> list[str]:
    """The wire texts of one message type."""
    if not _PATH.exists():
        pytest.skip("../shared/data is not there")
    with gzip.open(_PATH, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [row["data"] for row in rows if row["t"] == "recv"]
    return [text for text in texts if json.loads(text)["type"] == kind]


def products() -> list[dict[str, object]]:
    """The recorded answer of ``GET /products``."""
    if not _PATH.exists():
        pytest.skip("../shared/data is not there")
    with gzip.open(_PATH, "rt") as lines:
        bodies = [row["data"] for row in map(json.loads, lines) if row["t"] == "http"]
    found: list[dict[str, object]] = json.loads(bodies[0])
    return found
