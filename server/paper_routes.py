"""REST of paper trading: orders, positions, fills, the journal.

Acts are answered after the journal holds what became of them; a refusal says which rule it was:
``{"error": sentence, "rule": code}``.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from paper_trading.service import PaperTrading
from paper_trading.views import OrderView
from server.answers import json_answer
from server.paper_answers import AccountId, Ask, account_of, done, paper_router
from server.paper_bodies import ChangeBody, NoteBody, OrderBody
from server.routes import refusals
from trading.paper.commands import Cancel, CancelAll, Close, CloseAll

MOST_ROWS = 1000

Owner = Annotated[
    str | None, Query(max_length=64, description="manual, or an automation's id; all without")
]
OfSymbol = Annotated[str | None, Query(max_length=64, description="Of one symbol; all without")]
Rows = Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many of the newest")]
Steps = Annotated[bool, Query(description="With every candle's close that an automation saw")]
Before = Annotated[int | None, Query(ge=1, description="Only those before this seq")]


def paper_order_routes(paper: PaperTrading) -> APIRouter:
    """``/api/paper/orders``."""
    api = paper_router("/api/paper/orders")

    @api.post("", status_code=201, responses=refusals(404, 409, 503))
    async def place(ask: Ask, body: OrderBody) -> Response:
        """Place an order. With an Idempotency-Key it is placed once, however often it is sent."""
        return await done(paper, ask, body.command(ask.key), 201)

    @api.get("")
    async def orders(
        account: AccountId = 0,
        live: Annotated[bool, Query(description="Only those that may still fill")] = False,
    ) -> Response:
        """The live orders and the newest that ended, newest first."""
        view = paper.account_view(account_of(paper, account))
        return json_answer([each for each in view.orders if each.live or not live])

    @api.get("/{number}", responses=refusals(404))
    async def order(number: int, account: AccountId = 0) -> Response:
        """One of them."""
        view = paper.account_view(account_of(paper, account))
        return _found(view.orders, number)

    @api.patch("/{number}", responses=refusals(404, 409, 503))
    async def change(ask: Ask, number: int, body: ChangeBody) -> Response:
        """Give a live order another size or price; with another price it queues anew."""
        return await done(paper, ask, body.command(number, ask.by, ask.key))

    @api.delete("/{number}", responses=refusals(404, 503))
    async def cancel(ask: Ask, number: int) -> Response:
        """Cancel an order."""
        return await done(paper, ask, Cancel(id=number, by=ask.by, key=ask.key))

    @api.delete("", responses=refusals(503))
    async def cancel_all(ask: Ask, symbol: OfSymbol = None, owner: Owner = None) -> Response:
        """Cancel all live orders, or those of a symbol or an owner."""
        return await done(paper, ask, CancelAll(symbol=symbol, owner=owner, key=ask.key))

    return api


def paper_position_routes(paper: PaperTrading) -> APIRouter:
    """``/api/paper/positions`` and ``/api/paper/fills``."""
    api = paper_router("/api/paper")

    @api.get("/positions")
    async def positions(account: AccountId = 0) -> Response:
        """Open positions at the last prices, one per symbol and owner."""
        return json_answer(paper.account_view(account_of(paper, account)).positions)

    @api.delete("/positions/{symbol}", responses=refusals(404, 503))
    async def close(ask: Ask, symbol: str, owner: Owner = None) -> Response:
        """Close the positions in a symbol at market."""
        return await done(paper, ask, Close(symbol=symbol, owner=owner, key=ask.key))

    @api.delete("/positions", responses=refusals(503))
    async def close_all(ask: Ask, owner: Owner = None) -> Response:
        """Close every position at market."""
        return await done(paper, ask, CloseAll(owner=owner, key=ask.key))

    @api.get("/fills")
    async def fills(account: AccountId = 0, limit: Rows = 100) -> Response:
        """The newest fills, newest first; ``count`` is how many there are."""
        view = paper.account_view(account_of(paper, account))
        return json_answer({"count": view.fill_count, "fills": view.fills[:limit]})

    @api.patch("/fills/{number}", responses=refusals(503))
    async def note(ask: Ask, number: int, body: NoteBody) -> Response:
        """Write a note and tags on a fill."""
        return await done(paper, ask, body.command(f"fill {number}", ask.key))

    return api


def paper_journal_routes(paper: PaperTrading) -> APIRouter:
    """``/api/paper/journal``."""
    api = paper_router("/api/paper/journal")

    @api.get("")
    async def journal(
        account: AccountId = 0, limit: Rows = 200, before: Before = None, steps: Steps = False
    ) -> Response:
        """What happened to the account, newest first, with the trader's notes."""
        chosen = account_of(paper, account)
        rows = await asyncio.to_thread(paper.journal_rows, chosen, before, limit, steps)
        return json_answer(rows)

    @api.patch("/{seq}", responses=refusals(503))
    async def note(ask: Ask, seq: int, body: NoteBody) -> Response:
        """Write a note and tags on a row of the journal."""
        return await done(paper, ask, body.command(f"event {seq}", ask.key))

    return api


def _found(orders: tuple[OrderView, ...], number: int) -> Response:
    for order in orders:
        if order.id == number:
            return json_answer(order)
    words = f"order {number} is neither live nor among the newest that ended"
    return json_answer({"error": words, "rule": "unknown_order"}, 404)
