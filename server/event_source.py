"""What sockets and webhooks need of paper trading."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from paper_trading.event_queues import EventQueue
from paper_trading.views import AccountRow, AccountView, EventView


class EventSource(Protocol):
    """Accounts whose events can be followed, see :class:`paper_trading.service.PaperTrading`."""

    def main(self) -> int:
        """Id of the account of the market that is shown."""
        ...

    def accounts(self) -> tuple[AccountRow, ...]:
        """Every account."""
        ...

    def account_view(self, account: int) -> AccountView:
        """An account as it is now."""
        ...

    def subscribe(
        self, account: int | None = None, wake: Callable[[], None] | None = None
    ) -> EventQueue:
        """Events of ``account`` (None: of all) from now on."""
        ...

    def past(self, account: int, after: int) -> list[EventView]:
        """The first events of ``account`` behind ``after``; empty: there are no more."""
        ...

    def unsubscribe(self, queue: EventQueue) -> None:
        """No more of them."""
        ...


def waker(fresh: asyncio.Event) -> Callable[[], None]:
    """What another thread may call to set ``fresh`` on the loop that this is called on."""
    loop = asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(fresh.set)

    return wake
