"""Luminance, contrast and lighter or darker colors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.colors import contrast, is_color, luminance, mixed, nearest

pytestmark = pytest.mark.pure

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


# Of https://www.w3.org/TR/WCAG22/ and of WebAIM's contrast checker.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#ffffff", "#000000", 21),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
        ("#1f3a5f", "#fbf8f3", 10.84),
    ],
)
def test_contrast_is_that_of_known_pairs(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_luminance_goes_from_black_to_white():
    assert (luminance("#000000"), luminance("#ffffff")) == (0, pytest.approx(1))


@pytest.mark.parametrize("text", ["", "red", "#fff", "#FFFFFF", "#1234567", " #123456", "#12345g"])
def test_other_texts_are_no_color(text):
    assert not is_color(text)
    with pytest.raises(ValueError, match="isn't a color"):
        contrast(text, "#000000")


@given(colors, colors)
def test_mixing_ends_at_either_color(one, other):
    assert mixed(one, other, 1) == one
    assert mixed(one, other, 0) == other


@given(colors)
def test_color_that_passes_stays(color):
    assert nearest(color, lambda _color: True) == color


@given(colors, colors)
def test_black_or_white_passes_at_the_latest(color, other):
    found = nearest(color, lambda each: contrast(each, other) >= 4.5)
    assert contrast(found, other) >= 4.5


def test_nearest_color_keeps_its_hue():
    found = nearest("#ffcc00", lambda each: contrast(each, "#ffffff") >= 4.5)
    red, green, blue = (int(found[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue
    assert contrast(found, "#ffffff") < 4.7


def test_no_color_is_found_where_none_passes():
    assert nearest("#123456", lambda _color: False) is None
