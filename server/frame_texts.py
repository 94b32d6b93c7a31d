"""The JSON texts that a tab is sent."""

from dataclasses import asdict

import msgspec

from server.views import StatusView


def status_text(status: StatusView) -> bytes:
    """How feed and renderer stand."""
    return msgspec.json.encode({"type": "status", **asdict(status)})


def tier_text(tier: str, reason: str) -> bytes:
    """How charts are shown from now on, and why."""
    return msgspec.json.encode({"type": "tier", "tier": tier, "reason": reason})


def error_text(reason: str) -> bytes:
    """Why the socket is closed next."""
    return msgspec.json.encode({"type": "error", "reason": reason})


def loading_text(chart: int, loaded: int, expected: int) -> bytes:
    """How many candles of how many have come; ``expected`` 0: nothing more is asked for."""
    return msgspec.json.encode(
        {"type": "loading", "chart": chart, "loaded": loaded, "expected": expected}
    )


def state_text(chart: int, state: str, detail: str) -> bytes:
    """The JSON text that says why a chart has no picture."""
    return msgspec.json.encode({"type": "state", "chart": chart, "state": state, "detail": detail})
