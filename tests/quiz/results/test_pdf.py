"""A result as a PDF: content, scopes, accessibility and isolation."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from quiz.attempts.models import Attempt
from quiz.core.scopes import ANSWERS, TRAITS, VERDICT, Scope
from quiz.core.scoring import score
from quiz.core.verdict import CLEAR, CLOSE, INSUFFICIENT, LEANING
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.results import pdf, pdf_layout
from quiz.results.display import result_values
from quiz.results.pdf_layout import PdfUnavailable
from quiz.templatetags.quiz_words import fixed, score_in_words
from tests.answers import SHIPPED, alike, leaning, towards
from tests.factories import NOON
from tests.pages import shown_date, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

SITE = "https://quiz.example.org"
SAME_TEN_TIMES = towards("sales") | {item.key: 4 for item in SHIPPED.items[:10]}
# Each kind of result, with the longest texts it can have.
RESULTS = {
    CLEAR: (towards("service"), {}),
    LEANING: (leaning("sales", 7), {"B1": "6", "B2": "now", "B3": "ba"}),
    CLOSE: (leaning("service", 1), {"B1": "9", "B2": "now", "B3": "none"}),
    INSUFFICIENT: (alike(3), {}),
    "flagged": (SAME_TEN_TIMES, {"B3": "none"}),
}
LEANING_SALES = SHIPPED.texts["leaning_sales"]["en"]
NAMES = [trait.name["en"] for trait in SHIPPED.traits]
STATEMENTS = [item.text["en"] for item in SHIPPED.items]
# “Agree” and “Disagree” are words of other sentences too.
LABELS = [answer.label["en"] for answer in SHIPPED.scale if " " in answer.label["en"]]
PAGE = re.compile(rb"/Type /Page\b")


def values_of(
    name: str,
    scope: str = ANSWERS,
    *,
    is_own: bool = True,
    background: dict[str, str] | None = None,
) -> dict:
    """Return the values of a result; other `background` answers replace its own."""
    answers, own_background = RESULTS[name]
    attempt = Attempt(
        version=QuestionnaireVersion.objects.published().get(),
        language="en",
        shows_sales_first=True,
        answers={key: {"value": value} for key, value in answers.items()},
        background=own_background if background is None else background,
        result=score(SHIPPED, answers, seconds=dict.fromkeys(answers, 5.0)).to_data(),
        finished_at=NOON,
    )
    return result_values(attempt, Scope(scope), is_own=is_own)


def scores_in_words() -> list[str]:
    return [score_in_words(trait) for trait in values_of(LEANING)["report"].traits]


def made(values: dict, **options) -> bytes:
    return pdf.result_pdf(values, language="en", site_url=SITE, **options)


@cache
def laid_open(name: str, scope: str = ANSWERS, *, is_own: bool = True, **more) -> bytes:
    """Return an uncompressed PDF, so that its objects can be read."""
    return made(values_of(name, scope, is_own=is_own) | more, is_compressed=False)


def objects_of(opened: bytes) -> dict[bytes, bytes]:
    return dict(re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", opened, re.DOTALL))


def text_of(opened: bytes) -> str:
    """Read the text of the pages: map glyphs through the character table of their font."""
    objects = objects_of(opened)
    letters = {}
    for fonts in re.findall(rb"/BaseFont /(\w+)\+\S+/ToUnicode (\d+) 0 R", opened):
        pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", objects[fonts[1]])
        letters[fonts[0]] = {
            glyph: bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs
        }
    return " ".join(_lines(objects, letters))


def _lines(objects: dict[bytes, bytes], letters: dict[bytes, dict[bytes, str]]) -> Iterator[str]:
    for page in filter(PAGE.search, objects.values()):
        commands = objects[re.search(rb"/Contents (\d+) 0 R", page)[1]]
        font = b""
        for chosen, shown in re.findall(rb"/(\w+) [\d.]+ Tf|\[(.*?)\] TJ", commands):
            font = chosen or font
            if shown:
                glyphs = b"".join(re.findall(rb"<([0-9a-f]+)>", shown))
                four_by_four = (glyphs[at : at + 4] for at in range(0, len(glyphs), 4))
                yield "".join(letters[font][glyph] for glyph in four_by_four).strip()


def test_file_for_someone_else_is_written_about_the_owner():
    text = text_of(laid_open(CLEAR, is_own=False, whose="Kim"))
    assert re.search("Kim ?'s answers point clearly to customer service", text)
    for name in NAMES:
        text = text.replace(name, "")
    assert not re.search(r"\byou(r|rs|rself)?\b", text, re.IGNORECASE)


@pytest.mark.parametrize("name", ["דנה כהן", "\u202eKim", "عبدالله"], ids=ascii)
def test_date_behind_a_name_does_not_run_backwards(name):
    assert "· November 24, 2026" in text_of(laid_open(CLEAR, is_own=False, whose=name))


class TestSize:
    # The scope that shows most; the others leave parts out.
    @pytest.mark.parametrize("name", RESULTS)
    def test_pdf_is_one_page(self, name):
        assert len(PAGE.findall(laid_open(name, ANSWERS, own_step="A long step. " * 15))) == 1

    @pytest.mark.slow
    @pytest.mark.parametrize("name", RESULTS)
    def test_pdf_with_all_answers_is_two_pages(self, name):
        opened = laid_open(name, with_answers=True)
        assert len(PAGE.findall(opened)) == 2
        text = text_of(opened)
        assert [words for words in STATEMENTS if words not in text] == []

    @pytest.mark.parametrize("name", [LEANING, "flagged"])
    def test_long_name_adds_no_page(self, name):
        opened = laid_open(name, is_own=False, whose=f"Result of {'Maximilian ' * 7}")
        assert len(PAGE.findall(opened)) == 1

    @pytest.mark.slow
    def test_pdf_is_smaller_than_300_kilobytes(self):
        assert len(made(values_of(LEANING))) < 300_000

    def test_page_to_lay_out_leaves_out_the_list_that_it_would_hide(self, monkeypatch):
        htmls = []
        monkeypatch.setattr(pdf, "laid_out", lambda html, **_more: htmls.append(html))
        made(values_of(LEANING))
        made(values_of(LEANING) | {"with_answers": True})
        assert ['data-part="answers"' in html for html in htmls] == [False, True]

    def test_style_has_no_columns_which_take_as_long_as_all_the_rest(self):
        assert not re.search(r"[{;] *columns:", pdf.style("pdf"))

    def test_page_count_grows_with_longer_content(self):
        paragraphs = "<p>Words.</p>" * 300
        html = f'<html lang="en"><title>Long</title>{paragraphs}'
        opened = pdf.laid_out(html, site_url=SITE, is_compressed=False)
        assert len(PAGE.findall(opened)) > 2


class TestAccessibility:
    """What screen readers use."""

    @pytest.fixture
    def opened(self):
        return laid_open(LEANING)

    @pytest.mark.slow
    def test_pdf_is_tagged_with_language_and_title(self, opened):
        assert b"/MarkInfo <</Marked true>>" in opened
        assert b"/StructTreeRoot" in opened
        assert b"/Lang (en)" in opened
        assert f"/Title ({LEANING_SALES} - ".encode() in opened
        assert b"/DisplayDocTitle true" in opened
        assert b'pdfuaid:part="1"' in opened

    def test_pdf_has_one_top_heading(self, opened):
        assert opened.count(b"/S /H1/") == 1
        assert opened.count(b"/S /H2/") == 3
        assert opened.count(b"/S /H3/") >= 4

    def _tree(self, opened):
        objects = objects_of(opened)
        todo = re.findall(rb"/StructTreeRoot.*?/K \[(\d+) 0 R\]", opened)
        while todo:
            element = objects[todo.pop()]
            yield element
            if kids := re.search(rb"/K \[([^\]]*)\]", element):
                todo += re.findall(rb"(\d+) 0 R", kids[1])

    def test_only_the_level_has_alternative_text(self, opened):
        figures = [each for each in self._tree(opened) if b"/S /Figure" in each]
        assert len(figures) == 1
        assert (
            b"/Alt (On a scale from customer service to sales: a little on the side of sales"
            in figures[0]
        )

    def test_content_without_words_is_marked_as_decoration(self, opened):
        marked = re.findall(rb"/(\w+)\n<</MCID (\d+)>>\nBDC", opened)
        assert [tag for tag, _number in marked].count(b"Figure") == 1
        read = b"".join(self._tree(opened))
        assert b"null" not in read
        assert opened.count(b" null") > 4  # bars, dots, signs, page numbers

    def test_links_are_absolute(self, opened):
        links = re.findall(rb"/URI \((.*?)\)", opened)
        assert b"https://quiz.example.org/roles/sales-manager/" in links
        assert all(link.startswith(b"https://quiz.example.org/") for link in links)


class TestWords:
    def test_pdf_has_verdict_reasons_and_answers(self):
        text = text_of(laid_open(LEANING))
        values = values_of(LEANING)
        found = values["report"]
        tip, (pulls, _others) = found.tips[0], found.pulls
        for words in (
            shown_date(2026, 11, 24),
            LEANING_SALES,
            f"Between {found.agreement_from} and {found.agreement_to} of 100",
            *scores_in_words(),
            *(reason.sentence for reason in found.reasons if reason.sentence),
            f"{fixed(tip.tips_at, tip.digits)} instead of {fixed(tip.score, tip.digits)}",
            *(pull.statement for pull in pulls.answers),
            *re.findall(r"<a [^>]*>(.*?)</a>", values["jobs"].items),
        ):
            assert words in text

    def test_head_says_what_the_result_may_be_used_for(self):
        assert "For exploring, not for hiring" in text_of(laid_open(LEANING))

    @pytest.mark.parametrize("name", RESULTS)
    def test_margin_of_error_is_explained_once(self, name):
        assert text_of(laid_open(name)).count("about 2 times in 3") == 1

    def test_verdict_scope_has_no_scores_or_answers(self):
        text = text_of(laid_open(LEANING, VERDICT, is_own=False))
        assert "Their answers lean towards sales" in text
        hidden = [*NAMES, *STATEMENTS, *LABELS, *scores_in_words()]
        assert [words for words in hidden if words in text] == []

    def test_traits_scope_has_scores_but_no_answers(self):
        text = text_of(laid_open(LEANING, TRAITS, is_own=False))
        assert [words for words in (*NAMES, *scores_in_words()) if words not in text] == []
        assert [words for words in (*STATEMENTS, *LABELS) if words in text] == []

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "background", [{"B1": "6", "B2": "now"}, {"B3": "ba"}], ids=["level", "schooling"]
    )
    def test_only_the_owner_sees_what_background_answers_say(self, background):
        def text(said, *, is_own):
            values = values_of(LEANING, is_own=is_own, background=said)
            return text_of(made(values, is_compressed=False))

        assert text(background, is_own=True) != text({}, is_own=True)
        assert text(background, is_own=False) == text({}, is_own=False)

    def test_shared_pdf_names_the_person_on_page_and_in_title(self):
        opened = laid_open(LEANING, is_own=False, whose="Result of Kim Example")
        assert f"Result of Kim Example · {shown_date(2026, 11, 24)}" in text_of(opened)
        assert b"/Title (Result of Kim Example - Sales or service?)" in opened

    def test_name_is_escaped(self):
        opened = laid_open(LEANING, is_own=False, whose="<svg><h1>Kim & co</h1>")
        assert "<svg><h1>Kim & co</h1>" in text_of(opened)


class TestPictures:
    @pytest.fixture(params=[CLEAR, CLOSE, INSUFFICIENT])
    def html(self, request):
        values = values_of(request.param)
        return pdf_layout.with_pictures_painted(
            render_to_string("quiz/result_pdf.html", values | {"language": "en"}),
            pdf_layout.paints_of(pdf.style("pdf-pictures")),
        )

    def test_every_drawn_element_has_its_own_color(self, html):
        pictures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
        shapes = [
            shape
            for picture in pictures
            for shape in re.findall(r"<(?:rect|path|circle|ellipse) [^>]*>", picture)
        ]
        assert len(shapes) > 15
        assert [s for s in shapes if " fill=" not in s and " stroke=" not in s] == []

    def test_colors_match_the_light_theme(self):
        page = Path(finders.find("quizsite/site.css")).read_text()
        known = set(re.findall(r"#[0-9a-f]{3,6}", page[: page.index("@media")]))
        used = re.findall(r"#[0-9a-f]{3,6}", pdf.style("pdf") + pdf.style("pdf-pictures"))
        assert set(used) - known == set()

    def test_bubble_is_at_the_lean(self):
        opened = laid_open(LEANING)
        level = values_of(LEANING)["report"].level
        shifts = [float(x) for x in re.findall(rb"\n1 0 0 1 ([-\d.]+) 0 cm\n", opened)]
        assert any(abs(shift - float(level.shift)) < 0.01 for shift in shifts)

    def test_bars_are_at_their_scores(self):
        opened = laid_open(LEANING)
        # The path of a dot starts at its right end.
        starts = [float(x) for x in re.findall(rb"\n([\d.]+) 13 m\n", opened)]
        for trait in values_of(LEANING)["report"].traits:
            assert any(abs(start - float(trait.picture.dot) - 4.5) < 0.01 for start in starts)

    def test_gradient_tiles_do_not_repeat(self):
        steps = re.findall(rb"/XStep (\d+)", laid_open(LEANING))
        assert set(steps) == {b"9999"}


class TestIsolation:
    @pytest.fixture
    def listening(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            yield server

    def test_pdf_opens_no_network_address(self, listening):
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
        html = (
            f'<html lang="en"><head><title>T</title><link rel="stylesheet" href="{address}">'
            f'<link rel="attachment" href="{address}"><style>@import url({address});'
            f"@font-face {{ font-family: x; src: url({address}); }}"
            f"p {{ background: url({address}); }}</style></head>"
            f'<body><p>Words</p><img alt="" src="{address}"><object data="{address}"></object>'
            f'<svg viewBox="0 0 9 9"><image href="{address}" width="9" height="9"/></svg></body>'
        )
        opened = pdf.laid_out(html, site_url=SITE, is_compressed=False)
        assert "Words" in text_of(opened)
        with pytest.raises(BlockingIOError):
            listening.accept()

    def test_pdf_reads_no_file(self, tmp_path):
        secret = tmp_path / "secret.txt"
        secret.write_text("open sesame")
        html = (
            f'<html lang="en"><title>T</title><link rel="attachment" href="{secret.as_uri()}">'
            f'<p>Words</p><object data="{secret.as_uri()}"></object>'
        )
        opened = pdf.laid_out(html, site_url=SITE, is_compressed=False)
        assert b"sesame" not in opened
        assert b"EmbeddedFile" not in opened

    @pytest.mark.slow
    def test_same_result_gives_same_bytes(self):
        assert made(values_of(CLOSE)) == made(values_of(CLOSE))

    def test_pdf_has_no_creation_date(self):
        opened = laid_open(LEANING)
        assert b"Date" not in opened.replace(b"/CMapName", b"")

    @pytest.mark.slow
    def test_two_threads_give_correct_pdfs(self):
        wanted = [values_of(name) for name in (LEANING, CLOSE)]
        expected = [made(values) for values in wanted]
        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(made, wanted * 2)) == expected * 2


def test_pdf_that_fails_is_a_page_with_another_way_and_the_next_one_works(client, monkeypatch):
    take_quiz(client, towards("sales"))
    answers = [PdfUnavailable("its process ended"), b"%PDF"]

    def lay_out(_page):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(pdf.PROCESS, "lay_out", lay_out)
    failed = client.get("/quiz/result.pdf")
    assert failed.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert 'href="/quiz/result/"' in failed.content.decode()
    assert client.get("/quiz/result.pdf").content == b"%PDF"
