"""What a screen reader gets: roles, names and their order on each page."""

import itertools
import json
import re

import pytest
from playwright.sync_api import expect

from tests.answers import VERSION_2
from tests.browser.states import OWN_STATES
from tests.browser.visitor import start_unseen

FRAME_BEFORE = """
- link "Skip to the content"
- banner:
  - link "Sales or service?"
  - navigation "Site":
    - link "Jobs"
    - link "The quiz"
"""
FRAME_AFTER = """
- contentinfo:
  - paragraph: For exploring, not for hiring. No account, no tracking, no advertising.
  - paragraph:
    - link "Accessibility"
  - group "Colors":
    - button "Light"
    - button "Dark"
    - button "As my device" [pressed]
"""


def statements(number: int) -> str:
    answers = [answer.label["en"] for answer in VERSION_2.scale]
    return "\n".join(
        f"  - group {json.dumps(item.text['en'])}:\n"
        f"    - text: {item.text['en']}\n"
        + "\n".join(f'    - radio "{answer}"' for answer in answers)
        for item in VERSION_2.item_pages[number - 1]
    )


class TestQuizPage:
    def test_page_reads_like_the_paper_form(self, page):
        start_unseen(page)
        page.goto("/quiz/1/")
        expect(page.locator("body")).to_match_aria_snapshot(f"""{FRAME_BEFORE}
- main:
  - paragraph: 0 of 24 statements answered
  - heading "How much do you agree?" [level=1]
  - paragraph: {VERSION_2.texts["instructions"]["en"]}
  - paragraph: "On a keyboard, press 1 to 5 to answer and move to the next statement."
{statements(1)}
  - button "Save and continue"
  - button "Back"
  - status
  - paragraph:
    - text: We save your answers as you go.
    - link "Stop and continue later"
{FRAME_AFTER}""")

    def test_missing_answers_are_listed_first_with_links(self, page):
        start_unseen(page)
        page.goto("/quiz/1/")
        page.get_by_role("radio", name="Agree", exact=True).first.check()
        page.get_by_role("button", name="Save and continue").click()
        links = "\n".join(
            f"      - listitem:\n        - link {json.dumps(item.text['en'])}"
            for item in VERSION_2.item_pages[0][1:]
        )
        expect(page.get_by_role("alert")).to_match_aria_snapshot(f"""
- alert:
  - paragraph: 5 answers are missing
  - paragraph: "The others are saved. Please answer:"
  - list:
{links.replace("      -", "    -").replace("        -", "      -")}
""")

    def test_statement_without_an_answer_says_so(self, page):
        start_unseen(page)
        page.goto("/quiz/1/")
        page.get_by_role("button", name="Save and continue").click()
        for item in VERSION_2.item_pages[0]:
            group = page.get_by_role("radiogroup", name=item.text["en"])
            expect(group).to_have_accessible_description("Choose the answer that fits you best.")

    def test_nothing_is_announced_while_saving_works(self, page):
        start_unseen(page)
        page.goto("/quiz/1/")
        region = page.get_by_role("status")
        expect(region).to_have_count(1)
        with page.expect_response(lambda response: response.status == 204):
            page.get_by_role("radio").first.check()
        expect(region).to_be_empty()

    def test_lost_connection_is_announced_once_and_politely(self, page):
        start_unseen(page)
        page.goto("/quiz/1/")
        page.evaluate(
            "window.heard = []; new MutationObserver(() => heard.push("
            "document.querySelector('[role=status]').textContent)).observe("
            "document.querySelector('[role=status]'), { childList: true, subtree: true })"
        )
        page.context.set_offline(True)
        for place in range(3):
            page.get_by_role("radio", name="Agree", exact=True).nth(place).check()
        status = page.get_by_role("status")
        lost, saved = (status.get_attribute(f"data-{state}") for state in ("lost", "saved"))
        expect(status).to_have_text(lost)
        page.context.set_offline(False)
        expect(status).to_have_text(saved)
        assert page.evaluate("heard") == [lost, saved]


@pytest.mark.parametrize("shown", OWN_STATES, indirect=True)
class TestEveryPage:
    def test_page_has_each_landmark_once(self, shown):
        for role in ("banner", "main", "contentinfo"):
            expect(shown.page.get_by_role(role)).to_have_count(1)
        expect(shown.page.get_by_role("navigation", name="Site")).to_have_count(1)

    def test_every_link_and_button_has_a_name(self, shown):
        for role in ("link", "button"):
            everything = shown.page.get_by_role(role)
            named = shown.page.get_by_role(role, name=re.compile(r"\w{2}"))
            assert named.count() == everything.count() > 0

    def test_links_with_the_same_text_have_the_same_target(self, shown):
        links = shown.page.get_by_role("link").evaluate_all(
            "all => all.map(a => [a.innerText.trim(), a.href])"
        )
        places: dict[str, set[str]] = {}
        for words, place in links:
            places.setdefault(words, set()).add(place)
        assert {words: found for words, found in places.items() if len(found) > 1} == {}

    def test_heading_levels_are_not_skipped(self, shown):
        levels = shown.page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
            "all => all.map(h => Number(h.tagName[1]))"
        )
        assert levels[0] == 1
        steps = itertools.pairwise(levels)
        assert [(before, after) for before, after in steps if after > before + 1] == []


class TestPictures:
    @pytest.mark.parametrize("shown", ["result-leaning"], indirect=True)
    def test_each_trait_is_described_between_its_two_poles(self, shown):
        traits = shown.look(1280).locator("[data-trait]")
        assert traits.count() == 3
        for trait in traits.all():
            expect(trait.get_by_role("heading")).to_have_count(1)
            expect(trait).to_contain_text(re.compile(r"\d+\D+100\D+\d+\D+\d+"))
            expect(trait.locator(".poles > *")).to_have_count(2)

    @pytest.mark.parametrize("shown", ["result-leaning"], indirect=True)
    def test_agreement_is_a_range_around_the_exact_value(self, shown):
        box = shown.page.locator(".sure")
        low, high, of = map(int, re.findall(r"\d+", box.inner_text())[:3])
        exact = float(shown.page.get_by_role("main").get_attribute("data-agreement"))
        assert low < 100 * exact < high < of == 100

    @pytest.mark.parametrize("shown", ["result-leaning"], indirect=True)
    def test_numbers_of_the_result_are_in_a_table_too(self, shown):
        shown.look(1280)
        rows = shown.page.get_by_role("table").last.get_by_role("row")
        assert rows.count() == 5
        expect(rows.first.get_by_role("columnheader")).to_have_count(5)

    @pytest.mark.parametrize("shown", ["role-sales"], indirect=True)
    def test_pay_picture_has_its_numbers_in_words_and_in_a_table(self, shown):
        figure = shown.look(1280).get_by_role("figure").first
        expect(figure.locator("svg[aria-hidden=true]")).not_to_have_count(0)
        expect(figure).to_contain_text("half earn $50,000 to $100,000")
        expect(
            shown.page.get_by_role("rowheader", name=re.compile("median", re.I))
        ).not_to_have_count(0)


class TestOrderOfFocus:
    """Tab follows reading order: down the page, and from left to right in a line."""

    PLACES = """() => {
        const stops = document.querySelectorAll("a[href], button, input, summary, [tabindex='0']");
        const isSeen = stop => stop.checkVisibility() && !stop.classList.contains("skip");
        return [...stops].filter(isSeen).map(stop => {
            const { top, left } = stop.getClientRects()[0]; // a link can have several lines
            const { bottom } = stop.getBoundingClientRect();
            return [stop.innerText || stop.id, Math.round(top), Math.round(bottom), left];
        });
    }"""

    @pytest.mark.parametrize("width", [320, 1280])
    @pytest.mark.parametrize(
        "shown",
        ["home-finished", "introduction-unfinished", "quiz-page-1", "result-leaning", "roles"],
        indirect=True,
    )
    def test_focus_order_follows_the_page(self, shown, width):
        page = shown.look(width)
        assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
        places = page.evaluate(self.PLACES)
        assert len(places) > 5
        backwards = [
            (before[0], after[0])
            for before, after in itertools.pairwise(places)
            if after[2] <= before[1] or (after[1] < before[2] and after[3] < before[3] - 1)
        ]
        assert backwards == []
