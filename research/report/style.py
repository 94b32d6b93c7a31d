"""How the report looks: the product's colours, dark or light as the reader's system is."""

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: dark light; --app: #0a0c10; --panel: #0f1217; --border: #1f2630;
  --text1: #e4e8ee; --text2: #a9b2bf; --text3: #8590a0; --up: #2fbd8c; --down: #f26b76;
  --fall: #6e373f; --warn: #e2a93b; --warn-bg: #2b210f; --warn-line: #5a4519; --line: #56c7da;
  --grid: #191e26; --accent: #6a9cf8; }
@media (prefers-color-scheme: light) { :root { --app: #e9ecf1; --panel: #ffffff;
  --border: #dde2e9; --text1: #12161c; --text2: #48525f; --text3: #626c7b; --up: #0a7856;
  --down: #c42b3b; --fall: #e6a6ad; --warn: #8a5b00; --warn-bg: #fbf1dc; --warn-line: #e9d19b;
  --line: #007489; --grid: #eef1f5; --accent: #1f5fd6; } }
@media print { :root { color-scheme: light; --app: #ffffff; --panel: #ffffff; --border: #dde2e9;
  --text1: #12161c; --text2: #48525f; --text3: #626c7b; --up: #0a7856; --down: #c42b3b;
  --fall: #e6a6ad; --warn: #8a5b00; --warn-bg: #fbf1dc; --warn-line: #e9d19b; --line: #007489;
  --grid: #eef1f5; --accent: #1f5fd6; }
  body { print-color-adjust: exact; } section, tr { break-inside: avoid; }
  section.long { break-inside: auto; } thead { display: table-header-group; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--app); color: var(--text1);
  font: 400 12px/16px Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; border: solid var(--border); border-width: 0 1px;
  background: var(--panel); }
header, section { padding: 12px; border-bottom: 1px solid var(--border); }
h1 { margin: 0; font: 600 13px/20px Inter, system-ui, sans-serif; letter-spacing: -0.01em; }
h2 { margin: 0 0 8px; font: 600 12px/16px Inter, system-ui, sans-serif; }
h2 small, .context { color: var(--text3); font-size: 11px; font-weight: 400; }
.warnings { background: var(--warn-bg); border-color: var(--warn-line); color: var(--warn); }
.warnings ul { margin: 0; padding-left: 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); padding: 0; }
.cards div { padding: 10px 12px; border: solid var(--border); border-width: 0 1px 1px 0;
  margin: 0 -1px -1px 0; }
.cards span { display: block; color: var(--text3); font-size: 11px; }
.cards b { font: 600 16px/22px Inter, system-ui, sans-serif; }
.cards small { color: var(--text3); font-size: 11px; overflow-wrap: anywhere; }
.cards b { overflow-wrap: anywhere; }
.up { color: var(--up); } .down { color: var(--down); } .flat { color: var(--text3); }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--text3); font: 400 11px Inter, system-ui, sans-serif; }
.grid { stroke: var(--grid); } .equity { stroke: var(--line); } .market { stroke: var(--text3); }
.equity, .market, .fall { fill: none; stroke-width: 1.25; vector-effect: non-scaling-stroke; }
.fall { stroke: var(--down); fill: var(--fall); }
.keys { color: var(--text3); font-size: 11px; } .keys i { font-style: normal; margin-left: 12px; }
.keys .a { color: var(--line); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 11px; }
th { color: var(--text3); font-weight: 500; }
th, td { padding: 4px 8px; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--border); }
.left, .facts th, .facts td { text-align: left; }
.facts td { white-space: normal; }
.months td, .months th { text-align: center; }
img { display: block; width: 100%; height: auto; }
.shades td { border: 1px solid var(--panel); text-align: center; }
footer { padding: 12px; color: var(--text3); font-size: 11px; }
"""
_SHADE = ".{}{} {{ background: color-mix(in srgb, var(--{}) {}%, var(--panel)); }}\n"
STYLE += "".join(
    _SHADE.format(letter, step, colour, 5 * step)
    for letter, colour in (("a", "accent"), ("u", "up"), ("d", "down"))
    for step in range(1, 10)
)
