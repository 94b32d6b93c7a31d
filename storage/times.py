"""Times as files write them, to nanoseconds since the epoch.

Whole numbers are told apart by size: seconds, milliseconds, microseconds and nanoseconds of the
years 1973 to 5138 do not overlap. Smaller ones are milliseconds since midnight of a day that has to
be known. Texts are ISO 8601, also with dots or slashes in the date; without a zone they are UTC.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from market.types import DAY, SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (
    (10**8, 10**11, SECOND),
    (10**11, 10**14, 10**6),
    (10**14, 10**17, 1000),
    (10**17, 2**63, 1),
)
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_FINE = re.compile(r"(\.\d{6})(\d+)")
_DOTTED = re.compile(r"(\d{4})[./](\d\d?)[./](\d\d?)")

ALLOWED = "allowed are numbers of s, ms, µs or ns since 1970 and ISO 8601 like 2026-11-21T16:00:00Z"

Convert = Callable[[str], int]


def day_in(name: str) -> date | None:
    """The first date written as eight digits in ``name``."""
    found = re.search(rf"(?<!\d){_DATE.pattern}(?!\d)", name)
    return datetime.strptime(found[0], "%Y%m%d").replace(tzinfo=UTC).date() if found else None


def converter(sample: str, day: date | None) -> Convert:
    """What turns texts like ``sample`` into ns; it raises ``ValueError`` for others.

    ``day`` is the one whose midnight small numbers are counted from. Raises ``ValueError``.
    """
    text = sample.strip()
    try:
        number = None if _DATE.fullmatch(text) else Decimal(text)
    except InvalidOperation:
        number = None
    if number is None:
        from_text(text)
        return from_text
    return _from_numbers(number, day)


def from_text(text: str) -> int:
    """An ISO 8601 date or time in ns; raises ``ValueError``."""
    text = _DOTTED.sub(lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}", text.strip(), count=1)
    fine = _FINE.search(text)  # datetime keeps microseconds
    beyond = int(fine[2][:3].ljust(3, "0")) if fine else 0
    time = datetime.fromisoformat(_FINE.sub(r"\1", text, count=1) if fine else text)
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    return (time - _EPOCH) // timedelta(microseconds=1) * 1000 + beyond


def _from_numbers(number: Decimal, day: date | None) -> Convert:
    unit, start_ns = 0, 0
    for low, high, ns in _UNITS:
        if low <= number < high:
            unit = ns
    if not unit:
        if not 0 <= number < DAY // 10**6 or day is None:
            raise ValueError("it is too small or too large a number for a time since 1970")
        unit, start_ns = 10**6, from_text(day.isoformat())

    def convert(text: str) -> int:
        try:
            return start_ns + int(text) * unit
        except ValueError:
            return start_ns + _whole(text, unit)

    return convert


def _whole(text: str, unit: int) -> int:
    try:
        return int(Decimal(text) * unit)
    except (InvalidOperation, OverflowError):
        raise ValueError(f"{text!r} is no number") from None
