import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.results.pictures import TUBE_LEFT, TUBE_RIGHT, bar, level, number

pytestmark = pytest.mark.pure

EDGES = {"clear": (-12.1, 12.1), "leaning": (-5.0, 5.0)}


@given(st.floats(-50, 50), st.floats(0, 20))
def test_bubble_stays_inside_the_tube(lean, error):
    picture = level(lean, error, EDGES)
    middle, half = float(picture.bubble), float(picture.bubble_width)
    assert middle - half >= TUBE_LEFT - 0.02
    assert middle + half <= TUBE_RIGHT + 0.02


@pytest.mark.parametrize(("lean", "side"), [(7, "sales"), (-7, "service"), (0, "")])
def test_bubble_is_on_the_side_of_the_lean(lean, side):
    picture = level(lean, 5.7, EDGES)
    assert picture.side == side
    assert (float(picture.bubble) > 200) == (lean > 0)
    assert (float(picture.bubble) < 200) == (lean < 0)


def test_bubble_width_shows_the_error():
    narrow, wide = level(0, 4, EDGES), level(0, 8, EDGES)
    assert float(wide.bubble_width) == pytest.approx(2 * float(narrow.bubble_width))


def test_marks_are_where_bands_start():
    picture = level(7, 5.7, EDGES)
    assert picture.leaning_marks == ("180.6", "219.4")
    assert [float(x) for x in picture.clear_marks] == pytest.approx([153.05, 246.95], abs=0.01)


def test_a_bar_shows_score_and_error_from_pole_to_pole():
    assert (bar(0, 0, 10).dot, bar(100, 90, 100).dot) == ("6", "394")
    picture = bar(68.75, 58.75, 78.75)
    assert float(picture.error_width) == pytest.approx(20 * 3.88)
    assert float(picture.error_from) + 10 * 3.88 == pytest.approx(float(picture.dot))
    assert [bar(s, s, s).side for s in (30, 50, 70)] == ["service", "", "sales"]


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (3.456, "3.46"), (0.1, "0.1"), (120, "120")]
)
def test_coordinates_are_short_and_have_a_decimal_point(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("lean", "zone", "side"),
    [
        *(
            (-13, "clear", "service"),
            (-6, "leaning", "service"),
            (-4, "close", ""),
            (0, "close", ""),
        ),
        *((4, "close", ""), (6, "leaning", "sales"), (13, "clear", "sales")),
    ],
)
def test_level_names_the_zone_of_the_lean_and_takes_no_side_near_the_middle(lean, zone, side):
    picture = level(lean, 5, EDGES)
    assert (picture.zone, picture.side) == (zone, side)


@given(st.floats(-50, 50), st.floats(0, 20))
def test_bubble_is_shifted_from_the_middle_to_its_place(lean, error):
    picture = level(lean, error, EDGES)
    assert 200 + float(picture.shift) == pytest.approx(float(picture.bubble), abs=0.02)


def test_score_whose_margin_covers_the_middle_takes_no_side():
    assert bar(53, 43, 63).side == ""
    assert bar(63, 53, 73).side == "sales"
    assert bar(37, 27, 47).side == "service"
