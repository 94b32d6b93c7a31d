"""Search for good parameters: every combination of a grid, or what Optuna proposes."""

from research.search.grid import MAX_POINTS, Grid
from research.search.optuna_search import OptunaSearch
from research.search.progress import Progress
from research.search.result import Heatmap, SearchResult, heatmap
from research.search.search import search
from research.search.study import Study

__all__ = [
    "MAX_POINTS", "Grid", "Heatmap", "OptunaSearch", "Progress", "SearchResult", "Study", "heatmap",
    "search",
]  # fmt: skip
