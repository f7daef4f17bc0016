"""One person's results side by side, and when a shift is larger than the error."""

import dataclasses
import math
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from quiz.core.scopes import TRAITS, VERDICT, Scope
from quiz.core.scoring import Result, score
from quiz.results.retakes import Shift, Taken, limit_of, side_by_side
from tests.answers import SHIPPED, scoring
from tests.pages import shown_date

# 18 * sqrt(1 - .70) = 9.8590; 1.96 * 9.8590 * sqrt(2) = 27.3278
SEM, LIMIT = 9.8590, 27.3278
LIMIT_OF_LEAN = 15.8173  # 1.96 * 5.70640 * sqrt(2)
REAL = "<strong>"  # marks a shift beyond the error


def result(proactive=50.0, persuasion=50.0, targets=50.0) -> Result:
    return score(SHIPPED, scoring(proactive, persuasion, targets))


def by_trait(earlier, later):
    return {row.key: row.overall.shift for row in compare(earlier, later).traits if row.overall}


def day(number: int) -> datetime:
    return datetime(2026, 11, number, 12, tzinfo=UTC)


def taken(*results, scopes=None):
    scopes = scopes or ["answers"] * len(results)
    return [
        Taken(each, day(place), Scope(scope))
        for place, (each, scope) in enumerate(zip(results, scopes, strict=True), start=1)
    ]


def compare(*results, **more):
    return side_by_side(taken(*results, **more), [SHIPPED], "en")


def shown(*results, **more) -> str:
    compared = compare(*results, **more)
    return render_to_string("quiz/own_results/_side_by_side.html", {"retakes": compared})


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def numbers_in(html: str) -> list[str]:
    return re.findall(r"\d[\d.]*\b", words_of(html))


def overall(html: str, key: str) -> str:
    """What the page says about a trait, or the lean, from the first to the last result."""
    return re.search(rf'data-change="{key}">.*?<p class="score">(.*?)</p>', html, re.S)[1]


def pole(key: str, end: str) -> str:
    (trait,) = (trait for trait in SHIPPED.traits if trait.key == key)
    return getattr(trait, end)["en"]


def test_limit_matches_the_method():
    change = by_trait(result(), result())["proactive"]
    assert change.limit == pytest.approx(LIMIT, abs=1e-4)
    assert change.limit == pytest.approx(1.96 * SEM * math.sqrt(2), abs=1e-3)


def test_limit_uses_the_error_of_each_result():
    assert limit_of(3, 4) == pytest.approx(1.96 * 5)
    assert limit_of(SEM, SEM) == pytest.approx(1.96 * SEM * math.sqrt(2))


@pytest.mark.parametrize(
    ("earlier", "later", "difference", "is_real"),
    [
        pytest.param(50, 75, 25, False, id="25 up is error"),
        pytest.param(50, 78.125, 28.125, True, id="28 up is real"),
        pytest.param(75, 50, -25, False, id="25 down is error"),
        pytest.param(78.125, 50, -28.125, True, id="28 down is real"),
        pytest.param(50, 50, 0, False, id="no change"),
        pytest.param(0, 100, 100, True, id="from end to end"),
    ],
)
def test_shift_is_real_beyond_the_limit(earlier, later, difference, is_real):
    change = by_trait(result(targets=earlier), result(targets=later))["targets"]
    assert (change.difference, change.is_real) == (difference, is_real)


def test_shift_of_exactly_the_limit_is_error():
    assert not Shift(0, 10, limit=10).is_real
    assert Shift(0, 10.0001, limit=10).is_real


@given(st.floats(-50, 100), st.floats(0, 50), st.floats(0, 50))
def test_no_difference_is_never_real(value, earlier_error, later_error):
    assert not Shift(value, value, limit_of(earlier_error, later_error)).is_real


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 40))
def test_direction_does_not_matter(earlier, later, limit):
    there, back = Shift(earlier, later, limit), Shift(later, earlier, limit)
    assert there.is_real == back.is_real
    assert there.difference == -back.difference


def test_lean_has_its_own_limit():
    # .35 * 25 * 2 = 17.5 points, from two traits whose own shifts are within the error.
    earlier, later = result(), result(proactive=75, targets=75)
    change = compare(earlier, later).lean.overall.shift
    assert change.limit == pytest.approx(LIMIT_OF_LEAN, abs=1e-3)
    assert (change.difference, change.is_real) == (17.5, True)
    assert not any(each.is_real for each in by_trait(earlier, later).values())


class TestVersionsWithDifferentTraits:
    """Each version lacks a trait that the other one has."""

    OLD = dataclasses.replace(SHIPPED, traits=SHIPPED.traits[:2])
    NEW = dataclasses.replace(SHIPPED, traits=SHIPPED.traits[1:])

    def result_of(self, questionnaire):
        keys = {trait.key for trait in questionnaire.traits}
        scores = {key: score for key, score in result().scores.items() if key in keys}
        return replace(result(), scores=scores)

    def compared(self, scopes=None):
        results = taken(self.result_of(self.OLD), self.result_of(self.NEW), scopes=scopes)
        return side_by_side(results, [self.NEW, self.OLD], "en")

    def test_every_trait_has_a_row_those_of_the_newest_version_first(self):
        rows = {row.key: [cell.value for cell in row.cells] for row in self.compared().traits}
        assert list(rows) == ["persuasion", "targets", "proactive"]
        assert rows == {"persuasion": [50, 50], "targets": [None, 50], "proactive": [50, None]}

    def test_missing_trait_is_not_in_the_version_rather_than_hidden(self):
        html = render_to_string("quiz/own_results/_side_by_side.html", {"retakes": self.compared()})
        assert html.count("not asked") == 2
        assert "not shared" not in html

    def test_trait_that_is_hidden_is_not_shared(self):
        context = {"retakes": self.compared(["verdict", "traits"])}
        html = render_to_string("quiz/own_results/_side_by_side.html", context)
        assert html.count("not shared") == 1
        assert html.count("not asked") == 1


def test_only_shared_traits_are_compared():
    earlier = result()
    without = {key: value for key, value in earlier.scores.items() if key != "targets"}
    assert list(by_trait(replace(earlier, scores=without), result())) == ["proactive", "persuasion"]


class TestSideBySide:
    def test_one_result_gives_no_comparison(self):
        assert compare(result()) is None

    def test_results_are_in_order_of_time(self):
        first, second = taken(result(25), result(75))
        compared = side_by_side([second, first], [SHIPPED], "en")
        assert [column.at for column in compared.columns] == [day(1), day(2)]
        assert [cell.value for cell in compared.traits[0].cells] == [25, 75]

    def test_cells_compare_with_the_previous_and_overall_with_the_first(self):
        row = compare(result(25), result(50), result(75)).traits[0]
        moves = [cell.since_before for cell in row.cells]
        assert moves[0] is None
        assert [(move.points, move.is_real) for move in moves[1:]] == [(25, False), (25, False)]
        assert (row.overall.points, row.overall.is_real, row.overall.towards) == (50, True, "sales")

    def test_points_match_the_rounded_scores(self):
        # 59.375 and 68.75 are shown as 59 and 69, so 9.375 is shown as 10.
        row = compare(result(59.375), result(68.75)).traits[0]
        assert row.overall.points == 10

    def test_hidden_scores_are_skipped(self):
        compared = compare(result(25), result(93.75), result(75), scopes=[TRAITS, VERDICT, TRAITS])
        row = compared.traits[0]
        assert [cell.value for cell in row.cells] == [25, None, 75]
        assert row.cells[2].since_before.points == 50
        assert len(row.picture.dots) == 2
        assert compared.misses_some

    def test_verdict_scope_still_shows_the_lean(self):
        compared = compare(result(25), result(75), scopes=[VERDICT, VERDICT])
        assert compared.traits == ()
        assert [cell.value for cell in compared.lean.cells] == [-8.75, 8.75]

    def test_missing_trait_has_an_empty_cell(self):
        old = result()
        old = replace(old, scores={"proactive": 50.0}, sem={"proactive": SEM}, questionnaire=1)
        compared = compare(old, replace(result(), questionnaire=2))
        assert [cell.value for cell in compared.traits[2].cells] == [None, 50]
        assert compared.traits[2].overall is None
        assert compared.versions == [1, 2]


class TestPicture:
    def test_dots_are_below_each_other_at_their_scores(self):
        picture = compare(result(0), result(100)).traits[0].picture
        assert [dot.bar.dot for dot in picture.dots] == ["6", "394"]
        assert [dot.middle for dot in picture.dots] == ["13", "35"]
        assert picture.path == "M6 13L394 35"
        assert (picture.height, picture.box) == ("44", "48")

    def test_errors_stay_inside_the_tube(self):
        for dot in compare(result(0), result(100)).traits[0].picture.dots:
            start, width = float(dot.bar.error_from), float(dot.bar.error_width)
            assert start >= 6
            assert start + width <= 394.01

    def test_lean_of_0_is_in_the_middle(self):
        dots = compare(result(), result(75)).lean.picture.dots
        assert [dot.bar.dot for dot in dots] == ["200", "233.95"]
        assert [dot.bar.side for dot in dots] == ["", "sales"]


class TestPartial:
    def test_page_separates_real_changes_from_error(self):
        html = shown(result(50, 50, 50), result(75, 21.875, 50))
        assert pole("proactive", "high") in overall(html, "proactive")
        assert numbers_in(overall(html, "proactive")) == ["25"]
        assert REAL not in overall(html, "proactive")
        assert pole("persuasion", "low") in overall(html, "persuasion")
        assert numbers_in(overall(html, "persuasion")) == ["28"]
        assert REAL in overall(html, "persuasion")
        assert numbers_in(overall(html, "targets")) == []
        assert REAL not in overall(html, "targets")

    def test_shift_of_the_lean_names_the_field(self):
        html = shown(result(50), result(75))
        assert numbers_in(overall(html, "lean")) == ["8.8"]
        assert "sales" in overall(html, "lean")
        assert REAL not in overall(html, "lean")
        cell = re.search(r'class="field-sales">([^<]*)</span> ± 5\.7', html)
        assert numbers_in(cell[1]) == ["8.8"]

    def test_the_table_has_a_caption_and_headings_both_ways(self):
        html = shown(result(50), result(75))
        assert html.count("<caption>") == 1
        assert html.count('<th scope="col">') == 2
        headings = re.findall(r'<th scope="row">([^<]+)<', html)
        assert headings[1:4] == [trait.name["en"] for trait in SHIPPED.traits]
        assert len(set(headings)) == 6

    def test_each_number_has_a_label_for_phones(self):
        html = shown(result(50), result(75))
        for place in (1, 2):
            assert html.count(f'data-label="{place} · {shown_date(2026, 11, place)}"') == 6

    def test_third_result_adds_a_first_to_last_column(self):
        assert shown(result(25), result(75)).count('<th scope="col">') == 2
        html = shown(result(25), result(50), result(75))
        assert html.count('<th scope="col">') == 4
        row = re.search(rf'<th scope="row">{SHIPPED.traits[0].name["en"]}<.*?</tr>', html, re.S)[0]
        last = row.split("<td")[-1]
        assert "50" in numbers_in(last)
        assert pole("proactive", "high") in last
        assert REAL in last

    def test_different_versions_are_named(self):
        earlier, later = replace(result(), questionnaire=1), replace(result(75), questionnaire=3)
        note = re.search('<p class="note">(.*?)</p>', shown(earlier, later), re.S)[1]
        assert numbers_in(note) == ["1", "3"]
        assert 'class="note"' not in shown(earlier, replace(later, questionnaire=1))

    def test_hidden_scores_appear_nowhere(self):
        html = shown(result(96.875), result(50), result(50), scopes=[VERDICT, TRAITS, TRAITS])
        assert "97" not in words_of(html)
        assert html.count('<span class="none">') == 3

    def test_pictures_are_hidden_from_screen_readers(self):
        html = shown(result(50), result(75))
        drawings = re.findall("<svg[^>]*>", html)
        assert len(drawings) == 4
        assert all('aria-hidden="true"' in drawing for drawing in drawings)
        assert html.count('class="error-band"') == 8
