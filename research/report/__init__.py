"""A run as one page of HTML that needs nothing else: no script, no request."""

from research.report.page import report

__all__ = ["report"]
