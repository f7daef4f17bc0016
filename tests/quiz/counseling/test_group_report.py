"""Group reports: counts, pictures, and nothing about fewer than five people."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from quiz.core.scoring import Result, score
from quiz.core.verdict import Verdict
from quiz.counseling.group_pictures import RADII, group_level, histogram, rows_of
from quiz.counseling.group_report import (
    FROM_SERVICE,
    SMALLEST_GROUP,
    middle_of,
    report_on_group,
    step_counts,
)
from tests.answers import SHIPPED, alike, leaning, scoring

pytestmark = pytest.mark.both_databases

EDGES = {"clear": (-12.1, 12.1), "leaning": (-5.0, 5.0)}

CLEAR_SALES = score(SHIPPED, leaning("sales", 20))
CLEAR_SERVICE = score(SHIPPED, leaning("service", 20))
LEANING_SALES = score(SHIPPED, leaning("sales", 8))
CLOSE = score(SHIPPED, leaning("sales", 2))
CARELESS = score(SHIPPED, alike(3))

CLASS = [CLEAR_SALES, CLEAR_SERVICE, LEANING_SALES, LEANING_SALES, CLOSE, CARELESS]


def result(proactive=50.0, persuasion=50.0, targets=50.0) -> Result:
    return score(SHIPPED, scoring(proactive, persuasion, targets))


def report_on(results, **more):
    return report_on_group(results, [SHIPPED], "en", **more)


def shown(results, **more) -> str:
    context = {"group": report_on(results, **more), "smallest": SMALLEST_GROUP}
    return render_to_string("counseling/_group_report.html", context)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


many_results = st.lists(
    st.tuples(*[st.integers(0, 32).map(lambda n: n * 3.125)] * 3).map(lambda s: result(*s)),
    min_size=5,
    max_size=30,
)


class TestSmallGroups:
    @pytest.mark.parametrize("people", range(5))
    def test_fewer_than_five_people_give_no_report(self, people):
        assert report_on(CLASS[:people]) is None

    def test_five_are_enough(self):
        assert report_on(CLASS[:5]).people == 5

    def test_verdict_scopes_count_for_the_verdicts(self):
        report = report_on(CLASS[:2], verdicts_only=CLASS[2:5])
        assert report.people == sum(verdict.count for verdict in report.verdicts) == 5
        assert len(report.lean.picture.dots) == 5

    def test_preferences_shared_by_fewer_than_five_are_hidden(self):
        report = report_on(CLASS[:4], verdicts_only=CLASS[4:])
        assert (report.traits, report.hides_traits) == ((), True)

    def test_traits_of_every_version_are_reported_if_enough_people_have_them(self):
        only_first = replace(SHIPPED, traits=SHIPPED.traits[:1])
        rest = replace(SHIPPED, traits=SHIPPED.traits[1:])
        first = replace(result(), scores={"proactive": 75.0})
        others = replace(result(), scores={"persuasion": 50.0, "targets": 50.0})
        report = report_on_group([*[first] * 5, *[others] * 6], [rest, only_first], "en")
        people = {trait.key: trait.people for trait in report.traits}
        assert people == {"persuasion": 6, "targets": 6, "proactive": 5}
        assert list(people) == ["persuasion", "targets", "proactive"]
        html = render_to_string(
            "counseling/_group_report.html", {"group": report, "smallest": SMALLEST_GROUP}
        )
        assert re.findall('class="step" data-people="([^"]*)"', html) == ["6", "6", "5"]

    def test_section_says_why_no_trait_is_shown(self):
        halves = [replace(result(), scores={key: 50.0}) for key in ("proactive", "targets")]
        report = report_on_group([each for each in halves for _ in range(4)], [SHIPPED], "en")
        html = render_to_string(
            "counseling/_group_report.html", {"group": report, "smallest": SMALLEST_GROUP}
        )
        assert (report.traits, report.hides_traits) == ((), True)
        assert 'data-hidden="traits" data-people="8"' in html
        assert "No preference has enough scores" in words_of(html)
        assert "too few to show" not in words_of(html)

    def test_verdict_scopes_add_no_scores(self):
        high, low = result(100, 100, 100), result(0, 0, 0)
        report = report_on([low] * 5, verdicts_only=[high])
        assert [trait.people for trait in report.traits] == [5, 5, 5]
        assert [step.count for step in report.traits[0].steps] == [5, 0, 0, 0, 0]

    def test_trait_with_fewer_than_five_scores_is_left_out(self):
        old = replace(result(), scores={"proactive": 50.0, "persuasion": 50.0})
        report = report_on([*[result()] * 4, old])
        assert [trait.key for trait in report.traits] == ["proactive", "persuasion"]


class TestVerdicts:
    def test_verdicts_are_in_the_order_of_the_level(self):
        verdicts = report_on(CLASS).verdicts
        assert [(v.kind, v.count) for v in verdicts] == [
            ("clear_service", 1),
            ("leaning_service", 0),
            ("close", 1),
            ("leaning_sales", 2),
            ("clear_sales", 1),
            ("insufficient", 1),
        ]

    def test_segments_fill_the_bar(self):
        pieces = [verdict.piece for verdict in report_on(CLASS).verdicts]
        assert sum(float(piece.width) for piece in pieces) == pytest.approx(400, abs=0.1)
        assert float(pieces[2].x) == pytest.approx(400 / 6, abs=0.01)

    @given(many_results)
    def test_all_counts_add_up(self, results):
        report = report_on(results)
        n = len(results)
        assert sum(verdict.count for verdict in report.verdicts) == n
        assert len(report.verdict_dots) == n
        lean = report.lean
        assert lean.towards_sales + lean.towards_service + lean.in_the_middle == n
        assert len(lean.picture.dots) == n
        for trait in report.traits:
            assert sum(step.count for step in trait.steps) == n

    def test_every_verdict_is_counted(self):
        assert {result.verdict for result in CLASS} <= set(FROM_SERVICE)
        assert len(FROM_SERVICE) == len(Verdict)


class TestSteps:
    @pytest.mark.parametrize(
        ("value", "step"),
        [
            *((0, 0), (19.9, 0), (20, 0), (20.1, 1), (40, 1), (40.1, 2)),
            *((50, 2), (59.9, 2), (60, 3), (79.9, 3), (80, 4), (100, 4)),
        ],
    )
    def test_score_on_a_border_counts_further_out(self, value, step):
        assert step_counts([value]).index(1) == step

    @given(st.integers(0, 32).map(lambda n: n * 3.125))
    def test_steps_are_symmetrical(self, value):
        assert step_counts([value]) == step_counts([100 - value])[::-1]

    def test_quartiles_match_a_worked_example(self):
        middle = middle_of([10, 20, 30, 40, 50])
        assert (middle.lower, middle.median, middle.upper) == (20, 30, 40)


class TestLevel:
    def test_dots_are_at_the_nearest_whole_point(self):
        dots = group_level([-50, 0, 7.4, 7.6], EDGES).dots
        assert [dot.x for dot in dots] == ["13", "200", "227.16", "231.04"]
        assert [dot.side for dot in dots] == ["service", "", "sales", "sales"]

    def test_dot_rounded_to_the_middle_keeps_its_side(self):
        dots = group_level([-0.3, 0, 0.3], EDGES).dots
        assert [(dot.x, dot.side) for dot in dots] == [
            ("200", "service"),
            ("200", ""),
            ("200", "sales"),
        ]

    def test_rounding_is_symmetrical(self):
        left, right = group_level([-2.5], EDGES).dots[0], group_level([2.5], EDGES).dots[0]
        assert 200 - float(left.x) == pytest.approx(float(right.x) - 200)

    @given(st.lists(st.floats(-50, 50), min_size=5, max_size=120))
    def test_no_dot_covers_another_or_leaves_the_tube(self, leans):
        picture = group_level(leans, EDGES)
        radius, height = float(picture.radius), float(picture.tube_height)
        spots = sorted((float(dot.y), float(dot.x)) for dot in picture.dots)
        for (upper, left), (lower, right) in pairwise(spots):
            assert lower - upper > 2 * radius or right - left > 2 * radius - 0.02
        for y, x in spots:
            assert 4 + radius <= y + 0.02
            assert y <= 4 + height - radius + 0.02
            assert 6 + radius <= x <= 394 - radius

    def test_large_group_has_smaller_dots(self):
        few, many = group_level([0] * 5, EDGES), group_level([0] * 40, EDGES)
        assert float(few.radius) == RADII[0]
        assert float(many.radius) == RADII[-1]

    def test_small_group_has_the_tube_of_one_result(self):
        assert group_level([-20, -10, 0, 10, 20], EDGES).tube_height == "42"

    def test_different_bands_have_no_marks(self):
        other = replace(CLOSE, edges=EDGES)
        assert len(report_on(CLASS).lean.picture.marks) == 2
        assert report_on([*CLASS, other]).lean.picture.marks == ()

    def test_rows_fill_from_the_first(self):
        assert rows_of([0, 5, 10, 12, 20], pitch=10) == [0, 1, 0, 2, 0]


class TestHistogram:
    def test_tallest_bar_fills_the_height(self):
        columns = histogram([0, 2, 4, 1, 0], 4, 30, 50, 60).columns
        assert [column.height for column in columns] == ["0", "40", "80", "20", "0"]
        assert [column.y for column in columns] == ["84", "44", "4", "64", "84"]

    def test_middle_half_is_drawn(self):
        picture = histogram([1], 1, 25, 50, 75)
        assert (picture.half_from, picture.half_width, picture.median) == ("103", "194", "200")

    def test_preferences_share_one_height(self):
        report = report_on([*[result(50, 0)] * 4, *[result(50, 100)] * 20])
        tallest = [max(float(c.height) for c in trait.picture.columns) for trait in report.traits]
        assert tallest == [80, pytest.approx(80 * 20 / 24, abs=0.01), 80]

    def test_small_group_has_one_dot_per_person_and_no_bars(self):
        picture = histogram([0, 2, 1, 0, 0], 2, 30, 50, 60, has_dots=True)
        assert picture.columns == ()
        assert [(dot.x, dot.y) for dot in picture.dots] == [
            ("122.4", "79"),
            ("122.4", "69"),
            ("200", "79"),
        ]

    @given(st.lists(st.integers(0, 19), min_size=5, max_size=5))
    def test_dots_stay_within_their_step_and_apart(self, counts):
        tallest = max(counts)
        dots = histogram(counts, tallest, 30, 50, 60, has_dots=True).dots
        spots = [(float(dot.x), float(dot.y)) for dot in dots]
        assert len(set(spots)) == len(spots) == sum(counts)
        assert all(y - 4 >= 4 and y + 4 <= 84 for _x, y in spots)
        steps = [int((x - 6) // 77.6) for x, _y in spots]
        assert [steps.count(step) for step in range(5)] == counts


class TestPartial:
    def test_small_group_explains_why_there_is_no_report(self):
        html = shown(CLASS[:4])
        assert html.count('class="note"') == 1
        assert "5 people" in words_of(html)
        assert "data-people" not in html
        assert "<table" not in html

    def test_counts_are_in_a_table(self):
        html = shown(CLASS)
        rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", html, re.S)
        assert [words_of(row).split() for row in rows][:4] == [
            ["Clearly", "customer", "service", "1"],
            ["Leaning", "to", "customer", "service", "0"],
            ["Too", "close", "to", "call", "1"],
            ["Leaning", "to", "sales", "2"],
        ]

    def test_two_two_and_two_of_six_look_the_same(self):
        html = shown([*[CLEAR_SALES] * 2, *[CLOSE] * 2, *[CLEAR_SERVICE] * 2])
        words = words_of(html)
        assert not re.search(r"\b3[34]\b", words.split("Which way they lean")[0])
        assert "%" not in words
        dots = re.findall('<circle class="(\\w+)" cx', html.split('class="verdict-dots"')[1])
        assert dots[:6] == [*["clear_service"] * 2, *["close"] * 2, *["clear_sales"] * 2]
        assert 'class="verdict-bar"' not in html

    @pytest.mark.parametrize(("people", "percents"), [(19, []), (21, ["33%", "33%", "33%"])])
    def test_percents_start_at_twenty_people_and_are_equal_for_equal_counts(self, people, percents):
        results = [*[CLEAR_SALES] * 7, *[CLOSE] * 7, *[CLEAR_SERVICE] * (people - 14)]
        html = shown(results)
        cells = re.findall(r">(\d+%)</td>", html)
        assert [cell for cell in cells if cell != "0%"] == percents
        assert ('class="verdict-bar"' in html) == bool(percents)
        assert ('class="verdict-dots"' in html) != bool(percents)
        assert html.count('class="person"') == (0 if percents else 3 * people)

    def test_level_has_a_description(self):
        html = shown(CLASS)
        (label,) = re.findall('role="img" aria-label="([^"]*)"', html)
        assert re.findall(r"\d+", label) == ["1", "4", "1"]
        assert words_of(html).count(label) == 1
        assert html.count('class="dot"') == len(CLASS) + 3

    def test_other_pictures_are_hidden_from_screen_readers(self):
        drawings = re.findall("<svg[^>]*>", shown(CLASS))
        assert sum('role="img"' in drawing for drawing in drawings) == 1
        assert sum('aria-hidden="true"' in drawing for drawing in drawings) == len(drawings) - 1

    def test_each_preference_shows_its_numbers(self):
        html = shown([*[result(0)] * 2, *[result(100)] * 3])
        part = re.search('data-trait="proactive".*?</section>', html, re.S)[0]
        assert re.findall("<td>([^<]*)</td>", part) == ["2", "0", "0", "0", "3"]
        score = re.search('<p class="score">(.*?)</p>', part, re.S)[1]
        assert re.findall(r"\d+", score)[-2:] == ["0", "100"]

    def test_page_says_that_preferences_are_hidden(self):
        html = shown(CLASS[:2], verdicts_only=CLASS[2:])
        assert 'data-hidden="traits" data-people="2"' in html
        assert "data-trait=" not in html
        assert [trait.key for trait in SHIPPED.traits if trait.name["en"] in html] == []

    def test_other_versions_are_named(self):
        html = shown([*CLASS, replace(CLOSE, questionnaire=2)])
        note, _closing = re.findall('<p class="note">.*?</p>', html, re.S)
        assert "1, 2" in note
