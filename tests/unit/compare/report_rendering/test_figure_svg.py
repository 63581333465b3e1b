import re

import pytest

from compare.report.html.figure_svg import page_figure

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="72pt" height="36pt">'


def page(inner, anchor="fig-a"):
    return page_figure(f"{HEAD}{inner}</svg>", anchor, 'a "chart" & more')


def test_ids_and_what_refers_to_them_begin_with_the_anchor():
    svg = page(
        '<defs><path id="m1" d="M0 0"/></defs><g clip-path="url(#c)"><use xlink:href="#m1"/></g><clipPath id="c"/>'
    ).svg
    assert re.findall(r'id="([^"]+)"', svg) == ["fig-a--m1", "fig-a--c"]
    assert 'href="#fig-a--m1"' in svg
    assert "url(#fig-a--c)" in svg


def test_colours_of_the_palette_become_variables_with_the_light_colour_as_fallback():
    svg = page('<path style="fill: #2c54cc; stroke: #1b1f24"/><path fill="#57606A"/><path fill="#fefefe"/>').svg
    assert "fill: var(--series-1, #2C54CC); stroke: var(--text, #1B1F24)" in svg
    assert "fill: var(--muted, #57606A)" in svg
    assert "fill: var(--page, #FEFEFE)" in svg


def test_black_white_and_colours_of_a_map_do_not_change():
    svg = page('<path style="fill: #000000"/><path style="fill: #ffffff"/><path style="fill: #440154"/>').svg
    assert "var(" not in svg


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject>',
        "<style>body{display:none}</style>",
        '<a xlink:href="https://example.org"><path d="M0 0"/></a>',
        '<image xlink:href="https://example.org/x.png"/>',
        '<image href="file:///etc/passwd"/>',
        '<path onclick="alert(1)" d="M0 0"/>',
    ],
)
def test_what_acts_or_loads_is_taken_out(evil):
    svg = page(f"<g>{evil}</g>").svg
    assert not re.search(r"script|foreignObject|<style|example\.org|file:|onclick|alert", svg)


def test_a_drawn_image_stays():
    assert "data:image/png;base64,AAAA" in page('<image xlink:href="data:image/png;base64,AAAA"/>').svg


def test_series_are_marked_named_and_coloured():
    made = page(
        '<g id="series-mlp"><title>MLP: seed 1</title><path style="stroke: #2c54cc"/></g>'
        '<g id="series-mlp--2"><title>MLP</title></g><g id="series-shuffled"><path style="stroke: #57606a"/></g>'
    )
    assert made.series == {"mlp": ("MLP", "series-1"), "shuffled": ("shuffled", "muted")}
    assert made.svg.count('data-series="mlp"') == 2
    assert 'data-tip="MLP: seed 1"' in made.svg
    assert "<title>" not in made.svg


def test_the_picture_is_an_image_with_its_alt_text():
    svg = page("").svg
    assert 'role="img"' in svg
    assert 'aria-label="a &quot;chart&quot; &amp; more"' in svg


def test_points_become_px():
    made = page("")
    assert (made.width_px, made.height_px) == (96, 48)


@pytest.mark.parametrize("text", ["not xml", "<html/>", '<!DOCTYPE s [<!ENTITY a "b">]><svg/>'])
def test_what_is_not_an_svg_is_named(text):
    with pytest.raises(ValueError, match="figure fig-a"):
        page_figure(text, "fig-a", "alt")
