"""The report's colours, light and dark, by the part that they play.

A figure is drawn with the light colours; the page swaps each for its role, so that a dark page shows the dark ones.
The six series colours stay apart in all colour visions (smallest Delta E 24.8 on white, 29.1 on `#14171A`).
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "page": "#FFFFFF",
    "text": "#1B1F24",
    "muted": "#57606A",
    "link": "#0B5FA5",
    "series-1": "#2C54CC",
    "series-2": "#EA601E",
    "series-3": "#05451B",
    "series-4": "#7E356B",
    "series-5": "#AF8E60",
    "series-6": "#499DC1",
    "grid": "#D0D7DE",
    "band": "#F3F5F8",
    "ok": "#1A6E32",
    "amber": "#8A5A00",
    "red": "#B4232C",
}

DARK: dict[str, str] = {
    "page": "#14171A",
    "text": "#E6E8EB",
    "muted": "#9BA3AD",
    "link": "#7AB8F5",
    "series-1": "#5287FB",
    "series-2": "#E84E3E",
    "series-3": "#B7E9BC",
    "series-4": "#D355A2",
    "series-5": "#F3D251",
    "series-6": "#2EDFFE",
    "grid": "#343B43",
    "band": "#1E2328",
    "ok": "#6FCF86",
    "amber": "#E3B341",
    "red": "#FF8A80",
}

# What a figure's hex stands for. Pure black and white are not here: they are written on the colours of heat maps,
# which do not change. "#FEFEFE" is how a figure says "the page's own ground", for example a halo around a mark.
FIGURE_ROLES: dict[str, str] = {
    "#FEFEFE": "page",
    **{LIGHT[role]: role for role in LIGHT if role not in {"page", "link", "ok", "amber", "red"}},
}
