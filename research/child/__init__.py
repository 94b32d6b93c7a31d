"""Runs in processes of their own, for code that is not ours."""

from research.child.limits import Limits

__all__ = ["Limits"]
