"""Every account of the program: those that a journal keeps, and those that end with it."""

import logging
from collections.abc import Callable, Iterator, Mapping

from market.market import Market
from market.types import quote_currency
from paper_trading.errors import BadAccount, UnknownAccount
from paper_trading.event_queues import EventQueues
from paper_trading.live_account import AccountKey, AutomationsPart, Ledgers, LiveAccount
from storage.errors import StorageError
from storage.journal.entry import Account, Journal
from storage.journal.memory import MemoryJournal
from storage.journal.writer import JournalState, JournalWriter
from trading.errors import TradingError
from trading.paper.risk import RiskLimits
from trading.paper.terms import AccountTerms, MarketMode

__all__ = ["MAIN", "Accounts"]

log = logging.getLogger(__name__)

MAIN = "Main account"
MOST = 100
LONGEST_NAME = 40


class Accounts:
    """For the runner's thread, but for ``all``, which is replaced as a whole.

    ``post`` has a job done in the runner's thread, ``journal_changed`` is called there when a
    journal gets out of reach or is back. ``queues`` get every event that is journaled;
    ``automate`` makes what trades an account by itself.
    """

    def __init__(
        self,
        market: Market,
        journal: Journal,
        post: Callable[[Callable[[], None]], None],
        journal_changed: Callable[[], None],
    ) -> None:
        self.all: Mapping[int, LiveAccount] = {}
        self.queues = EventQueues()
        self.automate: Callable[[LiveAccount], AutomationsPart] | None = None
        self._market = market
        self._post = post
        self._journal_changed = journal_changed
        self._kept = self._ledgers(journal)
        self._memory: Ledgers | None = None
        self._temporary = 0
        self._left_out: dict[tuple[str, str], str] = {}

    def __iter__(self) -> Iterator[LiveAccount]:
        return iter(self.all.values())

    def find(self, account: int) -> LiveAccount:
        """The account with that id; raises :class:`UnknownAccount`."""
        found = self.all.get(account)
        if found is None:
            raise UnknownAccount(account, self.all)
        return found

    def of(self, market: MarketMode) -> list[LiveAccount]:
        """The accounts that trade in ``market``; those in the currency shown come first."""
        currency = self.currency
        found = [account for account in self if account.key.market == market]
        return sorted(found, key=lambda each: each.core.records.terms.currency != currency)

    @property
    def currency(self) -> str:
        """What the market that is shown is counted in."""
        return quote_currency(self._market.symbols[0])

    @property
    def newest_ns(self) -> int:
        """The time of the newest event of all accounts."""
        return max((account.core.records.time_ns for account in self), default=0)

    def steps(self) -> dict[str, float]:
        """The symbols that are shown; the steps of their sizes are not known."""
        return dict.fromkeys(self._market.symbols, 0.0)

    # --- beginning and end ----------------------------------------------------------------------

    def load(self, time_ns: int) -> None:
        """Build every account from the journal; those that cannot be are logged and left out."""
        self._kept.writer.start()
        for known in self._kept.journal.accounts():
            try:
                self._load(known, time_ns)
            except (StorageError, TradingError) as error:
                log.error("paper account %r cannot be used: %s", known.name, error)
                self._left_out[known.market, known.name] = str(error)

    def open(self, terms: AccountTerms, time_ns: int) -> LiveAccount:
        """A new account that is kept; raises :class:`BadAccount`, or ``StorageError``."""
        if len(self.all) >= MOST:
            raise BadAccount(f"There are {len(self.all)} accounts; allowed are {MOST}.")
        if not (0 < len(terms.name.strip()) <= LONGEST_NAME and terms.name.isprintable()):
            raise BadAccount(
                f"The name was {terms.name[:60]!r}; allowed are 1 to {LONGEST_NAME} characters."
            )
        same = [
            each for each in self.of(terms.market) if each.core.records.terms.name == terms.name
        ]
        if same:
            raise BadAccount(f"There is a {terms.market} account {terms.name!r} already.")
        if terms.market == "replay":
            return self.open_temporary(terms, time_ns)
        try:
            known = self._kept.journal.add_account(terms.name, terms.market, time_ns)
            self._kept.journal.claim(known.id)
            return self._opened(self._key(known), self._kept, terms, time_ns)
        except TradingError as error:
            raise BadAccount(str(error)) from None

    def open_temporary(self, terms: AccountTerms, time_ns: int) -> LiveAccount:
        """A new account that ends with the program; its id is negative."""
        if self._memory is None:
            self._memory = self._ledgers(MemoryJournal())
            self._memory.writer.start()
        self._temporary -= 1
        name = f"{terms.name} {-self._temporary}"
        known = self._memory.journal.add_account(name, terms.market, time_ns)
        key = AccountKey(self._temporary, known.id, terms.market, temporary=True)
        return self._opened(key, self._memory, terms, time_ns)

    def ensure_main(self, market: MarketMode, time_ns: int) -> None:
        """See to an account in the currency shown that trades in ``market``."""
        currency = self.currency
        found = [each for each in self.of(market) if each.core.records.terms.currency == currency]
        if found:
            return
        name = f"{MAIN} {currency}" if self.of(market) else MAIN
        terms = AccountTerms(name=name, market=market, currency=currency)
        try:
            self.open(terms, time_ns)
        except (StorageError, BadAccount) as error:
            reason = self._left_out.get((market, name), str(error))
            log.error("%s cannot be used, what is traded now is not kept: %s", name, reason)
            notice = f"{name} cannot be used, what is traded here is not kept: {reason}."
            self.open_temporary(terms, time_ns).notice = notice

    @property
    def notice(self) -> str:
        """Why some account cannot be used, or is not kept though it should be; or empty."""
        told = [account.notice for account in self if account.notice]
        stood_in = {account.key.market for account in self if account.notice}
        told += [
            f"{name} cannot be used: {reason}."
            for (market, name), reason in self._left_out.items()
            if market not in stood_in
        ]
        return " ".join(told)

    @property
    def journal_state(self) -> JournalState:
        """How far the journal of the accounts that are kept is."""
        return self._kept.writer.state()

    def drop(self, account: LiveAccount) -> None:
        """End a temporary account."""
        self.all = {key: each for key, each in self.all.items() if each is not account}

    def close(self) -> int:
        """Write what waits; how many events could not be written."""
        left = self._kept.writer.close()
        if self._memory is not None:
            self._memory.writer.close()
        return left

    # ------------------------------------------------------------------------------------------

    def _load(self, known: Account, time_ns: int) -> None:
        self._kept.journal.claim(known.id)
        key = self._key(known)
        if not self._kept.journal.last(known.id):  # the program ended between two steps
            terms = AccountTerms(name=known.name, market=key.market, currency=self.currency)
            self._opened(key, self._kept, terms, time_ns)
            return
        account = LiveAccount(key, self._kept, self.steps())
        account.load()
        self._add(account)

    def _opened(
        self, key: AccountKey, ledgers: Ledgers, terms: AccountTerms, time_ns: int
    ) -> LiveAccount:
        account = LiveAccount(key, ledgers, self.steps())
        account.open(terms, RiskLimits(), time_ns)
        account.flush()
        self._add(account)
        return account

    def _add(self, account: LiveAccount) -> None:
        if self.automate is not None:
            account.automations = self.automate(account)
        self.all = {**self.all, account.key.id: account}

    def _ledgers(self, journal: Journal) -> Ledgers:
        writer = JournalWriter(journal, lambda _: self._post(self._journal_changed))
        return Ledgers(journal, writer, self.queues, self._post)

    @staticmethod
    def _key(known: Account) -> AccountKey:
        market: MarketMode = "live" if known.market == "live" else "simulated"
        return AccountKey(known.id, known.id, market, temporary=False)
