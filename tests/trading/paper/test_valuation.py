"""What an account is worth, whenever it is asked for: that of its ledgers at the newest prices."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.paper.account import BTC, MS, STEPS, Account
from tests.trading.paper.life import STEPS_OF_LIFE, TERMS, Step, live, take
from trading.paper.commands import Target
from trading.paper.core import AccountCore
from trading.paper.terms import AccountTerms

pytestmark = pytest.mark.kernel


def worths(core: AccountCore) -> dict[str, tuple[float, float]]:
    """Equity and exposure by owner, looked at from the beginning."""
    found = {}
    for owner, record in core.records.portfolios.items():
        equity, exposure = record.ledger.money, 0.0
        for symbol, held in record.ledger.holdings.items():
            if held.amount:
                mark = core.floor.lines[symbol].mark
                equity += held.amount * mark if mark else held.paid
                exposure += abs(held.amount * mark if mark else held.paid)
        found[owner] = (equity, exposure)
    return found


@settings(max_examples=150, deadline=None)
@given(TERMS, st.lists(st.tuples(STEPS_OF_LIFE, st.booleans()), max_size=30), st.booleans())
def test_worths_and_net_sizes_are_those_of_the_ledgers(
    terms: AccountTerms, steps: list[tuple[Step, bool]], restarts: bool
) -> None:
    account = Account(terms)
    live(account, [(Target(owner, ((BTC, 0.3),)), MS) for owner in ("manual", "auto")])
    for step, asked in [*steps, (None, True)]:
        if step is not None:
            take(account, step)
        elif restarts:
            account.restart()
        if not asked:
            continue
        core, slow = account.core, worths(account.core)
        for owner, portfolio in core.floor.portfolios.items():
            means = core.floor.means(portfolio, "")
            assert (means.equity, means.exposure) == slow[owner]
        equity = exposure = 0.0
        for each in slow.values():
            equity, exposure = equity + each[0], exposure + each[1]
        assert core.floor.worth() == (equity, exposure)
        for symbol in STEPS:
            held = [each.ledger.size(symbol) for each in core.records.portfolios.values()]
            assert core.records.net.get(symbol, 0) == sum(held)
