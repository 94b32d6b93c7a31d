"""Makes the two small font files of the chart from Inter's full ones.

Usage: ``python scripts/subset_fonts.py /usr/share/fonts/opentype/inter`` (needs
fonttools). The digits are replaced by Inter's tabular digits (feature ``tnum``), so that every
digit has the same advance.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent.parent / "chart_acceleration" / "fonts"
CHARACTERS = "".join(chr(code) for code in range(32, 127)) + "·–−…×"
WEIGHTS = ("Inter-Medium", "Inter-SemiBold")


def _tabular_digits(font: TTFont) -> dict[str, str]:
    """Glyph name of each digit -> glyph name of its tabular form."""
    table = font["GSUB"].table
    swaps: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    swaps.update(getattr(part, "ExtSubTable", part).mapping)
    return swaps


def make(source: Path, target: Path) -> None:
    """Write the subset of ``source`` with tabular digits to ``target``."""
    font = TTFont(source)
    swaps = _tabular_digits(font)
    for cmap in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if code in cmap.cmap:
                cmap.cmap[code] = swaps.get(cmap.cmap[code], cmap.cmap[code])
    options = subset.Options(layout_features=[], notdef_outline=True, name_IDs=["*"], hinting=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    font.save(target)


if __name__ == "__main__":
    for weight in WEIGHTS:
        make(Path(sys.argv[1]) / f"{weight}.otf", HERE / f"{weight}.otf")
