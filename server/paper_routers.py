"""All REST of paper trading in one list, for the server and its tests."""

from fastapi import APIRouter

from paper_trading.service import PaperTrading
from research.runs import Research
from server.paper_account_routes import paper_account_routes, paper_risk_routes
from server.paper_automation_routes import paper_automation_routes
from server.paper_routes import paper_journal_routes, paper_order_routes, paper_position_routes
from server.webhooks import Webhooks

__all__ = ["paper_routers"]


def paper_routers(
    paper: PaperTrading, research: Research, webhooks: Webhooks
) -> tuple[APIRouter, ...]:
    """Everything below ``/api/paper``."""
    return (
        paper_order_routes(paper),
        paper_position_routes(paper),
        paper_account_routes(paper),
        paper_risk_routes(paper, webhooks),
        paper_journal_routes(paper),
        paper_automation_routes(paper, research),
    )
