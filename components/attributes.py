"""``data-`` and ``aria-`` attributes, whose names are no Python words."""

from typing import Any


def data(**values: str) -> dict[str, Any]:
    """Keyword arguments for a ``dash.html`` element: ``data(state_field="title")`` gives
    ``data-state-field="title"``.
    """
    return _prefixed("data", values)


def aria(**values: str) -> dict[str, Any]:
    """As :func:`data`, for ``aria-label`` and its kind."""
    return _prefixed("aria", values)


def _prefixed(prefix: str, values: dict[str, str]) -> dict[str, Any]:
    return {f"{prefix}-{name.replace('_', '-')}": value for name, value in values.items()}
