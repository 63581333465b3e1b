"""The report as one HTML file that asks nothing of any other: style, script and figures are inside."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from compare.report.document import Report
from compare.report.html.figure_svg import page_figure
from compare.report.icons import ICONS
from compare.report.manuscript import manuscript
from compare.report.palette import DARK, LIGHT

_HERE = Path(__file__).parent


def render_html(report: Report) -> str:
    """The page's text. All words are escaped; the page's policy lets only its own script run and nothing load."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2").render(
        report=_with_figures(manuscript(report), Markup),
        icons=ICONS,
        policy=content_policy(script),
        style=Markup(_theme_css() + (_HERE / "page.css").read_text(encoding="utf-8")),
        script=Markup(script),
    )


def content_policy(script: str) -> str:
    """The content security policy of a page whose only script is this text."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _with_figures(data: dict[str, Any], markup: Any) -> dict[str, Any]:
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "figure":
                drawn = page_figure(block["svg"], block["anchor"], block["alt"])
                block["drawn"] = {"svg": markup(drawn.svg), "series": drawn.series}
    return data


def _theme_css() -> str:
    """Light by default, dark where the system or the reader asks for it, light again on paper."""
    light, dark = (
        f"color-scheme: {name}; " + " ".join(f"--{role}: {colour};" for role, colour in colours.items())
        for name, colours in (("light", LIGHT), ("dark", DARK))
    )
    return (
        f":root {{ {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme='light']) {{ {dark} }} }}\n"
        f"@media screen {{ :root[data-theme='dark'] {{ {dark} }} }}\n"
    )
