"""What a layout needs: colors in pictures, and Pango on the machine."""

import subprocess
import sys

import pytest

from quiz.results.pdf_layout import paints_of, with_pictures_painted

pytestmark = pytest.mark.pure


class TestPaints:
    def test_last_rule_wins_but_attributes_stay(self):
        paints = paints_of("/* .a { fill: #aaa; } */ .a, .b { fill: #111; } .b { fill: #222; }")
        html = '<svg class="x"><path class="b a"/><path class="a" fill="#333"/></svg>'
        assert with_pictures_painted(html, paints) == (
            '<svg class="x"><path class="b a" fill="#222"/><path class="a" fill="#333"/></svg>'
        )

    def test_rule_only_paints_its_own_picture(self):
        paints = paints_of(".sign path { opacity: .5; }")
        html = '<svg class="sign"><path d="M0 0"/></svg><svg class="bar"><path d="M0 0"/></svg>'
        assert with_pictures_painted(html, paints).count("opacity") == 1


@pytest.mark.slow
def test_missing_pango_raises_pdf_unavailable():
    code = """
import cffi

def fails(*arguments):
    raise OSError("cannot load library")

cffi.FFI.dlopen = fails
from quiz.results.pdf_layout import Page, PdfUnavailable, lay_out

try:
    lay_out(Page("<p>", "", "", ""))
except PdfUnavailable as error:
    print("UNAVAILABLE:", error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "UNAVAILABLE: cannot load library" in run.stdout, run.stderr
