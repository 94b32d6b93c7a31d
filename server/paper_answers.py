"""What routes of paper trading have in common: which account, which key, how an outcome is told."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response

from paper_trading.service import PaperTrading
from paper_trading.views import Outcome
from server.answers import json_answer
from server.errors import RequestError
from server.routes import refusals
from trading.paper.commands import Command

LONGEST_KEY = 200
ANSWER_S = 10.0
"""How long an answer waits for the journal."""
PREPARING_S = 2.0
"""The same while the engine is being compiled."""

_BUSY = f"the accounts were busy for {ANSWER_S:g} s. Nothing was done; send it again."

_LATE = (
    f"The journal has not confirmed this within {ANSWER_S:g} s. It may still be done: send it "
    "again with the same Idempotency-Key."
)

STATUSES = {"key_reused": 409, "unknown_order": 404, "journal": 503}
"""Where a refusal is more than something that cannot be done (422)."""

AccountId = Annotated[
    int, Query(description="Id of an account; 0: the one of the market that is shown")
]
By = Annotated[
    str, Query(max_length=16, pattern="^[a-z]+$", description="Who asks, for the journal")
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any text of the sender's. The same request with the same key is done once: "
        "sent again, also after a restart, it gets the first answer",
    ),
]


def checked_key(key: Key = None) -> str | None:
    """The key; raises :class:`RequestError` for one that cannot be kept."""
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        raise RequestError(
            f"Idempotency-Key had {len(key)} characters; allowed are 1 to {LONGEST_KEY} that can "
            "be printed"
        )
    return key


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose command it is: the account, who asks, the idempotency key."""

    account: int
    by: str
    key: str | None


def asked(
    key: Annotated[str | None, Depends(checked_key)], account: AccountId = 0, by: By = "api"
) -> Asked:
    """As it stands in a request."""
    return Asked(account, by, key)


Ask = Annotated[Asked, Depends(asked)]


def paper_router(prefix: str) -> APIRouter:
    """Routes below ``prefix``; state-changing ones are guarded, see :mod:`server.security`."""
    return APIRouter(prefix=prefix, responses=refusals(401, 404, 422))


def account_of(paper: PaperTrading, account: int) -> int:
    """``account``, or the one of the market that is shown for 0."""
    return account or paper.main()


async def done(paper: PaperTrading, ask: Asked, command: Command, status: int = 200) -> Response:
    """Have ``command`` done and tell what became of it, after the journal holds it."""
    answer = paper.submit(account_of(paper, ask.account), command)
    patience_s = PREPARING_S if paper.preparing else ANSWER_S
    try:
        async with asyncio.timeout(patience_s):
            outcome = await asyncio.wrap_future(answer)
    except TimeoutError:
        return _late(answer, paper.preparing)
    return told(outcome, status)


def _late(answer: Future[Outcome], preparing: str) -> Response:
    """Why there is no answer; what has not been begun is not done any more."""
    if not answer.cancel():
        return json_answer({"error": _LATE, "rule": "journal"}, 503)
    reason = f"Refused: {preparing}" if preparing else f"Refused: {_BUSY}"
    return json_answer({"error": reason, "rule": "preparing" if preparing else "busy"}, 503)


def told(outcome: Outcome, status: int = 200) -> Response:
    """An outcome as an answer: refused ones have a status from 400 on."""
    refusal = outcome.refusal
    seq = outcome.events[-1].seq if outcome.events else None
    facts = {"account": outcome.account, "order": outcome.order, "seq": seq, "again": outcome.again}
    if refusal is not None:
        answer = {"error": refusal.words, "rule": refusal.code, **facts}
        return json_answer(answer, STATUSES.get(refusal.code, 422))
    words = outcome.events[0].words if outcome.events else "Nothing was to be done."
    return json_answer({"words": words, **facts, "events": outcome.events}, status)
