"""Uploaded logos: drawn again as a small PNG, or refused with what to do."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from organization import pictures
from organization.pictures import MOST_BYTES, MOST_PNG_BYTES, SIDE, encoded
from tests.organization.images import noise, picture


def drawn(content):
    return encoded(BytesIO(content), len(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_kind_becomes_a_png(kind):
    found = drawn(picture(kind=kind))
    assert (found.width, found.height) == (300, 100)
    assert Image.open(BytesIO(found.png)).format == "PNG"


def test_picture_for_print_becomes_one_for_screens():
    file = BytesIO()
    Image.new("CMYK", (300, 100), (200, 0, 0, 0)).save(file, "JPEG")
    assert Image.open(BytesIO(drawn(file.getvalue()).png)).mode == "RGBA"


def test_large_picture_becomes_small_and_keeps_its_shape():
    found = drawn(picture((2000, 500)))
    assert (found.width, found.height) == (SIDE, SIDE // 4)


def test_picture_that_hardly_shrinks_gets_fewer_pixels():
    found = drawn(noise(400))
    assert len(found.png) <= MOST_PNG_BYTES
    assert found.width < 400


def test_nothing_of_the_file_is_kept_but_its_pixels():
    text = PngInfo()
    text.add_text("Comment", "made by Kim in Springfield")
    found = drawn(picture(pnginfo=text) + b"<script>alert(1)</script>")
    assert b"Kim" not in found.png
    assert b"script" not in found.png


def test_picture_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    found = drawn(picture((300, 100), "JPEG", exif=exif))
    assert (found.width, found.height) == (100, 300)


def test_same_picture_has_the_same_digest():
    assert drawn(picture()).digest == drawn(picture()).digest
    assert drawn(picture()).digest != drawn(picture(color=(1, 2, 3))).digest


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        SVG,
        picture()[:60],
        picture()[:-40],
        picture(kind="GIF"),
        picture(kind="BMP"),
    ],
    ids=["text", "svg", "header", "cut", "gif", "bmp"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(ValidationError, match="Save it as PNG, JPEG or WebP"):
        drawn(content)


def test_file_that_is_too_large_is_refused_before_it_is_opened():
    with pytest.raises(ValidationError, match="Save it with at most 700 kB"):
        encoded(BytesIO(b""), MOST_BYTES + 1)


def test_picture_with_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 20_000)
    with pytest.raises(ValidationError, match="300 by 100 pixels"):
        drawn(picture())


@pytest.mark.parametrize("size", [(10, 300), (8, 8), (2000, 10)])
def test_picture_that_no_one_could_see_is_refused(size):
    with pytest.raises(ValidationError, match="Use a larger or less narrow one"):
        drawn(picture(size))
