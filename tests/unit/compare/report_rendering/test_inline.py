import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare.report.inline import Span, literal, parse, plain


def test_code_bold_and_links_become_spans():
    assert parse("a `b*c` **d** [e](#f) [g](https://h.org/x(1)y).") == (
        Span("a "),
        Span("b*c", "code"),
        Span(" "),
        Span("d", bold=True),
        Span(" "),
        Span("e", "link", "#f"),
        Span(" "),
        Span("g", "link", "https://h.org/x(1)y"),
        Span("."),
    )


def test_code_inside_bold_is_both():
    assert parse("**see `x`**") == (Span("see ", bold=True), Span("x", "code", bold=True))


@pytest.mark.parametrize("text", ["a * b", "a ** b", "a ` b", "[a]", "[a](javascript:alert(1))", "[a](file:///etc)"])
def test_what_is_not_markup_stays_as_it_is(text):
    assert parse(text) == (Span(text),)


@given(st.text())
def test_a_literal_text_shows_exactly_itself(text):
    assert all(span == Span(text) for span in parse(literal(text)))
    assert plain(literal(text)) == text


@given(st.text(), st.text(alphabet="ab*`[]()#\\", max_size=12))
def test_a_literal_text_stays_itself_beside_markup(text, other):
    assert plain(f"**x** {literal(text)} `y`") == f"x {text} y"
    assert plain(f"{literal(other)} **x**") == f"{other} x"
