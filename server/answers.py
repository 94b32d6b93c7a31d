"""Answers of the REST interface made of plain values."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from fastapi import Response

__all__ = ["json_answer"]


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """``value`` as JSON: null for NaN, lists for arrays, decimals and times as text."""
    content = msgspec.json.encode(value, enc_hook=_plain)
    return Response(content, status, headers, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
