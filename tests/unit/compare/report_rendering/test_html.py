import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from compare.report.html.render import render_html
from tests.sample_document import ATTACK, FORMULA, TYPST_ATTACK, sample_document


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text():
    return render_html(sample_document())


@pytest.fixture(scope="module")
def page(text):
    return Reader(text)


def test_a_learner_s_name_is_text_and_never_a_script(text, page):
    assert len(page.all("script")) == 1
    assert text.count(ATTACK) == 0
    assert "".join(page.words).count(ATTACK) >= 5


def test_other_odd_names_come_out_as_they_were(page):
    words = "".join(page.words)
    assert TYPST_ATTACK in words
    assert FORMULA in words


def test_the_policy_allows_the_page_s_own_script_and_nothing_to_load(text, page):
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_nothing_is_loaded_from_elsewhere(page):
    loads = [a[key] for _, a in page.tags for key in ("src", "srcset", "data", "poster") if key in a]
    images = [a.get("href") or a.get("xlink:href") for tag, a in page.tags if tag in {"image", "use", "link"}]
    assert loads == []
    assert all(address.startswith(("#", "data:image/")) for address in images if address)
    assert not re.search(r"url\((?!#)", "".join(str(a.get("style", "")) for _, a in page.tags))


def test_ids_occur_once_and_links_lead_to_them(page):
    ids = Counter(a["id"] for _, a in page.tags if "id" in a)
    assert [name for name, count in ids.items() if count > 1] == []
    targets = {a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")}
    assert targets <= ids.keys()
    referred = {a[key] for _, a in page.tags for key in ("aria-labelledby", "aria-controls") if key in a}
    assert referred <= ids.keys()


def test_every_figure_has_a_stable_link_an_alt_text_and_a_table(page):
    report = sample_document()
    ids = {a["id"] for _, a in page.tags if "id" in a}
    pictures = [a for a in page.all("svg") if a.get("role") == "img"]
    assert [a["aria-label"] for a in pictures] == [figure.alt for figure in report.figures]
    assert {figure.anchor for figure in report.figures} <= ids
    assert len(page.all("table")) == len(report.figures) + len(report.tables)


def test_headings_come_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_same_report_gives_the_same_page(text):
    assert render_html(sample_document()) == text
