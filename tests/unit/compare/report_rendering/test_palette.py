import pytest

from compare.report.palette import DARK, LIGHT

THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["text", "muted", "link", "ok", "amber", "red"])
@pytest.mark.parametrize("ground", ["page", "band"])
def test_words_have_a_contrast_of_at_least_4_5(theme, role, ground):
    assert contrast(THEMES[theme][role], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("number", range(1, 7))
def test_series_have_a_contrast_of_at_least_3(theme, number):
    assert contrast(THEMES[theme][f"series-{number}"], THEMES[theme]["page"]) >= 3


def test_both_themes_have_the_same_roles():
    assert LIGHT.keys() == DARK.keys()
