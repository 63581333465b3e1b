"""The report in a real browser, opened from the disk as a reader does."""

import os
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from compare.report.palette import DARK, LIGHT
from compare.report.write import write_document
from tests.sample_document import ATTACK, sample_document

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    chromium = next((c for c in ("/usr/bin/chromium", shutil.which("chromium")) if c and Path(c).exists()), None)
    if chromium is None:
        if os.environ.get("NEUROCONTRAST_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium here, and NEUROCONTRAST_REQUIRE_BROWSER=1 asks for one")
        pytest.skip("no Chromium here (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("report")
    write_document(sample_document(), target, pdf=False)
    return target


@pytest.fixture(scope="module")
def study_folder(tmp_path_factory):
    """The report of a whole study, made up but stored as a real one is."""
    from compare.report.write import Report
    from tests.synthetic_study import write_synthetic_study

    target = tmp_path_factory.mktemp("report-of-study")
    Report(write_synthetic_study(tmp_path_factory.mktemp("study"), seeds=3)).write(target, pdf=False)
    return target


class Opened:
    """A page, what it asked for, and what it complained about."""

    def __init__(self, context, address):
        self.page = context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)


@pytest.fixture
def opened(browser, folder):
    """Opens the report: opened(viewport, theme)."""
    contexts = []

    def open_it(viewport=DESKTOP, theme="light"):
        contexts.append(browser.new_context(viewport=viewport, color_scheme=theme, accept_downloads=True))
        return Opened(contexts[-1], (folder / "report.html").as_uri())

    yield open_it
    for context in contexts:
        context.close()


def colour_of(page, selector, property_name):
    return page.eval_on_selector(selector, f"e => getComputedStyle(e)['{property_name}']")


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def use_everything(page):
    """Presses every button that saves nothing, opens every fold, moves over every chart."""
    for summary in page.query_selector_all(".behind > summary"):
        summary.click()
    for button in page.query_selector_all(".sort, .chips button, .theme"):
        button.click()
    for plot in page.query_selector_all(".plot"):
        plot.hover()


def test_it_asks_for_nothing_but_itself_and_has_no_complaint(opened, folder):
    report = opened()
    use_everything(report.page)
    report.page.wait_for_timeout(200)
    elsewhere = [url for url in report.requests if not url.startswith(("data:", "blob:"))]
    assert elsewhere == [(folder / "report.html").as_uri()]
    assert report.complaints == []


def test_the_policy_stops_a_script_and_a_request_that_got_in(opened):
    report = opened()
    report.page.evaluate(
        """() => {
        const script = document.createElement('script');
        script.textContent = 'window.intruder = true';
        document.body.append(script);
        const image = new Image();
        image.src = 'https://example.org/x.png';
        document.body.append(image);
    }"""
    )
    report.page.wait_for_timeout(200)
    assert report.page.evaluate("window.intruder") is None
    assert len([text for text in report.complaints if "Content Security Policy" in text]) == 2


def test_a_learner_s_name_that_looks_like_a_script_is_shown(opened):
    assert opened().page.get_by_text(ATTACK).count() >= 5


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_system_s_theme_is_followed_in_text_and_figures(opened, theme, colours):
    page = opened(theme=theme).page
    assert colour_of(page, "body", "backgroundColor") == rgb(colours["page"])
    assert colour_of(page, "body", "color") == rgb(colours["text"])
    assert colour_of(page, "#fig-learning-curves [data-series='0'] path", "stroke") == rgb(colours["series-1"])


def test_the_theme_button_changes_the_theme_and_is_remembered(opened):
    page = opened().page
    button = page.get_by_role("button", name="Dark theme")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert colour_of(page, "body", "backgroundColor") == rgb(DARK["page"])
    page.reload()
    assert colour_of(page, "body", "backgroundColor") == rgb(DARK["page"])
    page.get_by_role("button", name="Dark theme").click()
    assert colour_of(page, "body", "backgroundColor") == rgb(LIGHT["page"])


def test_paper_is_light_whatever_the_screen_is(opened):
    page = opened(theme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert colour_of(page, "body", "color") == rgb(LIGHT["text"])
    assert colour_of(page, "#fig-learning-curves [data-series='0'] path", "stroke") == rgb(LIGHT["series-1"])
    assert not page.locator(".menu").first.is_visible()
    assert not page.locator(".bar").is_visible()


def column(page, table, place):
    return page.eval_on_selector_all(
        f"{table} tbody tr", f"rows => rows.map(row => row.cells[{place}].textContent.trim())"
    )


def test_a_table_is_sorted_by_its_heads_with_the_keyboard(opened):
    page = opened().page
    before = column(page, "#tab-accuracy", 1)
    head = page.locator("#tab-accuracy thead th").nth(1)
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, "#tab-accuracy", 1) == sorted(before, reverse=True)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert column(page, "#tab-accuracy", 1) == sorted(before)
    page.locator("#tab-accuracy thead th").nth(0).get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None


def test_numbers_are_sorted_as_numbers_and_what_is_undefined_comes_last(opened):
    page = opened().page
    head = page.locator("#tab-accuracy thead th").nth(2).get_by_role("button")
    for _ in range(2):
        head.click()
        assert column(page, "#tab-accuracy", 2)[-1] == "-, never reached"
    wide = page.locator("#tab-wide thead th").nth(1).get_by_role("button")
    wide.click()
    values = [float(text) for text in column(page, "#tab-wide", 1)]
    assert values == sorted(values, reverse=True)


def save(page, anchor, words):
    page.locator(f"#{anchor} .menu summary").click()
    with page.expect_download() as download:
        page.locator(f"#{anchor}").get_by_role("button", name=words).click()
    name = download.value.suggested_filename
    return name, Path(download.value.path()).read_bytes()


def test_a_figure_is_saved_as_the_light_svg(opened):
    name, content = save(opened(theme="dark").page, "fig-learning-curves", "Figure as SVG")
    root = ElementTree.fromstring(content)
    assert name == "fig-learning-curves.svg"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"var(" not in content
    assert LIGHT["series-1"].encode() in content
    assert any(title.text == ATTACK for title in root.iter("{http://www.w3.org/2000/svg}title"))


def test_a_figure_is_saved_as_a_png_with_its_chart_on_white(opened):
    import io

    from PIL import Image

    name, content = save(opened(theme="dark").page, "fig-learning-curves", "Figure as PNG")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert name == "fig-learning-curves.png"
    assert picture.width > 1200
    assert picture.getpixel((1, 1)) == (255, 255, 255)
    assert tuple(int(LIGHT["series-1"][i : i + 2], 16) for i in (1, 3, 5)) in colours


@pytest.mark.parametrize("anchor", ["fig-learning-curves", "fig-cka", "tab-accuracy", "tab-wide", "tab-long"])
def test_the_csv_saved_from_the_page_is_the_file_beside_it(opened, folder, anchor):
    page = opened().page
    heads = page.locator(f"#{anchor} .sort")
    if heads.first.is_visible():
        heads.first.click()  # sorted on the screen, saved as it was written
    name, content = save(page, anchor, "CSV")
    assert name == f"{anchor}.csv"
    assert content == (folder / "data" / f"{anchor}.csv").read_bytes()


def test_the_python_code_of_a_figure_is_saved(opened):
    name, content = save(opened().page, "fig-learning-curves", "Python code")
    assert name == "fig-learning-curves.py"
    assert content.decode().rstrip("\n") == sample_document().figures[1].code


def test_the_link_of_a_figure_is_given(opened, folder):
    page = opened().page
    page.locator("#fig-cka .menu summary").click()
    page.locator("#fig-cka").get_by_role("button", name="Copy link").click()
    assert page.url == (folder / "report.html").as_uri() + "#fig-cka"
    assert "ink" in page.get_by_role("status").text_content()


def test_a_menu_closes_by_escape_and_gives_the_focus_back(opened):
    page = opened().page
    summary = page.locator("#fig-cka .menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#fig-cka .menu button").first.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#fig-cka .menu button").first.is_visible()
    assert summary.evaluate("e => e === document.activeElement")


def test_a_series_is_switched_off_and_on_in_its_figure_only(opened):
    page = opened().page
    button = page.locator("#fig-learning-curves .chips button").first
    series = "#fig-learning-curves [data-series='0']"
    button.click()
    page.wait_for_timeout(200)
    assert button.get_attribute("aria-pressed") == "false"
    assert float(colour_of(page, series, "opacity")) < 0.1
    assert float(colour_of(page, "#fig-learning-curves [data-series='1']", "opacity")) == 1
    assert float(colour_of(page, "#fig-accuracy [data-series='0']", "opacity")) == 1
    button.click()
    page.wait_for_timeout(200)
    assert float(colour_of(page, series, "opacity")) == 1


def test_a_mark_says_its_name_under_the_pointer(opened):
    page = opened().page
    mark = page.locator("#fig-accuracy [data-series='3'] use").first
    mark.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # scrolling hides a tooltip, also the scrolling that hover() does itself
    mark.hover(force=True)
    assert page.locator(".tip").text_content() == ATTACK
    assert page.locator(".tip").is_visible()


@pytest.mark.parametrize("anchor", ["fig-learning-curves", "tab-accuracy", "sec-limits"])
def test_a_link_in_the_text_leads_to_its_place(opened, anchor):
    page = opened().page
    page.locator(f"main p a[href='#{anchor}']").first.click()
    assert page.url.endswith(f"#{anchor}")
    assert page.locator(f"#{anchor}").bounding_box()["y"] < DESKTOP["height"]


def test_the_contents_are_a_drop_down_on_a_phone(opened):
    page = opened(viewport=PHONE).page
    link = page.get_by_role("navigation").get_by_role("link", name="Reproduce")
    assert not link.is_visible()
    page.get_by_role("button", name="Contents").click()
    link.click()
    assert not link.is_visible()
    assert 0 <= page.locator("#app-reproduce h2").bounding_box()["y"] < PHONE["height"]


def test_the_first_stop_of_the_keyboard_skips_the_contents(opened):
    page = opened().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_the_page_never_scrolls_sideways(opened, width):
    page = opened(viewport={"width": width, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for summary in page.query_selector_all(".behind > summary"):
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_serious_fault(opened, theme, viewport):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(viewport=viewport, theme=theme).page
    for summary in page.query_selector_all(".behind > summary"):
        summary.click()
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found if v["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_the_page_reads_the_same_without_scripts(browser, folder):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto((folder / "report.html").as_uri())
    assert page.locator("#tab-accuracy tbody tr").count() == 7
    assert page.get_by_role("navigation").get_by_role("link").count() == len(sample_document().sections)
    assert not page.locator(".menu, .chips").first.is_visible()
    context.close()


def test_a_printed_table_repeats_its_head_on_each_page(opened, tmp_path):
    import pypdf

    page = opened(theme="dark").page
    for paper in ("A4", "Letter"):
        page.pdf(path=tmp_path / "print.pdf", format=paper)
        texts = [sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "print.pdf").pages]
        with_rows = [text for text in texts if "run-0" in text]
        assert len(with_rows) > 1
        assert all("similarity" in text for text in with_rows)


@pytest.mark.slow
@pytest.mark.parametrize(("viewport", "theme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_report_of_a_study_opens_without_a_fault(browser, study_folder, viewport, theme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport=viewport, color_scheme=theme)
    report = Opened(context, (study_folder / "report.html").as_uri())
    found = Axe().run(report.page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in {"serious", "critical"}] == []
    report.page.evaluate("document.querySelectorAll('.behind').forEach(fold => { fold.open = true; })")
    assert report.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert report.requests == [(study_folder / "report.html").as_uri()]
    assert report.complaints == []
    context.close()


@pytest.mark.slow
def test_every_csv_of_the_report_of_a_study_can_be_saved_from_the_page(browser, study_folder):
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    page = Opened(context, (study_folder / "report.html").as_uri()).page
    anchors = page.eval_on_selector_all(".exhibit", "all => all.map(one => one.dataset.anchor)")
    assert sorted(f"{anchor}.csv" for anchor in anchors) == sorted(p.name for p in (study_folder / "data").iterdir())
    for anchor in anchors:
        name, content = save(page, anchor, "CSV")
        assert content == (study_folder / "data" / name).read_bytes(), name
    context.close()
