"""REST of paper accounts: what they are worth, terms, limits, the switch that stops all trading."""

import asyncio

from fastapi import APIRouter, Response

from paper_trading.service import PaperTrading
from server.answers import json_answer
from server.paper_answers import AccountId, Ask, account_of, done, paper_router
from server.paper_bodies import AccountBody, LimitsBody, TermsBody, terms_of
from server.routes import refusals
from server.webhooks import Webhooks
from trading.paper.commands import ChangeTerms, Kill, Resume


def paper_account_routes(paper: PaperTrading) -> APIRouter:
    """``/api/paper/account`` and ``/api/paper/accounts``."""
    api = paper_router("/api/paper")

    @api.get("/accounts")
    async def accounts() -> Response:
        """Every account, the one of the market that is shown first."""
        return json_answer(paper.accounts())

    @api.post("/accounts", status_code=201, responses=refusals(503))
    async def open_account(body: AccountBody) -> Response:
        """Open an account; the answer has its id."""
        number = await asyncio.wrap_future(paper.open_account(body.opened()))
        return json_answer({"account": number}, 201)

    @api.get("/account")
    async def account(account: AccountId = 0) -> Response:
        """The account at the last prices: equity, cash, positions, orders, limits, automations.

        Money, prices and sizes are decimals written as text.
        """
        return json_answer(paper.account_view(account_of(paper, account)))

    @api.get("/statistics")
    async def statistics(account: AccountId = 0) -> Response:
        """The figures of the account up to now, named and defined as those of a backtest."""
        number = account_of(paper, account)
        return json_answer({"metrics": await asyncio.to_thread(paper.statistics, number)})

    @api.patch("/account", responses=refusals(503))
    async def change(ask: Ask, body: TermsBody) -> Response:
        """Trade under other fees, leverage or latency from now on."""
        before = terms_of(paper.account_view(account_of(paper, ask.account)))
        return await done(paper, ask, ChangeTerms(terms=body.terms(before), key=ask.key))

    return api


def paper_risk_routes(paper: PaperTrading, webhooks: Webhooks) -> APIRouter:
    """What stops trading, and who is told."""
    api = paper_router("/api/paper")

    @api.post("/kill", responses=refusals(503))
    async def kill(ask: Ask) -> Response:
        """Stop all trading: cancel every order, close every position, take no new one."""
        return await done(paper, ask, Kill(by=ask.by, key=ask.key))

    @api.post("/resume", responses=refusals(503))
    async def resume(ask: Ask) -> Response:
        """Trade again; refused while a loss is at its limit."""
        return await done(paper, ask, Resume(by=ask.by, key=ask.key))

    @api.get("/limits")
    async def limits(account: AccountId = 0) -> Response:
        """The risk limits and how much of each is used."""
        view = paper.account_view(account_of(paper, account))
        return json_answer({"limits": view.limits, "gauges": view.gauges})

    @api.put("/limits", responses=refusals(503))
    async def set_limits(ask: Ask, body: LimitsBody) -> Response:
        """Set all risk limits; what is left out has its default."""
        return await done(paper, ask, body.command(ask.by, ask.key))

    @api.get("/webhooks")
    async def receivers() -> Response:
        """How deliveries to each receiver of events stand."""
        return json_answer(webhooks.views())

    return api
