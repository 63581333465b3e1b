"""An SVG text as a tree, and the size at which it was drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_PX_PER_UNIT = {"": 1.0, "px": 1.0, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def read_svg(svg: str, anchor: str) -> ElementTree.Element:
    """The root element; `anchor` names the figure in errors.

    Raises:
        ValueError: the text is not an SVG, or it defines entities of its own.
    """
    if "<!ENTITY" in svg:
        raise ValueError(f"figure {anchor}: an SVG with entities of its own is not read")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"figure {anchor}: not an SVG that can be read ({error})") from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"figure {anchor}: expected an SVG, its root is {root.tag!r}")
    return root


def size_px(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height in px; from the view box where no lengths are given."""
    width, height = (_px(root.get(side, "")) for side in ("width", "height"))
    if width is None or height is None:
        box = [float(number) for number in root.get("viewBox", "0 0 960 480").replace(",", " ").split()]
        width, height = box[2], box[3]
    return round(width, 1), round(height, 1)


def _px(length: str) -> float | None:
    match = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", length)
    return float(match[1]) * _PX_PER_UNIT[match[2]] if match and match[2] in _PX_PER_UNIT else None
