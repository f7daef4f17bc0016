import pytest

from quiz.core.numbers import fixed_text, plain_text

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (62.5, 0, "63"),
        (37.5, 0, "38"),
        (68.75, 0, "69"),
        (6.5625, 1, "6.6"),
        (2.25, 1, "2.3"),
        (0.0, 1, "0.0"),
        (100.0, 0, "100"),
        # The nearest float is .1499999..., and still rounds up.
        (0.15, 1, "0.2"),
    ],
)
def test_halves_are_rounded_up(value, digits, text):
    assert fixed_text(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(40.625, "40.625"), (50.0, "50"), (9.859006, "9.85901"), (-2.8125, "-2.8125"), (-0.0, "0")],
)
def test_plain_numbers_have_only_the_digits_they_need(value, text):
    assert plain_text(value) == text


def test_plain_numbers_can_have_fewer_digits():
    assert [plain_text(value, digits=2) for value in (3.456, 120.0, -0.001)] == ["3.46", "120", "0"]
