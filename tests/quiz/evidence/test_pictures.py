from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.evidence.figures import AgreementBin
from quiz.evidence.pictures import HEIGHT, INSET, SIDE, WIDTH, calibration, score_histogram

pytestmark = pytest.mark.pure

SHARE = st.floats(0, 1)


def promise(predicted, observed, error=0.0):
    return AgreementBin(0.5, 0.6, 100, predicted, observed, error)


class TestScoreHistogram:
    @given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
    def test_bars_stay_inside_and_start_at_the_bottom(self, counts):
        for column in score_histogram(counts, max(counts)):
            assert float(column.x) >= 0
            assert float(column.x) + float(column.width) <= WIDTH + 0.01
            assert float(column.y) >= -0.01
            assert float(column.y) + float(column.height) == pytest.approx(HEIGHT, abs=0.02)

    def test_height_is_proportional_to_the_count(self):
        few, many, none = score_histogram([10, 20, 0], 40)
        assert (few.height, many.height, none.height) == ("30", "60", "0")

    def test_bars_are_in_order_and_do_not_touch(self):
        columns = score_histogram([1] * 33, 1)
        for left, right in pairwise(columns):
            assert float(left.x) + float(left.width) < float(right.x)

    def test_without_people_the_bars_are_empty(self):
        assert {column.height for column in score_histogram([0, 0], 0)} == {"0"}


class TestCalibration:
    @given(SHARE, SHARE, st.floats(0, 0.5))
    def test_dots_and_intervals_stay_inside(self, predicted, observed, error):
        (dot,) = calibration([promise(predicted, observed, error)]).dots
        assert INSET <= float(dot.x) <= WIDTH - INSET
        for y in (dot.y, dot.from_y, dot.to_y):
            assert INSET <= float(y) <= SIDE - INSET

    @pytest.mark.parametrize("share", [0.5, 0.62, 0.75, 0.93, 1])
    def test_exact_prediction_is_on_the_line(self, share):
        picture = calibration([promise(share, share)])
        (x0, y0), (x1, y1) = (
            [float(at) for at in end] for end in (picture.line_from, picture.line_to)
        )
        (dot,) = picture.dots
        slope = (y1 - y0) / (x1 - x0)
        assert float(dot.y) == pytest.approx(y0 + slope * (float(dot.x) - x0), abs=0.02)

    def test_prediction_too_high_is_below_the_line(self):
        below, on, above = calibration([promise(0.8, kept) for kept in (0.7, 0.8, 0.9)]).dots
        assert float(below.y) > float(on.y) > float(above.y)

    def test_vertical_line_shows_the_interval(self):
        of = promise(0.7, 0.6)
        (dot,) = calibration([of]).dots
        down, up = calibration([promise(0.7, end) for end in of.interval]).dots
        assert (dot.from_y, dot.to_y) == (down.y, up.y)
        assert float(dot.to_y) < float(dot.y) < float(dot.from_y)
