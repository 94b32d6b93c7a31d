"""Times as addresses write them: ISO 8601, or milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

from server.errors import RequestError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2262, 1, 1, tzinfo=UTC)  # int64 nanoseconds end in that year


def time_ns(name: str, text: str) -> int:
    """Nanoseconds since 1970 of ``2026-01-31T20:45Z`` or ``1769892300000``; UTC unless said.

    ``name`` is what the error calls it; raises :class:`RequestError`.
    """
    wanted = text.strip()
    try:
        if wanted.isascii() and wanted.isdigit():
            moment = _EPOCH + timedelta(milliseconds=int(wanted))
        else:
            moment = datetime.fromisoformat(wanted)
    except (ValueError, OverflowError):
        raise _refused(name, text) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if not _EPOCH <= moment < _LATEST:
        raise _refused(name, text)
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def _refused(name: str, text: str) -> RequestError:
    return RequestError(
        f"{name} was {text[:40]!r}; allowed is a time from 1970 to 2261, "
        "like 2026-01-31T20:45Z, or milliseconds since 1970"
    )
