"""Inline text as spans: plain words, `code`, **bold**, [words](#anchor) and [words](https://...)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

_MARKUP = re.compile(
    r"\\(?P<escaped>[\\`*\[\]])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>.+?)(?<!\\)\*\*"
    r"|\[(?P<words>(?:\\.|[^\[\]\\])*)\]\((?P<target>#[A-Za-z][\w.-]*|https?://(?:[^\s()]|\([^\s()]*\))+)\)",
    re.DOTALL,
)
_SPECIAL = re.compile(r"([\\`*\[\]])")


@dataclass(frozen=True)
class Span:
    """A run of words of one kind; `target` is a link's "#anchor" or address."""

    text: str
    kind: Literal["text", "code", "link"] = "text"
    target: str = ""
    bold: bool = False


def literal(text: str) -> str:
    r"""A user's own words as inline text that shows exactly them.

    Example:
        >>> literal("a*b [see `c`]")
        'a\\*b \\[see \\`c\\`\\]'
    """
    return _SPECIAL.sub(r"\\\1", text)


def parse(text: str) -> tuple[Span, ...]:
    """The spans of an inline text. Signs without a partner are plain text.

    Example:
        >>> [(s.kind, s.text) for s in parse("Read `X` in [table](#tab-a).")]
        [('text', 'Read '), ('code', 'X'), ('text', ' in '), ('link', 'table'), ('text', '.')]
    """
    spans: list[Span] = []
    place = 0
    for match in _MARKUP.finditer(text):
        spans.append(Span(text[place : match.start()]))
        spans.extend(_spans_of(match))
        place = match.end()
    spans.append(Span(text[place:]))
    return _joined(spans)


def plain(text: str) -> str:
    """The words of an inline text without its marks."""
    return "".join(span.text for span in parse(text))


def _spans_of(match: re.Match[str]) -> list[Span]:
    if match["escaped"]:
        return [Span(match["escaped"])]
    if match["code"]:
        return [Span(match["code"], "code")]
    if match["bold"]:
        return [replace(span, bold=True) for span in parse(match["bold"])]
    return [Span(re.sub(r"\\([\\`*\[\]])", r"\1", match["words"]), "link", match["target"])]


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Without empty spans, and with neighbouring plain ones as one."""
    kept: list[Span] = []
    for span in spans:
        if not span.text and span.kind != "link":
            continue
        if kept and span.kind == "text" and kept[-1].kind == "text" and kept[-1].bold == span.bold:
            kept[-1] = replace(span, text=kept[-1].text + span.text)
        else:
            kept.append(span)
    return tuple(kept)
