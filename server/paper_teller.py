"""Four times a second: tell the tabs on the paper page what changed on the account they show.

As with order books, what is told replaces what was not sent yet, and nothing is read while nobody
looks. Each part of the page is a text of its own: a fill sends no curve.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic_ns
from typing import Protocol

from server.errors import RequestError
from server.frames_client import FramesClient
from server.frames_protocol import FollowPaper
from server.paper_texts import AccountTexts, quote_text, rows_text
from server.paper_views import AccountRow, AccountView
from server.views import LastView

EVERY_S = 0.25
_log = logging.getLogger(__name__)


class Accounts(Protocol):
    """What there is to tell of."""

    def accounts(self) -> tuple[AccountRow, ...]:
        """Every account, in the order of their numbers."""
        ...

    def main(self) -> int:
        """The account of the market that the feed shows."""
        ...

    def account_view(self, account: int) -> AccountView:
        """The newest snapshot of one."""
        ...


@dataclass(slots=True)
class _Follower:
    wanted: FollowPaper
    told: dict[str, bytes] = field(default_factory=dict)


class PaperTeller:
    """The tabs that follow an account. Used from the event loop only.

    ``failure`` says what defect of our own stopped it; None while it runs.
    """

    def __init__(self, accounts: Accounts, last: Callable[[str], LastView]) -> None:
        self.failure: str | None = None
        self._accounts = accounts
        self._last = last
        self._followers: dict[FramesClient, _Follower] = {}
        self._texts: dict[int, AccountTexts] = {}
        self._wake = asyncio.Event()

    def follow(self, client: FramesClient, wanted: FollowPaper) -> None:
        """Tell ``client`` of an account from now on, at once everything; of none without symbol."""
        if not wanted.symbol:
            self.leave(client)
            return
        self._followers[client] = _Follower(wanted)
        self.tick(monotonic_ns())
        self._wake.set()

    def leave(self, client: FramesClient) -> None:
        """Tell ``client`` nothing any more."""
        self._followers.pop(client, None)

    async def run(self) -> None:
        """Tell until cancelled; a defect of our own is logged and shown by /healthz."""
        work = asyncio.create_task(self._tell_forever())
        try:
            await asyncio.wait([work])
        finally:
            work.cancel()
            await asyncio.wait([work])
            if not work.cancelled() and (error := work.exception()) is not None:
                self.failure = f"paper accounts are not told any more: {error!r}"
                _log.critical("paper accounts are not told any more", exc_info=error)

    async def _tell_forever(self) -> None:
        while True:
            if not any(client.visible for client in self._followers):
                self._wake.clear()
                # A tab that is shown again says anew what it shows.
                await self._wake.wait()
            self.tick(monotonic_ns())
            await asyncio.sleep(EVERY_S)

    def tick(self, now_ns: int) -> None:
        """Tell every visible tab what changed, once."""
        followers = [(tab, each) for tab, each in self._followers.items() if tab.visible]
        if not followers:
            return
        rows = self._accounts.accounts()
        known = {row.id for row in rows}
        shown = {
            client: each.wanted.account if each.wanted.account in known else self._accounts.main()
            for client, each in followers
        }
        texts = {
            account: self._texts.setdefault(account, AccountTexts()).of(
                self._accounts.account_view(account), now_ns
            )
            for account in set(shown.values())
        }
        self._texts = {account: self._texts[account] for account in texts}
        for client, follower in followers:
            parts = {"accounts": rows_text(rows), **texts[shown[client]]}
            self._tell(client, follower, parts)

    def _tell(self, client: FramesClient, follower: _Follower, parts: dict[str, bytes]) -> None:
        with suppress(RequestError):  # a page may outlive a symbol; its chart says so
            parts["quote"] = quote_text(self._last(follower.wanted.symbol))
        for part, text in parts.items():
            if follower.told.get(part) != text:
                follower.told[part] = text
                client.offer_text(f"paper {part}", text)
