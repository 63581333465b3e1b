"""The signs beside a status or a callout, as paths on 20 x 20; they differ in shape, not in colour alone."""

from __future__ import annotations

ICONS: dict[str, tuple[str, ...]] = {
    "ok": ("M10 2 a8 8 0 1 0 0.01 0 Z", "M6.2 10.4 L8.9 13 L13.8 7.4"),
    "verdict": ("M10 2 a8 8 0 1 0 0.01 0 Z", "M6.2 10.4 L8.9 13 L13.8 7.4"),
    "note": ("M10 2 a8 8 0 1 0 0.01 0 Z", "M10 9.2 L10 14", "M10 6.1 L10 6.2"),
    "amber": ("M10 2.4 L18.4 17 L1.6 17 Z", "M10 8 L10 11.6", "M10 14.3 L10 14.4"),
    "red": ("M6.6 1.9 L13.4 1.9 L18.1 6.6 L18.1 13.4 L13.4 18.1 L6.6 18.1 L1.9 13.4 L1.9 6.6 Z",
            "M7 7 L13 13", "M13 7 L7 13"),
    "gap": ("M3 3 L6 3 M8.6 3 L11.4 3 M14 3 L17 3 L17 6 M17 8.6 L17 11.4 M17 14 L17 17 L14 17 M11.4 17 L8.6 17 "
            "M6 17 L3 17 L3 14 M3 11.4 L3 8.6 M3 6 L3 3", "M7.2 10 L12.8 10"),
}  # fmt: skip
