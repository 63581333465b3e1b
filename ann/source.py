"""Where an idea comes from: a citation that a report can print and turn into BibTeX."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A citation.

    Attributes:
        text: what a reader sees, "Diehl & Cook 2015, Front. Comput. Neurosci. 9:99".
        authors, title, journal, year, doi: the same in parts, for BibTeX; empty where unknown.
    """

    text: str
    authors: str = ""
    title: str = ""
    journal: str = ""
    year: int | None = None
    doi: str = ""
