from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from roles.pictures import MARGIN, WIDTH, axis_end, bar, dots, number, pay_range

PAY = st.lists(st.decimals(1, 10**6, places=2), min_size=4, max_size=4).map(sorted).map(tuple)


@given(PAY)
def test_pay_range_runs_from_left_to_right_within_the_margins(percentiles):
    picture = pay_range(percentiles, axis_end(percentiles))
    places = [picture.low, picture.quarter, picture.three_quarters, picture.high]
    xs = [float(place) for place in places]
    assert xs == sorted(xs)
    assert xs[0] >= MARGIN
    assert xs[-1] <= WIDTH - MARGIN
    assert 0 <= float(picture.half_width) <= float(picture.width)


def test_places_are_proportional_to_pay():
    picture = pay_range(tuple(map(Decimal, (0, 25, 75, 100))), Decimal(100))
    assert [picture.low, picture.quarter, picture.high] == ["6", "163", "634"]
    assert (picture.half_width, picture.width) == ("314", "628")


@given(st.lists(st.decimals("0.01", 10**9, places=2), min_size=1))
def test_axis_ends_at_a_round_number_up_to_twice_the_largest_value(values):
    end = axis_end(values)
    assert max(values) <= end <= 2 * max(values)
    assert len(end.normalize().as_tuple().digits) <= 2


@pytest.mark.parametrize(("value", "end"), [(137550, 150000), (290540, 300000), (100000, 100000)])
def test_axis_ends_at_the_next_round_number(value, end):
    assert axis_end([Decimal(value)]) == end


def test_axis_needs_a_value_above_zero():
    with pytest.raises(ValueError, match="above 0"):
        axis_end([Decimal(0)])


@pytest.mark.parametrize(
    ("value", "width"), [("97.1", "97.1"), ("0", "0"), ("-5", "0"), ("120", "100")]
)
def test_bar_is_clamped_to_its_frame(value, width):
    assert bar(Decimal(value)) == width


@pytest.mark.parametrize(
    ("percentile", "filled"),
    [(0, 1), (19.9, 1), (20, 2), (39.9, 2), (40, 3), (60, 3), (60.1, 4), (80, 4), (80.1, 5)],
)
def test_middle_of_the_five_dots_is_where_a_demand_counts_as_neither_side(percentile, filled):
    assert dots(percentile) == filled


def test_coordinates_have_a_decimal_point_in_every_language():
    with translation.override("de"):
        assert number(12.345) == "12.35"
        assert bar(Decimal("97.1")) == "97.1"


@pytest.mark.parametrize(("value", "text"), [(100.0, "100"), (0.0, "0"), (12.5, "12.5")])
def test_coordinates_have_no_trailing_zeros(value, text):
    assert number(value) == text
