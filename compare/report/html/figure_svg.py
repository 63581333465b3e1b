"""A figure's SVG made fit for the page: ids of its own, the theme's colours, nothing that acts or loads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from compare.report.palette import FIGURE_ROLES
from compare.report.svg import SVG, read_svg, size_px

_DROPPED = {f"{{{SVG}}}{name}" for name in ("script", "foreignObject", "style", "metadata", "a", "animate", "set")}
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
_SERIES = re.compile(r"series-(.+?)(?:--\d+)?")
_PAINTS = ("fill", "stroke", "stop-color", "color")


@dataclass(frozen=True)
class PageFigure:
    """The SVG to put in the page, its size in px, and its series: key -> (name, role of its colour)."""

    svg: str
    width_px: float
    height_px: float
    series: dict[str, tuple[str, str]]


def page_figure(svg: str, anchor: str, alt: str) -> PageFigure:
    """The figure for the page. Ids begin with the anchor; each colour of the palette becomes a CSS variable.

    The variable keeps the light colour as its fallback, so that the page's script can write the light figure again.

    Raises:
        ValueError: the text is not an SVG.
    """
    root = read_svg(svg, anchor)
    _drop_unsafe(root)
    series = _mark_series(root)
    _prefix_ids(root, f"{anchor}--")
    _use_variables(root)
    width_px, height_px = size_px(root)
    if "viewBox" not in root.attrib:
        root.set("viewBox", f"0 0 {width_px:g} {height_px:g}")
    root.attrib.update({"role": "img", "aria-label": alt, "width": f"{width_px:g}", "height": f"{height_px:g}"})
    return PageFigure(ElementTree.tostring(root, encoding="unicode"), width_px, height_px, series)


def _drop_unsafe(element: ElementTree.Element) -> None:
    """Takes out what acts, loads or styles other parts of the page. The page's own policy forbids it as well."""
    for child in list(element):
        if child.tag in _DROPPED:
            element.remove(child)
        else:
            _drop_unsafe(child)
    for name in list(element.attrib):
        value = element.attrib[name].strip().lower()
        bare = name.rsplit("}", 1)[-1].lower()
        loads = bare in {"href", "src"} and not value.startswith(("#", "data:image/png", "data:image/jpeg"))
        if bare.startswith("on") or loads:
            del element.attrib[name]


def _mark_series(root: ElementTree.Element) -> dict[str, tuple[str, str]]:
    """Turns ids "series-x", "series-x--2" into data-series="x" and titles into data-tip."""
    found: dict[str, list[tuple[str, str]]] = {}
    for element in root.iter():
        tip = element.find(f"{{{SVG}}}title")
        if tip is not None:
            element.set("data-tip", "".join(tip.itertext()).strip())
            element.remove(tip)
        match = _SERIES.fullmatch(element.get("id", ""))
        if match:
            del element.attrib["id"]
            element.set("data-series", match[1])
            found.setdefault(match[1], []).append((element.get("data-tip") or match[1], _role_of(element)))
    return {
        key: (min((tip for tip, _ in seen), key=len), next((role for _, role in seen if role), "muted"))
        for key, seen in found.items()
    }


def _role_of(element: ElementTree.Element) -> str:
    for part in element.iter():
        paint = " ".join(part.get(name, "") for name in ("style", "stroke", "fill"))
        for colour in _HEX.findall(paint):
            role = FIGURE_ROLES.get(colour.upper(), "")
            if role.startswith("series") or role == "muted":
                return role
    return ""


def _prefix_ids(root: ElementTree.Element, prefix: str) -> None:
    for element in root.iter():
        for name, value in element.attrib.items():
            bare = name.rsplit("}", 1)[-1]
            if bare == "id":
                element.set(name, prefix + value)
            elif bare == "href" and value.startswith("#"):
                element.set(name, f"#{prefix}{value[1:]}")
            elif "url(" in value:
                element.set(name, _REFERENCE.sub(lambda m: f"url(#{prefix}{m[1]})", value))


def _use_variables(root: ElementTree.Element) -> None:
    for element in root.iter():
        painted = [f"{name}: {element.attrib.pop(name)}" for name in _PAINTS if _HEX.search(element.get(name, ""))]
        style = "; ".join(part for part in (*painted, element.get("style", "")) if part)
        if style:
            element.set("style", _HEX.sub(_variable, style))


def _variable(match: re.Match[str]) -> str:
    role = FIGURE_ROLES.get(match[0].upper())
    return f"var(--{role}, {match[0].upper()})" if role else match[0]
