"""Which line of a TOML text holds which key; the standard library's parser does not tell.

Reads only where keys stand, and only text that tomllib has accepted already.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_ONE_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = re.compile(rf"{_ONE_KEY}(?:[ \t]*\.[ \t]*{_ONE_KEY})*")
_TEXT = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[Path, int]:
    """Keys that lead to each value and table -> its line, from 1.

    Example:
        >>> lines_of('seeds = 3\\n[learners.MLP]\\nrule = { type = "backprop" }')[("learners", "MLP", "rule", "type")]
        3
    """
    return _Reader(text).document()


def line_of(lines: dict[Path, int], at: Path) -> int | None:
    """The line of a place, or of the nearest table around it."""
    for length in range(len(at), 0, -1):
        if at[:length] in lines:
            return lines[at[:length]]
    return None


def split_key(text: str) -> tuple[str, ...]:
    """A dotted key as its parts: 'learners."a.b".epochs' -> ("learners", "a.b", "epochs").

    Text that is no TOML key (a label with a space, not quoted) is split at its dots.
    """
    try:
        value = tomllib.loads(f"{text} = 0")
    except tomllib.TOMLDecodeError:
        return tuple(part.strip() for part in text.split("."))
    parts: list[str] = []
    while isinstance(value, dict):
        ((key, value),) = value.items()
        parts.append(key)
    return tuple(parts)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_blank() < len(self.text):
            if self.text[self.position] == "[":
                table = self._table_head()
            else:
                self._pair(table)
        return self.lines

    def _table_head(self) -> Path:
        many = self.text.startswith("[[", self.position)
        self.position += 2 if many else 1
        self._skip_blank()
        start = self.position
        path = self._known_arrays(self._key())
        if many:
            place = self.counts.get(path, 0)
            self.counts[path] = place + 1
            self.lines.setdefault(path, self._line(start))
            path = (*path, place)
        self._note(path, start)
        self._skip_blank()
        self.position += 2 if many else 1
        return path

    def _known_arrays(self, keys: Path) -> Path:
        """A table head below [[an array]] means that array's last item."""
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return (*path, keys[-1])

    def _pair(self, table: Path) -> None:
        start = self.position
        path = (*table, *self._key())
        self._note(path, start)
        self.position = self.text.index("=", self.position) + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        opening = self.text[self.position]
        if opening in "[{":
            self._items(path, "]" if opening == "[" else "}")
            return
        match = _TEXT.match(self.text, self.position) or _SCALAR.match(self.text, self.position)
        assert match is not None
        self.position = match.end()

    def _items(self, path: Path, closing: str) -> None:
        self.position += 1
        place = 0
        while self.text[self._skip_blank()] != closing:
            if self.text[self.position] == ",":
                self.position += 1
            elif closing == "]":
                self._note((*path, place), self.position)
                self._value((*path, place))
                place += 1
            else:
                self._pair(path)
        self.position += 1

    def _key(self) -> tuple[str, ...]:
        match = _KEY.match(self.text, self.position)
        assert match is not None
        self.position = match.end()
        return split_key(match[0])

    def _note(self, path: Path, start: int) -> None:
        """Remembers the line of a place, and of the tables on the way that have none yet."""
        for length in range(1, len(path)):
            self.lines.setdefault(path[:length], self._line(start))
        self.lines[path] = self._line(start)

    def _skip_blank(self) -> int:
        match = _BLANK.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.position

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1
