"""RFC 3339 times to nanoseconds since the epoch, exactly and fast.

Venues drop trailing zeros of the fraction (``38.50436Z``), send anything from none to nine digits,
and are always in UTC. Frames come in the order of time, so the minute is almost always one that was
just converted: only seconds and fraction are converted each time.
"""

from datetime import UTC, datetime
from functools import lru_cache

from market.types import SECOND


@lru_cache(maxsize=64)
def _minute_ns(text: str) -> int:
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:").replace(tzinfo=UTC)
    return int(moment.timestamp()) * SECOND


def parse_rfc3339(text: str) -> int:
    """Nanoseconds of ``2021-04-17T16:43:38.50436Z``; digits beyond the ninth are cut off.

    Raises ValueError when ``text`` is not a UTC time of that form in the years 1970 to 2261.
    """
    seconds, fraction = text[17:19], text[20:-1]
    if len(text) < 20 or text[-1] != "Z" or not (seconds.isascii() and seconds.isdigit()):
        raise ValueError(f"time was {text!r}; allowed is YYYY-MM-DDThh:mm:ss.fffffffffZ")
    nanoseconds = _minute_ns(text[:17]) + int(seconds) * SECOND
    if fraction:
        if text[19] != "." or not (fraction.isascii() and fraction.isdigit()):
            raise ValueError(
                f"fraction of a second was {text[19:-1]!r}; allowed are a point and digits"
            )
        nanoseconds += int(fraction[:9].ljust(9, "0"))
    elif len(text) != 20:
        raise ValueError(f"time was {text!r}; a point must be followed by digits")
    if int(seconds) > 60 or not 0 <= nanoseconds < 2**63:
        raise ValueError(f"time was {text!r}; allowed are the years 1970 to 2261")
    return nanoseconds
