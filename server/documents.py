"""The two pages that do not come from Dash: login and API reference. Plain HTML, no script."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title} - Candlecast</title>
<link rel="icon" type="image/svg+xml" href="/assets/icons/favicon.svg">
<script src="/assets/theme.js"></script>
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/forms.css">
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""

_LOGIN_STYLE = """
body { background: var(--app); overflow: auto; }
main { width: 320px; max-width: calc(100vw - 24px); margin: 20vh auto 0; padding: 20px;
  border: 1px solid var(--border); background: var(--panel); }
h1 { margin: 0 0 4px; font: 600 13px/20px var(--font); letter-spacing: -0.01em; }
main > p { margin: 0 0 16px; color: var(--text2); }
label { display: block; margin-bottom: 4px; font: 400 11px/16px var(--font); color: var(--text2); }
input { display: block; width: 100%; height: 36px; padding: 0 10px; border-radius: 4px;
  border: 1px solid var(--border2); background: var(--field); color: var(--text1);
  font: 400 12px/16px var(--font); }
input:focus { outline: 1px solid var(--accent); border-color: var(--accent); }
input[aria-invalid] { border-color: var(--down); }
.problem { min-height: 16px; margin: 4px 0 12px; font-size: 11px; color: var(--down); }
"""

_DOCS_STYLE = """
body { background: var(--app); overflow: auto; }
main { max-width: 960px; margin: 0 auto; padding: 20px 12px 48px; }
h1 { margin: 0 0 4px; font: 600 13px/20px var(--font); letter-spacing: -0.01em; }
section { margin-top: 12px; padding: 12px; border: 1px solid var(--border);
  background: var(--panel); }
h2 { margin: 0 0 4px; font: 600 12px/16px var(--font); }
p { margin: 0 0 8px; color: var(--text2); }
td code { overflow-wrap: anywhere; }
code { font: 400 11px/16px var(--mono); color: var(--text1); }
table { width: 100%; border-collapse: collapse; font-size: 11px; line-height: 16px; }
th { text-align: left; font-weight: 500; color: var(--text3); }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--border); vertical-align: top; }
"""


def login_page(problem: str, goes_to: str) -> str:
    """The login form. ``problem`` is the sentence about the last attempt, or empty."""
    invalid = ' aria-invalid="true"' if problem else ""
    body = f"""<main>
<h1>Candlecast</h1>
<p>This server asks for a password.</p>
<form method="post" action="/login">
<input type="hidden" name="next" value="{escape(goes_to)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 autofocus{invalid} aria-describedby="problem">
<p class="problem" id="problem" role="alert">{escape(problem)}</p>
<button class="button button-primary button-main" type="submit">Log in</button>
</form>
</main>"""
    return _PAGE.format(title="Log in", style=_LOGIN_STYLE, body=body)


def api_page(schema: Mapping[str, Any]) -> str:
    """The REST reference, from the OpenAPI ``schema``."""
    sections = "\n".join(
        _section(path, method, operation)
        for path, operations in schema.get("paths", {}).items()
        for method, operation in operations.items()
    )
    body = f"""<main>
<h1>REST interface</h1>
<p>{escape(schema["info"].get("description", ""))}
The same as a document for programs: <a href="/api/openapi.json">/api/openapi.json</a>.</p>
{sections}
</main>"""
    return _PAGE.format(title="REST interface", style=_DOCS_STYLE, body=body)


def _section(path: str, method: str, operation: Mapping[str, Any]) -> str:
    rows = "".join(_row(parameter) for parameter in operation.get("parameters", ()))
    table = (
        "<table><tr><th>Parameter</th><th>Type</th><th>Allowed</th><th>Default</th><th></th>"
        "<th>Example</th></tr>"
        f"{rows}</table>"
        if rows
        else ""
    )
    return f"""<section>
<h2><code>{method.upper()} {escape(path)}</code></h2>
<p>{escape(operation.get("description") or operation.get("summary", ""))}</p>
{table}
</section>"""


def _row(parameter: Mapping[str, Any]) -> str:
    schema = parameter.get("schema", {})
    default = "required" if parameter.get("required") else json.dumps(schema.get("default"))
    examples = ", ".join(str(example) for example in schema.get("examples", ()))
    cells = (
        f"<code>{escape(parameter['name'])}</code>",
        escape(_type(schema)),
        escape(" to ".join(_limits(schema))),
        escape(default),
        escape(parameter.get("description", "")),
        f"<code>{escape(examples)}</code>" if examples else "",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _type(schema: Mapping[str, Any]) -> str:
    """The type, of a parameter that may be left out that of its value."""
    kinds = [part.get("type") for part in schema.get("anyOf", (schema,))]
    return " ".join(kind for kind in kinds if kind and kind != "null")


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    for name in ("minimum", "maximum"):
        if name in schema:
            yield f"{schema[name]:g}"
