"""What the Plotly figures of the interface have in common: no colours of their own, no margins.

The colours come from ``assets/figure.css``; ``black`` stands for "CSS says which".
"""

from dash import dcc

CLEAR = "rgba(0,0,0,0)"
AXIS_WIDTH = 64
PLOT: dcc.Graph.Config = {"displayModeBar": False, "responsive": True}
FONT = {"family": "Inter", "size": 11}


def base_layout() -> dict[str, object]:
    """Clear ground, our font, our separators, no legend: legends are page text."""
    return {
        "template": "none",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": FONT,
        "showlegend": False,
        "separators": ".,",
    }


def vertical_axis() -> dict[str, object]:
    """An axis at the right, fixed, with six labels at most."""
    return {
        "side": "right",
        "fixedrange": True,
        "zeroline": False,
        "showline": True,
        "ticks": "",
        "automargin": False,
        "nticks": 6,
        "tickformat": ",~r",
        "gridcolor": "black",
        "ticklabelstandoff": 6,
        "linecolor": "black",
    }
