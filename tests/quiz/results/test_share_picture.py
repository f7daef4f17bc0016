"""The preview picture of a shared result."""

from io import BytesIO

import pytest
from PIL import Image

from quiz.core.scoring import score
from quiz.results.share_picture import sentence, share_picture
from tests.answers import SHIPPED, alike, leaning

SALES_INK = (161, 69, 5)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (leaning("sales", 7), "I lean towards sales"),
        (leaning("service", 7), "I lean towards customer service"),
        (leaning("sales", 20), "My answers point clearly to sales"),
        (leaning("service", 20), "My answers point clearly to customer service"),
        (leaning("sales", 1), "I could enjoy either: sales or customer service"),
        (alike(3), "No suggestion for me yet"),
    ],
)
def test_sentence_speaks_for_its_owner_in_every_band(answers, said):
    assert sentence(score(SHIPPED, answers)) == said


def bubble(answers):
    """Return the left and right edge of what is drawn in the color of sales inside the tube."""
    picture = Image.open(BytesIO(share_picture(score(SHIPPED, answers), SHIPPED)))
    row = [picture.getpixel((x, 490)) for x in range(picture.width)]
    inked = [x for x, color in enumerate(row) if color == SALES_INK]
    return min(inked), max(inked)


def test_bubble_is_at_the_lean_and_as_wide_as_its_error():
    answers = leaning("sales", 7)
    result = score(SHIPPED, answers)
    left, right = bubble(answers)
    assert (left + right) / 2 == pytest.approx(90 + 1020 * (result.lean + 50) / 100, abs=3)
    assert right - left == pytest.approx(2 * 1020 * result.lean_se / 100, abs=6)


def test_bubble_at_the_end_stays_in_the_tube():
    left, right = bubble({item.key: 3 + 2 * item.keying for item in SHIPPED.items})
    assert right <= 1110
    assert left > 600
