"""Questions to a venue's REST interface, within its limits. The only importer of an HTTP client."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from math import inf
from typing import Protocol

import httpx

from data_feed.errors import ConnectionLost, HistoryError, HistoryUnavailable
from data_feed.history import VenueHistory, WeighedHistory
from data_feed.loopback import is_loopback

PENALTY_S = 5.0
"""Pause after a refusal for too many questions that names none."""

LONGEST_WAIT_S = 60.0
"""A question that would have to wait longer is not asked."""

TRIES = 3

_TOO_MANY = frozenset((httpx.codes.TOO_MANY_REQUESTS, 418))  # 418: Binance, after too many 429

# The client reports every question as news; at the start there are a hundred.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Asker(Protocol):
    """Asks one question; see :meth:`Rest.session`."""

    async def __call__(self, path: str) -> bytes:
        """The answer's body.

        Raises :class:`data_feed.errors.HistoryError` or :class:`data_feed.errors.ConnectionLost`.
        """
        ...


class Rest(Protocol):
    """A venue that answers questions."""

    def session(self) -> AbstractAsyncContextManager[Asker]:
        """Asks questions as long as the context is open."""
        ...


class Budget:
    """Questions weigh something, a minute bears ``per_minute``, and ``pause_s`` lies between two.

    Source of the weights: each venue's documentation, see :class:`data_feed.history`.
    """

    def __init__(self, pause_s: float, per_minute: float = inf) -> None:
        self._pause_s = pause_s
        self._per_minute = per_minute
        self._free_s = 0.0

    def wait_s(self, weight: float, now_s: float) -> float:
        """Seconds until a question of ``weight`` may be asked; it counts as asked then.

        Raises :class:`HistoryUnavailable` when that is longer than a minute away.
        """
        wait_s = max(0.0, self._free_s - now_s)
        if wait_s > LONGEST_WAIT_S:
            raise HistoryUnavailable(f"the venue wants no question for {wait_s:.0f} s")
        spent_s = max(self._pause_s, 60.0 * weight / self._per_minute)
        self._free_s = max(now_s, self._free_s) + spent_s
        return wait_s

    def refused(self, pause_s: float, now_s: float) -> None:
        """The venue wants no question for ``pause_s``."""
        self._free_s = max(self._free_s, now_s + pause_s)


class HttpRest:
    """Asks ``history``'s venue over HTTP; a refusal for too many questions is waited out."""

    def __init__(self, history: VenueHistory, pause_s: float, timeout_s: float) -> None:
        self._base_url = history.base_url
        self._timeout_s = timeout_s
        self._weighed = history if isinstance(history, WeighedHistory) else None
        self._budget = Budget(pause_s, self._weighed.per_minute if self._weighed else inf)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Asker]:
        """See :class:`Rest`."""
        async with httpx.AsyncClient(
            base_url=self._base_url,
            timeout=self._timeout_s,
            trust_env=not is_loopback(self._base_url),
            headers={"User-Agent": "candlecast"},
        ) as client:

            async def ask(path: str) -> bytes:
                return await self._ask(client, path)

            yield ask

    async def _ask(self, client: httpx.AsyncClient, path: str) -> bytes:
        weight = self._weighed.weight(path) if self._weighed else 0.0
        for _ in range(TRIES):
            await asyncio.sleep(self._budget.wait_s(weight, time.monotonic()))
            try:
                answer = await client.get(path)
            except httpx.HTTPError as error:
                raise ConnectionLost(f"no answer: {str(error) or type(error).__name__}") from None
            if answer.status_code not in _TOO_MANY:
                return _body(answer)
            pause_s = _retry_after(answer)
            self._budget.refused(pause_s or PENALTY_S, time.monotonic())
            if pause_s is None:
                break
        raise HistoryUnavailable(f"status {answer.status_code}: too many questions")


def _body(answer: httpx.Response) -> bytes:
    status = answer.status_code
    if status == httpx.codes.OK:
        return answer.content
    kind = HistoryUnavailable if status >= httpx.codes.INTERNAL_SERVER_ERROR else HistoryError
    raise kind(f"status {status}, {answer.content[:80]!r}")


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the venue asks to wait; dates, which no venue here sends, count as none."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None
