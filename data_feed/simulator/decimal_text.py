"""Integer units to decimal text and times to RFC 3339, exactly as the venue writes them."""

from datetime import UTC, datetime
from functools import lru_cache

from market.types import SECOND


def fixed(units: int, decimals: int) -> str:
    """All decimals of ``units * 10**-decimals``: ``fixed(670210, 4) == "67.0210"``."""
    if decimals == 0:
        return str(units)
    text = f"{units:0{decimals + 1}d}"
    return f"{text[:-decimals]}.{text[-decimals:]}"


def trimmed(units: int, decimals: int) -> str:
    """Like :func:`fixed` without trailing zeros: ``trimmed(670210, 4) == "67.021"``."""
    text = fixed(units, decimals)
    return text.rstrip("0").rstrip(".") if decimals else text


def timestamp(time_ns: int) -> str:
    """RFC 3339 in UTC with six decimals: ``2021-04-17T16:43:29.571587Z``."""
    seconds, rest = divmod(time_ns, SECOND)
    return f"{_to_the_second(seconds)}.{rest // 1000:06d}Z"


@lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
