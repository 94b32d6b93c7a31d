"""The two pages that do not come from Dash: login and API reference. Plain HTML, no script."""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

Models = Mapping[str, Mapping[str, Any]]
"""The bodies that operations refer to, by name."""

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
    models = schema.get("components", {}).get("schemas", {})
    sections = "\n".join(
        _section(path, method, operation, models)
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


def _section(path: str, method: str, operation: Mapping[str, Any], models: Models) -> str:
    tables = (
        _table("Parameter", operation.get("parameters", ())),
        _table("Field of the body", _fields(_body(operation), models)),
    )
    return f"""<section>
<h2><code>{method.upper()} {escape(path)}</code></h2>
<p>{escape(operation.get("description") or operation.get("summary", ""))}</p>
{"".join(tables)}
</section>"""


def _table(heading: str, parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(_row(parameter) for parameter in parameters)
    return (
        f"<table><tr><th>{heading}</th><th>Type</th><th>Allowed</th><th>Default</th><th></th>"
        f"<th>Example</th></tr>{rows}</table>"
        if rows
        else ""
    )


def _body(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the JSON that an operation takes; empty for none."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _fields(schema: Mapping[str, Any], models: Models, of: str = "") -> Iterator[Mapping[str, Any]]:
    """The fields of a body as parameters, those of models within it after a dot."""
    model = _model(schema, models)
    required = model.get("required", ())
    for name, field in model.get("properties", {}).items():
        inner = [part for part in field.get("anyOf", (field,)) if _model(part, models)]
        if inner:
            yield from _fields(inner[0], models, f"{of}{name}.")
            continue
        described = {"name": of + name, "schema": field, "required": name in required}
        yield {**described, "description": field.get("description", "")}


def _model(schema: Mapping[str, Any], models: Models) -> Mapping[str, Any]:
    """What ``schema`` refers to; empty when it refers to nothing."""
    return models.get(schema.get("$ref", "").rpartition("/")[2], {})


def _row(parameter: Mapping[str, Any]) -> str:
    schema = parameter.get("schema", {})
    default = "required" if parameter.get("required") else json.dumps(schema.get("default"))
    examples = ", ".join(str(example) for example in schema.get("examples", ()))
    cells = (
        f"<code>{escape(parameter['name'])}</code>",
        escape(_type(schema)),
        escape(_allowed(schema)),
        escape(default),
        escape(parameter.get("description", "")),
        f"<code>{escape(examples)}</code>" if examples else "",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _type(schema: Mapping[str, Any]) -> str:
    """The type, of a parameter that may be left out that of its value."""
    kinds = [part.get("type") for part in schema.get("anyOf", (schema,))]
    return " ".join(kind for kind in kinds if kind and kind != "null")


def _allowed(schema: Mapping[str, Any]) -> str:
    """The values to choose from, or the limits."""
    for part in (schema, *schema.get("anyOf", ())):
        if "enum" in part:
            return ", ".join(map(str, part["enum"]))
        if "minimum" in part or "maximum" in part:
            limits = [part[name] for name in ("minimum", "maximum") if name in part]
            return " to ".join(f"{limit:g}" for limit in limits)
    return ""
