"""Four times a second: tell the tabs on the paper page what changed on the account they show.

As with order books, what is told replaces what was not sent yet, and nothing is read while nobody
looks. Each part of the page is a text of its own: a fill sends no curve.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic_ns
from typing import Protocol

from server.errors import RequestError
from server.followers import Followers
from server.frames_client import FramesClient
from server.frames_protocol import FollowPaper
from server.paper_texts import AccountTexts, quote_text, rows_text
from server.paper_views import AccountRow, AccountView
from server.views import LastView

EVERY_S = 0.25


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
    """The tabs that follow an account. Used from the event loop only."""

    def __init__(self, accounts: Accounts, last: Callable[[str], LastView]) -> None:
        self._accounts = accounts
        self._last = last
        self._followers = Followers[_Follower]("paper accounts", EVERY_S)
        self._texts: dict[int, AccountTexts] = {}

    def follow(self, client: FramesClient, wanted: FollowPaper) -> None:
        """Tell ``client`` of an account from now on, at once everything; of none without symbol."""
        if not wanted.symbol:
            self.leave(client)
            return
        self._followers.add(client, _Follower(wanted))
        self.tick(monotonic_ns())

    def leave(self, client: FramesClient) -> None:
        """Tell ``client`` nothing any more."""
        self._followers.leave(client)

    @property
    def failure(self) -> str | None:
        """What defect of our own stopped it; None while it runs."""
        return self._followers.failure

    async def run(self) -> None:
        """Tell until cancelled."""
        await self._followers.run(self.tick)

    def tick(self, now_ns: int) -> None:
        """Tell every visible tab what changed, once."""
        followers = self._followers.shown
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
