"""Runs in processes of their own, for code that is not ours."""

from research.child.children import Answer, Children
from research.child.limits import Limits

__all__ = ["Answer", "Children", "Limits"]
