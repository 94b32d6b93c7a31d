"""The look of AG Grid's tables: our CSS variables as the parameters of its theme."""


def grid_theme(size: int, row: int) -> dict[str, str]:
    """For ``dashGridOptions``: text of ``size`` and rows of ``row`` CSS pixels, header 24."""
    return {
        "function": (
            "themeQuartz.withParams({"
            "backgroundColor:'var(--panel)',foregroundColor:'var(--text1)',"
            "borderColor:'var(--border)',headerBackgroundColor:'var(--panel)',"
            "headerTextColor:'var(--text3)',headerFontSize:11,headerFontWeight:400,"
            f"fontFamily:'inherit',fontSize:{size},dataFontSize:{size},rowHeight:{row},"
            "headerHeight:24,cellHorizontalPadding:12,rowHoverColor:'var(--hover)',"
            "selectedRowBackgroundColor:'var(--active)',accentColor:'var(--accent)',"
            "wrapperBorder:false,wrapperBorderRadius:0,headerColumnResizeHandleColor:'transparent',"
            "iconSize:12,spacing:4,rowBorder:{color:'var(--border)'},"
            "headerRowBorder:{color:'var(--border)'}})"
        )
    }
